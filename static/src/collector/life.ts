/** Tells once that somebody is at the page: by what a recording of it would show. */
import { onHistory } from './captures/navigation.ts'
import { listen, together } from './guard.ts'

const SIGNS = ['pointermove', 'pointerdown', 'keydown', 'input', 'scroll', 'popstate', 'hashchange', 'visibilitychange']

/** Call the result to stop. */
export function onLife(tell: () => void): () => void {
  const { href } = location
  const sign = (): void => {
    if (document.hidden) return
    stop()
    tell()
  }
  const stop = together(
    ...SIGNS.map((type) => listen(window, type, sign)),
    // Many pages put their own address again now and then.
    onHistory(() => location.href !== href && sign()),
  )
  return stop
}
