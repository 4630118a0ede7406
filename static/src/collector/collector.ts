/**
 * Whether this page is recorded just now: consent, opt-outs, prerendering, the back/forward cache, and a new stream where
 * one could not go on.
 */
import type { Kinds } from '../wire/generated.ts'
import { attempt, later, listen, tellErrors } from './guard.ts'
import { onLife } from './life.ts'
import type { Options } from './options.ts'
import { type Run, startRun } from './run.ts'
import { createVisit } from './visit.ts'

/** Renewed streams that follow each other within this time wait longer each time. */
const RENEW_CALM_MS = 60_000
const RENEW_MOST = 5
/** What the site says while nothing is recorded. */
const PENDING_MOST = 1_000

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
  let asleep: (() => void) | undefined
  tellErrors((error) => tell('error', { error }))

  const allowed = () => wanted && agreed && (options.ignoreOptOut || !optsOut())

  function begin(cause: 'load' | 'restore', began: number): void {
    if (run || !allowed()) return
    wake()
    const mine = (run = startRun({
      options,
      visit,
      cause,
      began,
      on: {
        started: (recording, url) => tell('start', { recording, url }),
        link: (kind) => tell('link', { kind: kind ?? 'none' }),
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
    if (!renew || refusals > RENEW_MOST) wanted = false
    // Nobody was here for long: the next visit begins when somebody is.
    else if (code === 'recording_ended') asleep = onLife(() => later(again, 0))
    else later(again, 1_000 * (refusals - 1))
  }

  const again = (): void => begin('load', performance.now())

  function wake(): void {
    asleep?.()
    asleep = undefined
  }

  function end(reason: 'pagehide' | 'stopped'): void {
    wake()
    const mine = run
    if (!mine) return
    run = undefined
    attempt(() => mine.end(reason))
    tell('stop', { reason })
  }

  // The page goes, perhaps into the back/forward cache: nothing stays open. When it comes back, a new stream begins.
  listen(window, 'pagehide', () => end('pagehide'))
  listen<PageTransitionEvent>(window, 'pageshow', ({ persisted }) => persisted && begin('restore', performance.now()))
  if ((document as { prerendering?: boolean }).prerendering) listen(document, 'prerenderingchange', again)
  else begin('load', loadedAt)

  return {
    emit(kind, data, time) {
      if (asleep) again()
      if (run) run.emit(kind, data, time)
      else if (allowed() && pending.length < PENDING_MOST) pending.push([kind, data, time] as Parameters<Run['emit']>)
    },
    consent(given) {
      agreed = given
      if (given) return again()
      end('stopped')
      visit.forget()
    },
    start() {
      wanted = true
      again()
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
