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
}

/** Starts; call the result to stop. */
export type Capture = (context: CaptureContext) => () => void

type Method = (this: unknown, ...args: unknown[]) => unknown

/** Instead of a call: `call` is the call itself, to be made once with its answer passed on. */
export type Over = (call: () => unknown, args: unknown[], self: unknown) => unknown

/**
 * Lays `over` over a method, which still looks native. Restores it unless somebody laid something over it meanwhile:
 * then it stays, and passes on.
 */
export function lay(object: object, name: string, over: Over): () => void {
  const before = Object.getOwnPropertyDescriptor(object, name)
  const native = (object as Record<string, unknown>)[name]
  if (typeof native !== 'function') return () => {}
  let active = true
  const laid = new Proxy(native as Method, {
    apply(target, self, args) {
      const call = () => Reflect.apply(target, self, args)
      return active ? over(call, args, self) : call()
    },
  })
  const { enumerable = true } = before ?? {}
  Object.defineProperty(object, name, { configurable: true, writable: true, enumerable, value: laid })
  return () => {
    active = false
    if ((object as Record<string, unknown>)[name] !== laid) return
    if (before) Object.defineProperty(object, name, before)
    else Reflect.deleteProperty(object, name)
  }
}
