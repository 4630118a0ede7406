/** The size of the viewport, at most once for each animation frame. */
import { type Capture, guarded, listen } from './capture.ts'

export const viewport: Capture = (context) => {
  let frame: number | undefined
  let before = ''
  const tell = guarded(context, () => {
    frame = undefined
    const { innerWidth: width, innerHeight: height } = window
    if (`${width} ${height}` === before) return
    before = `${width} ${height}`
    context.emit('viewport', { width, height })
  })
  tell()
  const stop = listen(context, window, 'resize', () => {
    frame ??= requestAnimationFrame(tell)
  })
  return () => {
    stop()
    if (frame !== undefined) cancelAnimationFrame(frame)
  }
}
