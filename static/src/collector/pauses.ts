/** When the recorder pauses, as too much is kept, and when it goes on. */
import { later } from './guard.ts'

/** Going on takes a whole snapshot: not more often than this. */
const RESUME_MS = 60_000

export interface Pauses {
  /** Too much is kept (true), or little enough again (false). */
  over(isOver: boolean): void
  stop(): void
}

export function createPauses(pause: (paused: boolean) => void): Pauses {
  let timer: number | undefined
  let resumedAt = -Infinity

  function resume(): void {
    resumedAt = performance.now()
    pause(false)
  }

  return {
    over(isOver) {
      clearTimeout(timer)
      // Soon, as this may be the recorder's own call; and surely, as changes were left out already.
      if (isOver) later(() => pause(true), 0)
      else timer = later(resume, Math.max(0, resumedAt + RESUME_MS - performance.now()))
    },
    stop: () => clearTimeout(timer),
  }
}
