/**
 * Whether this page is recorded just now: consent, opt-outs, prerendering, the back/forward cache, and a new stream where
 * one could not go on.
 */
import type { Kinds } from '../wire/generated.ts'
import type { Options } from './options.ts'
import { type Run, startRun } from './run.ts'
import { createVisit } from './visit.ts'

/** Renewed streams that follow each other within this time wait longer each time. */
const RENEW_CALM_MS = 60_000
const RENEW_MOST = 5

export interface CollectorEvents {
  start: { recording: string; url: string }
  stop: { reason: string }
  link: { kind: 'rtc' | 'relay' | 'none' }
  error: { error: unknown }
}

export type Tell = <E extends keyof CollectorEvents>(event: E, detail: CollectorEvents[E]) => void

export interface Collector {
  emit<K extends keyof Kinds>(kind: K, data: Kinds[K], time?: number): void
  consent(given: boolean): void
  start(): void
  stop(): void
  url(withCurrentTime: boolean): string | undefined
}

export function createCollector(options: Options, loadedAt: number, tell: Tell): Collector {
  const visit = createVisit(options.key)
  let run: Run | undefined
  let wanted = true
  let agreed = options.consent === 'given'
  let refusals = 0
  let renewedAt = 0
  let pending: Parameters<Run['emit']>[] = []

  const allowed = () => wanted && agreed && (options.ignoreOptOut || !optsOut())

  function begin(cause: 'load' | 'restore', began: number): void {
    if (run || !allowed()) return
    const mine = (run = startRun({
      options,
      visit,
      cause,
      began,
      on: {
        started: (recording, url) => tell('start', { recording, url }),
        link: (kind) => tell('link', { kind: kind ?? 'none' }),
        error: (error) => tell('error', { error }),
        over: (renew, code) => run === mine && onOver(renew, code),
      },
    }))
    for (const call of pending) mine.emit(...call)
    pending = []
  }

  function onOver(renew: boolean, code: string): void {
    run = undefined
    tell('stop', { reason: code })
    refusals = performance.now() - renewedAt > RENEW_CALM_MS ? 1 : refusals + 1
    renewedAt = performance.now()
    if (renew && refusals <= RENEW_MOST) window.setTimeout(() => begin('load', performance.now()), 1_000 * (refusals - 1))
    else wanted = false
  }

  function end(reason: 'pagehide' | 'stopped'): void {
    if (!run) return
    run.end(reason)
    run = undefined
    tell('stop', { reason })
  }

  // The page goes, perhaps into the back/forward cache: nothing stays open. When it comes back, a new stream begins.
  window.addEventListener('pagehide', () => end('pagehide'), true)
  window.addEventListener('pageshow', (event) => event.persisted && begin('restore', performance.now()), true)
  const shown = document as { prerendering?: boolean }
  if (shown.prerendering) {
    document.addEventListener('prerenderingchange', () => begin('load', performance.now()), { once: true })
  } else begin('load', loadedAt)

  return {
    emit(kind, data, time) {
      if (run) run.emit(kind, data, time)
      else if (allowed()) pending.push([kind, data, time] as Parameters<Run['emit']>)
    },
    consent(given) {
      agreed = given
      if (given) begin('load', performance.now())
      else end('stopped')
    },
    start() {
      wanted = true
      begin('load', performance.now())
    },
    stop() {
      wanted = false
      end('stopped')
    },
    url: (withCurrentTime) => run?.url(withCurrentTime),
  }
}

/** Global Privacy Control and Do Not Track. */
function optsOut(): boolean {
  const { globalPrivacyControl, doNotTrack } = navigator as { globalPrivacyControl?: boolean; doNotTrack?: string | null }
  return globalPrivacyControl === true || doNotTrack === '1' || doNotTrack === 'yes'
}
