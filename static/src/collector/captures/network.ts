/**
 * Fetch and XHR: told when they start and when they are over. Arguments and answers pass untouched. Addresses lose
 * query and fragment; headers and bodies are never read; the way to the Sightline server is left out.
 */
import type { Request as Told } from '../../wire/generated.ts'
import { attempt, later, together } from '../guard.ts'
import { hideEmails } from '../privacy/mask.ts'
import { short, text } from '../text.ts'
import { type Capture, lay } from './capture.ts'
import { rateOf } from './rate.ts'

type Outcome = NonNullable<Told['outcome']>

/** Requests in one second. */
const RATE = 100
/** Where the answer does not say its length, the browser's own record does, a moment later. */
const SIZE_WAIT_MS = 200

interface Watched {
  /** -1: the browser does not say. */
  end(status: number, size: number, outcome: Outcome): void
}

export const network: Capture = (context) => {
  const mayTell = rateOf(context, 'request', RATE)
  let ids = 0
  const waiting = new Set<() => void>()

  function begin(initiator: Told['initiator'], method: string, address: string): Watched | undefined {
    const url = new URL(address, document.baseURI)
    if (url.origin === context.origin || !/^https?:$/.test(url.protocol) || !mayTell()) return undefined
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
      else soon(() => tell(recordedSize(url.href, start)))
    }
    return { end }
  }

  function soon(tell: () => void): void {
    const run = () => {
      clearTimeout(timer)
      if (waiting.delete(run)) tell()
    }
    const timer = later(run, SIZE_WAIT_MS)
    waiting.add(run)
  }

  return together(() => waiting.forEach(attempt), watchFetch(begin), watchXhr(begin))
}

type Begin = (initiator: Told['initiator'], method: string, address: string) => Watched | undefined

function watchFetch(begin: Begin): () => void {
  return lay(window, 'fetch', (call, args) => {
    const promise = call() as Promise<Response> | undefined
    // The page's own stand-in for fetch may answer anything.
    if (typeof promise?.then !== 'function') return promise
    const watched = attempt(() => begin('fetch', ...fetchTarget(args)))
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

function watchXhr(begin: Begin): () => void {
  const targets = new WeakMap<object, [method: string, address: string]>()
  const prototype = XMLHttpRequest.prototype
  return together(
    lay(prototype, 'open', (call, args, self) => {
      attempt(() => targets.set(self as object, [String(args[0]), String(args[1])]))
      return call()
    }),
    lay(prototype, 'send', (call, _, self) => {
      const target = targets.get(self as object)
      const watched = target && attempt(() => begin('xhr', ...target))
      const failed = watched && attempt(() => follow(self as XMLHttpRequest, watched))
      try {
        return call()
      } catch (error) {
        // One that does not run in the background throws instead of telling.
        failed?.()
        throw error
      }
    }),
  )
}

/** Call the result when it failed without an event. */
function follow(xhr: XMLHttpRequest, watched: Watched): () => void {
  let outcome: Outcome | undefined
  const note = (event: Event) => {
    outcome = event.type === 'abort' ? 'aborted' : event.type === 'timeout' ? 'timeout' : 'failed'
  }
  const over = () => {
    xhr.removeEventListener('loadend', over)
    attempt(() => watched.end(xhr.status, outcome ? -1 : xhrLength(xhr), outcome ?? outcomeOf(xhr.status)))
  }
  for (const type of ['error', 'abort', 'timeout']) xhr.addEventListener(type, note, { once: true })
  xhr.addEventListener('loadend', over)
  return () => {
    outcome ??= 'failed'
    over()
  }
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
