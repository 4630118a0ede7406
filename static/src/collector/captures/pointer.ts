/** Where the pointer is, once for each animation frame in which it moved. */
import { listen, together } from '../guard.ts'
import type { Capture } from './capture.ts'
import { inNextFrame } from './frames.ts'

export const pointer: Capture = (context) => {
  let last: { x: number; y: number; target: unknown; time: number } | undefined

  const { ask, stop } = inNextFrame(() => {
    if (!last) return
    const { x, y, target, time } = last
    last = undefined
    context.emit('pointer', { x, y, id: context.idOf(target) }, time)
  })
  const unlisten = listen<PointerEvent>(document, 'pointermove', (event) => {
    // An event forgets its path once it was dispatched.
    last = { x: event.clientX, y: event.clientY, target: event.composedPath()[0], time: event.timeStamp }
    ask()
  })
  return together(unlisten, stop)
}
