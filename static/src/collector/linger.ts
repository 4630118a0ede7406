/** A page that stays gives what is on its way some time. */
import { later, listen } from './guard.ts'

const MOST_MS = 5_000
const LOOK_MS = 50

/** Calls `then` once: when nothing is on its way any more, after MOST_MS, or when the page goes all the same. */
export function whenQuiet(isBusy: () => boolean, then: () => void): void {
  let timer: number | undefined

  function look(left: number): void {
    if (left > 0 && isBusy()) timer = later(() => look(left - LOOK_MS), LOOK_MS)
    else end()
  }
  function end(): void {
    clearTimeout(timer)
    unlisten()
    then()
  }
  const unlisten = listen(window, 'pagehide', end)
  look(MOST_MS)
}
