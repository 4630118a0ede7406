/** Whether the page is seen. */
import { type Capture, listen } from './capture.ts'

export const visibility: Capture = (context) => {
  const tell = () => context.emit('visibility', { state: document.hidden ? 'hidden' : 'visible' })
  tell()
  return listen(context, document, 'visibilitychange', tell)
}
