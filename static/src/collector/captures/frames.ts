/** Work put off to the next animation frame, once however often it is asked for. */
import { guarded } from '../guard.ts'

export function inNextFrame(run: () => void): { ask(): void; stop(): void } {
  let frame: number | undefined
  const now = guarded(() => {
    frame = undefined
    run()
  })
  return {
    ask() {
      frame ??= requestAnimationFrame(now)
    },
    stop() {
      if (frame !== undefined) cancelAnimationFrame(frame)
    },
  }
}
