/** The public API: `sightline('verb', …)` and the same as methods. No call throws, whatever it is given. */
import { failureOf, rejectionOf } from './captures/errors.ts'
import { type Collector, type CollectorEvents, createCollector } from './collector.ts'
import { isRefused } from '../loader/refusal.ts'
import { toJson } from './json.ts'
import { type InitOptions, settleOptions } from './options.ts'
import { short } from './text.ts'

/** What a site may attach: at most this much JSON. */
const PROPERTIES_CHARS = 8_192
/** What may be said before init. */
const WAITING_MOST = 1_000

export interface Sightline {
  (verb: 'init', options: InitOptions): void
  (verb: 'identify', id: string, traits?: Record<string, unknown> | null): void
  (verb: 'track', name: string, properties?: Record<string, unknown> | null): void
  (verb: 'consent', given: boolean): void
  (verb: 'start' | 'stop'): void
  (verb: 'getSessionURL', options?: { withCurrentTime?: boolean }): string | undefined
  <E extends keyof CollectorEvents>(verb: 'on', event: E, listener: (detail: CollectorEvents[E]) => void): () => void
  init(options: InitOptions): void
  identify(id: string, traits?: Record<string, unknown> | null): void
  track(name: string, properties?: Record<string, unknown> | null): void
  consent(given: boolean): void
  start(): void
  stop(): void
  getSessionURL(options?: { withCurrentTime?: boolean }): string | undefined
  on<E extends keyof CollectorEvents>(event: E, listener: (detail: CollectorEvents[E]) => void): () => void
}

/** What the loader noticed before the core was there. */
export interface Early {
  readonly event: ErrorEvent | PromiseRejectionEvent
}

export interface ApiParts {
  readonly origin: string
  /** When the page was first seen, on its own clock. */
  readonly loadedAt: number
  readonly early: readonly Early[]
}

type Listeners = { [E in keyof CollectorEvents]: Set<(detail: CollectorEvents[E]) => void> }

export function createApi({ origin, loadedAt, early }: ApiParts): Sightline {
  const listeners: Listeners = { start: new Set(), stop: new Set(), link: new Set(), error: new Set() }
  let collector: Collector | undefined
  let waiting: ((collector: Collector) => void)[] = []

  function tell<E extends keyof CollectorEvents>(event: E, detail: CollectorEvents[E]): void {
    for (const listener of listeners[event]) safely(() => listener(detail))
  }

  /** What is said before init waits for it. */
  function soon(call: (collector: Collector) => void): void {
    if (collector) call(collector)
    else if (waiting.length < WAITING_MOST) waiting.push(call)
  }

  const verbs = {
    init(given: InitOptions) {
      if (collector) return
      const options = settleOptions(given, origin)
      if (isRefused(window, options.origin) || isTwice()) return
      collector = createCollector(options, loadedAt, tell)
      for (const { event } of early) {
        const failure = 'reason' in event ? rejectionOf(event.reason, options.policy) : failureOf(event, options.policy)
        collector.emit('error', failure, event.timeStamp)
      }
      for (const call of waiting) safely(() => call(collector as Collector))
      waiting = []
    },
    identify(id: string, traits?: Record<string, unknown> | null) {
      soon((to) => to.emit('identify', { id: short(String(id)), traits: bounded(traits) }))
    },
    track(name: string, properties?: Record<string, unknown> | null) {
      soon((to) => to.emit('track', { name: short(String(name)), properties: bounded(properties) }))
    },
    consent: (given: boolean) => soon((to) => to.consent(given === true)),
    start: () => soon((to) => to.start()),
    stop: () => soon((to) => to.stop()),
    getSessionURL: ({ withCurrentTime = false } = {}) => collector?.url(withCurrentTime),
    on<E extends keyof CollectorEvents>(event: E, listener: (detail: CollectorEvents[E]) => void) {
      listeners[event].add(listener)
      return () => listeners[event].delete(listener)
    },
  }

  function safely<T>(run: () => T): T | undefined {
    try {
      return run()
    } catch (error) {
      if (error instanceof TypeError && error.message.startsWith('Sightline: ')) console.warn(error.message)
      else for (const listener of listeners.error) ignore(() => listener({ error }))
      return undefined
    }
  }

  const call = (verb: string, ...args: unknown[]): unknown => {
    const run = (verbs as Record<string, ((...args: never[]) => unknown) | undefined>)[verb]
    return safely(() => run?.(...(args as never[])))
  }
  /** The module beside the snippet, or two of either: the first that begins is the one. It stands where a page looks. */
  function isTwice(): boolean {
    const page = window as { sightline?: { loader?: unknown; init?: unknown } }
    const there = page.sightline
    if (there && there !== api && (there.loader || there.init)) return true
    page.sightline ??= api
    return false
  }

  const methods = Object.keys(verbs).map((verb) => [verb, (...args: unknown[]) => call(verb, ...args)])
  const api = Object.assign(call, Object.fromEntries(methods)) as unknown as Sightline & { loader?: undefined }
  return api
}

/** A plain copy of bounded size; what cannot be told as JSON is left out. */
function bounded(properties: Record<string, unknown> | null = {}): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  let left = PROPERTIES_CHARS
  for (const name of Object.keys(properties ?? {})) {
    ignore(() => {
      const json = toJson(properties?.[name])
      if (json !== undefined && (left -= json.length + name.length) >= 0) copy[short(name)] = JSON.parse(json)
    })
  }
  return copy
}

function ignore(run: () => void): void {
  try {
    run()
  } catch {
    // There is nobody to tell: a listener for errors that throws, a property that is no JSON.
  }
}
