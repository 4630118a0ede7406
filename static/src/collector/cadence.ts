/** When what was added is flushed: each animation frame while somebody watches, else twice a second. */
import { FLUSH_IDLE_MS } from '../wire/generated.ts'
import { guarded, later, listen } from './guard.ts'

/** For a hidden page, where animation frames stop. */
const HIDDEN_MS = 50

export interface Cadence {
  /** Something was added. */
  touch(): void
  setLive(live: boolean): void
  stop(): void
}

export function createCadence(flush: () => void): Cadence {
  let live = false
  let timer: number | undefined
  let frame: number | undefined

  const run = guarded(() => {
    cancel()
    flush()
  })

  function cancel(): void {
    clearTimeout(timer)
    if (frame !== undefined) cancelAnimationFrame(frame)
    timer = frame = undefined
  }

  function touch(): void {
    if (timer !== undefined || frame !== undefined) return
    if (live && !document.hidden) frame = requestAnimationFrame(run)
    else timer = later(run, live ? HIDDEN_MS : FLUSH_IDLE_MS)
  }

  // A frame that was asked for while the page was visible does not come once it is hidden.
  const unlisten = listen(document, 'visibilitychange', () => {
    if (document.hidden && (timer !== undefined || frame !== undefined)) run()
  })

  return {
    touch,
    setLive(now) {
      if (now === live) return
      live = now
      if (timer !== undefined || frame !== undefined) run()
    },
    stop() {
      unlisten()
      cancel()
    },
  }
}
