/** What goes wrong in the collector stays in it: all that the page or the browser calls runs guarded. */

let report: (error: unknown) => void = () => {}

/** Where errors are told from now on; one collector is at work in a page. Must not throw. */
export function tellErrors(to: (error: unknown) => void): void {
  report = to
}

export const failed = (error: unknown): void => report(error)

/** The same function, but it answers undefined where it would throw. */
export const guarded =
  <A extends unknown[], R>(run: (...args: A) => R) =>
  (...args: A): R | undefined => {
    try {
      return run(...args)
    } catch (error) {
      report(error)
      return undefined
    }
  }

export const attempt = <R>(run: () => R): R | undefined => guarded(run)()

/** A timer. */
export const later = (run: () => unknown, ms: number): number => window.setTimeout(guarded(run), ms)

/** Listens passively, before the page's own listeners; call the result to stop. */
export function listen<E extends Event>(target: EventTarget, type: string, handle: (event: E) => void): () => void {
  const listener = guarded(handle) as EventListener
  const options = { capture: true, passive: true }
  target.addEventListener(type, listener, options)
  return () => target.removeEventListener(type, listener, options)
}

/** All of them, also where one fails. */
export const together =
  (...stops: (() => void)[]): (() => void) =>
  () =>
    stops.forEach((stop) => attempt(stop))
