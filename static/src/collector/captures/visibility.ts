/** Whether the page is seen. */
import { listen } from '../guard.ts'
import type { Capture } from './capture.ts'

export const visibility: Capture = (context) => {
  const tell = () => context.emit('visibility', { state: document.hidden ? 'hidden' : 'visible' })
  tell()
  return listen(document, 'visibilitychange', tell)
}
