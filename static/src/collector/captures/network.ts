/**
 * Fetch and XHR: told when they start and when they are over. Arguments and answers pass untouched. Addresses lose
 * query and fragment; headers and bodies are never read; the way to the Sightline server is left out.
 */
import type { Request as Told } from '../../wire/generated.ts'
import { hideEmails } from '../privacy/mask.ts'
import { short, text } from '../text.ts'
import { type Capture, type CaptureContext, lay, together } from './capture.ts'

type Outcome = NonNullable<Told['outcome']>

/** Where the answer does not say its length, the browser's own record does, a moment later. */
const SIZE_WAIT_MS = 200

interface Watched {
  /** -1: the browser does not say. */
  end(status: number, size: number, outcome: Outcome): void
}

export const network: Capture = (context) => {
  let ids = 0
  const waiting = new Set<() => void>()

  function begin(initiator: Told['initiator'], method: string, address: string): Watched | undefined {
    const url = new URL(address, document.baseURI)
    if (url.origin === context.origin || !/^https?:$/.test(url.protocol)) return undefined
    const about = {
      id: ids++,
      initiator,
      method: short(method.toUpperCase()),
      url: text(hideEmails(url.origin + url.pathname)),
    }
    const start = performance.now()
    context.emit('request', { ...about, phase: 'start' }, start)
    const end: Watched['end'] = (status, size, outcome) => {
      const duration = Math.round((performance.now() - start) * 10) / 10
      const tell = (bytes: number) => context.emit('request', { ...about, phase: 'end', status, duration, size: bytes, outcome })
      if (size >= 0 || !status) tell(size)
      else later(() => tell(recordedSize(url.href, start)))
    }
    return { end }
  }

  function later(tell: () => void): void {
    const run = () => {
      clearTimeout(timer)
      if (waiting.delete(run)) tell()
    }
    const timer = window.setTimeout(run, SIZE_WAIT_MS)
    waiting.add(run)
  }

  const attempt = <T>(run: () => T): T | undefined => {
    try {
      return run()
    } catch (error) {
      context.onError(error)
      return undefined
    }
  }

  const stop = together(watchFetch(begin, attempt), watchXhr(context, begin, attempt))
  return () => {
    for (const run of waiting) attempt(run)
    stop()
  }
}

type Begin = (initiator: Told['initiator'], method: string, address: string) => Watched | undefined
type Attempt = <T>(run: () => T) => T | undefined

function watchFetch(begin: Begin, attempt: Attempt): () => void {
  return lay(window, 'fetch', (native, active) => function (...args) {
    const promise = Reflect.apply(native, this, args) as Promise<Response>
    const watched = active() ? attempt(() => begin('fetch', ...fetchTarget(args))) : undefined
    if (!watched) return promise
    // The page gets the derived promise: a rejection that nobody handles is told once, and one that is handled never.
    return promise.then(
      (response) => {
        attempt(() => watched.end(response.status, lengthOf(response.headers.get('content-length')), outcomeOf(response.status)))
        return response
      },
      (error: unknown) => {
        attempt(() => watched.end(0, -1, failureOf(error)))
        throw error
      },
    )
  })
}

function fetchTarget([input, init]: unknown[]): [method: string, address: string] {
  const request = input instanceof Request ? input : undefined
  const method = (init as RequestInit | undefined)?.method ?? request?.method ?? 'GET'
  return [String(method), request?.url ?? String(input)]
}

function watchXhr(context: CaptureContext, begin: Begin, attempt: Attempt): () => void {
  const targets = new WeakMap<object, [method: string, address: string]>()
  const prototype = XMLHttpRequest.prototype
  return together(
    lay(prototype, 'open', (native, active) => function (...args) {
      if (active()) attempt(() => targets.set(this as object, [String(args[0]), String(args[1])]))
      return Reflect.apply(native, this, args)
    }),
    lay(prototype, 'send', (native, active) => function (...args) {
      const target = active() ? targets.get(this as object) : undefined
      const watched = target && attempt(() => begin('xhr', ...target))
      if (watched) attempt(() => follow(context, this as XMLHttpRequest, watched))
      return Reflect.apply(native, this, args)
    }),
  )
}

function follow({ onError }: CaptureContext, xhr: XMLHttpRequest, watched: Watched): void {
  let outcome: Outcome | undefined
  const note = (event: Event) => {
    outcome = event.type === 'abort' ? 'aborted' : event.type === 'timeout' ? 'timeout' : 'failed'
  }
  for (const type of ['error', 'abort', 'timeout']) xhr.addEventListener(type, note, { once: true })
  xhr.addEventListener(
    'loadend',
    () => {
      try {
        watched.end(xhr.status, outcome ? -1 : xhrLength(xhr), outcome ?? outcomeOf(xhr.status))
      } catch (error) {
        onError(error)
      }
    },
    { once: true },
  )
}

/** Asking for a header that is not exposed makes browsers complain in the console, so all exposed ones are read. */
const xhrLength = (xhr: XMLHttpRequest): number =>
  lengthOf(/^content-length:\s*(\d+)/im.exec(xhr.getAllResponseHeaders())?.[1] ?? null)

const lengthOf = (header: string | null): number => (header && /^\d+$/.test(header) ? Number(header) : -1)

const outcomeOf = (status: number): Outcome => (status >= 400 ? 'failed' : 'ok')

function failureOf(error: unknown): Outcome {
  const name = error instanceof DOMException ? error.name : ''
  return name === 'AbortError' ? 'aborted' : name === 'TimeoutError' ? 'timeout' : 'failed'
}

function recordedSize(address: string, since: number): number {
  const entries = performance.getEntriesByName(address, 'resource') as PerformanceResourceTiming[]
  const entry = entries.findLast(({ startTime }) => startTime >= since - 50)
  return entry && (entry.encodedBodySize > 0 || entry.transferSize > 0) ? entry.encodedBodySize : -1
}
