/**
 * Speaks the control protocol over one link (docs/protocol.md, "Control"): resume, have, frames in order within the
 * credit, acks, pings. Which link it is, and whether there is another, it does not know.
 */
import { decodeToCollector } from '../../wire/control.ts'
import {
  type FromCollector,
  LINK_DEAD_MS,
  OPEN_TIMEOUT_MS,
  PING_INTERVAL_IDLE_MS,
  PING_INTERVAL_MS,
  type ToCollector,
  WIRE_VERSION,
} from '../../wire/generated.ts'
import { guarded, later } from '../guard.ts'
import type { Outbox } from '../outbox.ts'
import { codeOfClose } from './fate.ts'
import { type Connect, HIGH_WATER_BYTES, type Link, type LinkKind } from './link.ts'

export interface CarrierParts {
  readonly connect: Connect
  readonly outbox: Outbox
  readonly token: string
  /** ms since the stream began. */
  readonly now: () => number
  readonly on: {
    /** The server said `have`: frames flow. */
    open(carrier: Carrier): void
    live(live: boolean): void
    /** The server asks to move to another link. */
    away(carrier: Carrier): void
    /** Over: with the server's code, or `''` when the link just went away. */
    closed(carrier: Carrier, code: string): void
  }
}

export interface Carrier {
  readonly kind: LinkKind
  readonly isOpen: boolean
  /** New frames may be there. */
  pump(): void
  close(): void
}

export function createCarrier({ connect, outbox, token, now, on }: CarrierParts): Carrier {
  let state: 'opening' | 'open' | 'closed' = 'opening'
  let next = 0
  let sent = 0
  let credit = 0
  let pings = 0
  /** When the oldest unanswered ping left, and when the last one did. */
  let askedAt: number | undefined
  let pingedAt = 0
  let checkDue = 0
  let timer: number | undefined
  let release: ReturnType<Outbox['hold']> | undefined

  const say = (message: FromCollector): void => link.sendText(JSON.stringify(message))

  function finish(code: string): void {
    if (state === 'closed') return
    shut()
    on.closed(carrier, code)
  }

  function shut(): void {
    state = 'closed'
    clearTimeout(timer)
    release?.()
    link.close()
  }

  function onMessage(message: ToCollector): void {
    askedAt = undefined
    switch (message.t) {
      case 'have':
        if (state === 'opening') opened(message)
        break
      case 'ack':
        outbox.ack(message.seq)
        pump()
        break
      case 'credit':
        credit = message.bytes
        pump()
        break
      case 'cadence':
        on.live(message.live)
        break
      case 'clock':
        say({ t: 'clocked', n: message.n, at: now() })
        break
      case 'goaway':
        on.away(carrier)
        break
      case 'error':
        finish(message.code)
    }
  }

  function opened(have: Extract<ToCollector, { t: 'have' }>): void {
    // What is missing there was acked and let go here: this stream cannot go on without a hole.
    if (have.seq + 1 < outbox.first) return finish('recording_ended')
    state = 'open'
    release?.(have.seq)
    release = undefined
    next = have.seq + 1
    credit = have.credit
    on.live(have.live)
    on.open(carrier)
    pump()
    check()
  }

  function pump(): void {
    if (state !== 'open') return
    // What another link had brought may have been acked on this one.
    next = Math.max(next, outbox.first)
    let frame: Uint8Array<ArrayBuffer> | undefined
    while (link.buffered() < HIGH_WATER_BYTES && (frame = outbox.frame(next)) && sent + frame.length <= credit) {
      link.sendFrame(frame)
      sent += frame.length
      next++
    }
    hurry()
  }

  /** With frames on the way a ping is due within a second, however calm it was before. */
  function hurry(): void {
    if (outbox.waiting && checkDue - performance.now() > PING_INTERVAL_MS) arm(PING_INTERVAL_MS)
  }

  function check(): void {
    const time = performance.now()
    // A timer that comes late says that this page was busy or asleep; answers may be waiting behind it.
    const late = time - checkDue > PING_INTERVAL_MS
    if (late && askedAt !== undefined) askedAt = time
    if (askedAt !== undefined && time - askedAt >= LINK_DEAD_MS) return finish('')
    const interval = outbox.waiting ? PING_INTERVAL_MS : PING_INTERVAL_IDLE_MS
    if (time - pingedAt >= interval - 10) {
      pingedAt = time
      askedAt ??= time
      say({ t: 'ping', n: ++pings })
    }
    arm(askedAt === undefined ? interval : PING_INTERVAL_MS)
  }

  function arm(ms: number): void {
    clearTimeout(timer)
    checkDue = performance.now() + ms
    timer = later(check, ms)
  }

  const carrier: Carrier = {
    get kind() {
      return link.kind
    },
    get isOpen() {
      return state === 'open'
    },
    pump,
    close() {
      if (state !== 'closed') shut()
    },
  }
  const link: Link = connect({
    onOpen: guarded(() => {
      release = outbox.hold()
      say({ t: 'resume', token, version: WIRE_VERSION })
    }),
    onText: guarded((text: string) => {
      if (state === 'closed') return
      let message: ToCollector
      try {
        message = decodeToCollector(text)
      } catch {
        // A newer server may say what this version does not know.
        return
      }
      onMessage(message)
    }),
    onDrain: guarded(pump),
    onClose: guarded((code: number) => finish(codeOfClose(code))),
  })
  timer = later(() => finish(''), 2 * OPEN_TIMEOUT_MS)
  return carrier
}
