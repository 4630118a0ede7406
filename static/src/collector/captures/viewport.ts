/** The size of the viewport, at most once for each animation frame. */
import { listen, together } from '../guard.ts'
import type { Capture } from './capture.ts'
import { inNextFrame } from './frames.ts'

export const viewport: Capture = (context) => {
  let before = ''
  const tell = () => {
    const { innerWidth: width, innerHeight: height } = window
    if (`${width} ${height}` === before) return
    before = `${width} ${height}`
    context.emit('viewport', { width, height })
  }
  tell()
  const { ask, stop } = inNextFrame(tell)
  return together(listen(window, 'resize', ask), stop)
}
