// What the player's page loads: `<sl-player>` and what it is made of.

import '@awesome.me/webawesome/dist/components/split-panel/split-panel.js'
import '@awesome.me/webawesome/dist/components/tab-group/tab-group.js'
import '@awesome.me/webawesome/dist/components/tab-panel/tab-panel.js'
import '@awesome.me/webawesome/dist/components/tab/tab.js'
import './viewer.css'
import { define } from './sl-player.ts'

define()
