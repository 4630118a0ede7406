/**
 * Which link carries the frames: the relay at once, `rtc` as soon as it opens, down again when it dies, up again when it
 * heals. Make before break: a new link has said `have` before the old one closes.
 */
import { later } from '../guard.ts'
import { backoff, jittered } from './backoff.ts'
import type { Carrier } from './carrier.ts'
import { fateOf } from './fate.ts'
import type { LinkKind } from './link.ts'

const LATER_MS = 30_000
const RTC_WAITS_MS = [2_000, 5_000, 15_000, 30_000, 60_000] as const

export interface LadderParts {
  /** A carrier over a new link of this kind, telling this ladder's `on`; undefined where there is no such link now. */
  make(kind: LinkKind, on: LadderEvents): Carrier | undefined
  /** The link that carries frames changed. */
  onLink(kind: LinkKind | undefined): void
  /** The stream cannot go on. `renew`: another may; otherwise this page should stop. */
  onOver(renew: boolean, code: string): void
}

export interface LadderEvents {
  open(carrier: Carrier): void
  away(carrier: Carrier): void
  closed(carrier: Carrier, code: string): void
}

export interface Ladder {
  start(): void
  /** An agent is there (again). */
  tryRtc(): void
  /** New frames may be there. */
  pump(): void
  readonly link: LinkKind | undefined
  close(): void
}

export function createLadder({ make, onLink, onOver }: LadderParts): Ladder {
  let current: Carrier | undefined
  const rising = new Map<LinkKind, Carrier>()
  const timers = new Map<LinkKind, number>()
  let failures = 0
  let rtcFailures = 0
  let closed = false

  const on: LadderEvents = {
    open(carrier) {
      rising.delete(carrier.kind)
      // rtc opened while the relay was still opening: the relay is not needed.
      if (carrier.kind === 'relay' && current?.kind === 'rtc') return carrier.close()
      const before = current
      current = carrier
      failures = 0
      if (carrier.kind === 'rtc') {
        rtcFailures = 0
        drop('relay')
      }
      before?.close()
      onLink(carrier.kind)
    },
    away(carrier) {
      if (carrier !== current) return
      raise('relay')
      if (carrier.kind === 'rtc') raiseLater('rtc', rtcWait())
    },
    closed(carrier, code) {
      if (rising.get(carrier.kind) === carrier) rising.delete(carrier.kind)
      const wasCurrent = carrier === current
      if (wasCurrent) {
        current = undefined
        onLink(undefined)
      }
      const fate = fateOf(code)
      if (carrier.kind === 'rtc') return rtcGone(wasCurrent, fate === 'renew' || fate === 'stop' ? code : '')
      if (fate === 'renew' || fate === 'stop') return over(fate === 'renew', code)
      if (!current) raiseLater('relay', fate === 'later' ? jittered(LATER_MS) : backoff(failures++))
    },
  }

  function rtcGone(wasCurrent: boolean, code: string): void {
    // What the agent refuses for good, the relay refuses too; but it is asked, since the agent may be an older one.
    if (wasCurrent || code) raise('relay')
    raiseLater('rtc', rtcWait())
  }

  function raise(kind: LinkKind): void {
    if (closed || rising.has(kind)) return
    clearTimeout(timers.get(kind))
    timers.delete(kind)
    const carrier = make(kind, on)
    if (carrier) rising.set(kind, carrier)
  }

  function raiseLater(kind: LinkKind, ms: number): void {
    if (closed) return
    clearTimeout(timers.get(kind))
    const run = () => {
      timers.delete(kind)
      if (kind === 'rtc' ? current?.kind !== 'rtc' : !current) raise(kind)
    }
    timers.set(kind, later(run, ms))
  }

  function drop(kind: LinkKind): void {
    clearTimeout(timers.get(kind))
    rising.get(kind)?.close()
    rising.delete(kind)
  }

  function over(renew: boolean, code: string): void {
    close()
    onOver(renew, code)
  }

  function close(): void {
    closed = true
    drop('relay')
    drop('rtc')
    current?.close()
    current = undefined
  }

  const rtcWait = () => jittered(RTC_WAITS_MS[Math.min(rtcFailures++, RTC_WAITS_MS.length - 1)]!)

  return {
    start() {
      raise('relay')
      raise('rtc')
    },
    tryRtc() {
      if (current?.kind === 'rtc') return
      rtcFailures = 0
      raise('rtc')
    },
    pump: () => current?.pump(),
    get link() {
      return current?.kind
    },
    close,
  }
}
