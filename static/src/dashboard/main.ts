// What members' pages load: styles, and the small behaviours that a page without them can do without.
import './tokens.css'
import './base.css'
import './layout.css'
import './parts.css'
import './sessions.css'
import './docs.css'
import { enhanceCopyButtons } from './copy-button.ts'
import { enhanceDialogs } from './dialogs.ts'
import { enhanceFilters } from './filters.ts'
import { defineLiveList } from './live-list.ts'
import { enhancePlayerLink } from './player-link.ts'
import { keepTimesFresh } from './times.ts'
import { enhanceToasts } from './toasts.ts'

enhanceCopyButtons(document)
enhanceDialogs(document)
enhanceFilters(document)
enhancePlayerLink(document)
enhanceToasts(document)
keepTimesFresh(document)
defineLiveList()
