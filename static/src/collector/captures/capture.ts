/** What a capture is: it listens or lays itself over a function, tells events, and takes everything back. */
import type { Kinds } from '../../wire/generated.ts'
import type { Policy } from '../privacy/policy.ts'

export interface CaptureContext {
  /** `time` on the page's clock (`performance.now()`), when it is known better than "now". */
  emit<K extends keyof Kinds>(kind: K, data: Kinds[K], time?: number): void
  /** The node's id in the recording, -1 where it is not recorded. */
  idOf(node: unknown): number
  readonly policy: Policy
  /** The Sightline server's own origin: what goes there is never recorded. */
  readonly origin: string
  readonly onError: (error: unknown) => void
}

/** Starts; call the result to stop. */
export type Capture = (context: CaptureContext) => () => void

/** The same function, but what goes wrong in it stays here. */
export const guarded =
  <A extends unknown[]>({ onError }: Pick<CaptureContext, 'onError'>, run: (...args: A) => void) =>
  (...args: A): void => {
    try {
      run(...args)
    } catch (error) {
      onError(error)
    }
  }

/** Listens, guarded and passively, before the page's own listeners; call the result to stop. */
export function listen<E extends Event>(
  context: Pick<CaptureContext, 'onError'>,
  target: EventTarget,
  type: string,
  handle: (event: E) => void,
): () => void {
  const listener = guarded(context, handle) as EventListener
  const options = { capture: true, passive: true }
  target.addEventListener(type, listener, options)
  return () => target.removeEventListener(type, listener, options)
}

export const together =
  (...stops: (() => void)[]): (() => void) =>
  () =>
    stops.forEach((stop) => stop())

type Method = (this: unknown, ...args: unknown[]) => unknown

/**
 * Lays `over(native)` over a method. Restores it unless somebody laid something over it meanwhile: then it stays, and
 * is told by `active()` to do nothing but pass on.
 */
export function lay(object: object, name: string, over: (native: Method, active: () => boolean) => Method): () => void {
  const before = Object.getOwnPropertyDescriptor(object, name)
  const native = (object as Record<string, unknown>)[name]
  if (typeof native !== 'function') return () => {}
  let active = true
  const laid = over(native as Method, () => active)
  Object.defineProperties(laid, {
    name: { value: native.name, configurable: true },
    length: { value: native.length, configurable: true },
  })
  Object.defineProperty(object, name, { configurable: true, writable: true, enumerable: true, ...before, value: laid })
  return () => {
    active = false
    if ((object as Record<string, unknown>)[name] !== laid) return
    if (before) Object.defineProperty(object, name, before)
    else Reflect.deleteProperty(object, name)
  }
}
