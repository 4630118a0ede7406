/** Where the pointer is, once for each animation frame in which it moved. */
import { type Capture, guarded, listen } from './capture.ts'

export const pointer: Capture = (context) => {
  let last: { x: number; y: number; target: unknown; time: number } | undefined
  let frame: number | undefined

  const tell = guarded(context, () => {
    frame = undefined
    if (!last) return
    const { x, y, target, time } = last
    last = undefined
    context.emit('pointer', { x, y, id: context.idOf(target) }, time)
  })
  const stop = listen<PointerEvent>(context, document, 'pointermove', (event) => {
    // An event forgets its path once it was dispatched.
    last = { x: event.clientX, y: event.clientY, target: event.composedPath()[0], time: event.timeStamp }
    frame ??= requestAnimationFrame(tell)
  })
  return () => {
    stop()
    if (frame !== undefined) cancelAnimationFrame(frame)
  }
}
