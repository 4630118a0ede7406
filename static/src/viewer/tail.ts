// The live tail: starts on the relay at once, moves to rtc when that opens, comes back to the relay when it goes, tries again.
// Two links may bring the same frame; the log takes the first.

import { eventsOf } from '../wire/batch.ts'
import type { Batch } from '../wire/batch.ts'
import { decodeFrame, endsStream, isContinued, isMore } from '../wire/frame.ts'
import type { Frame } from '../wire/frame.ts'
import type { Api } from './api.ts'
import type { DecodedBatch } from './chunks.ts'
import { openRelay } from './links/relay.ts'
import { openRtc } from './links/rtc.ts'
import type { LinkEvents, TailLink } from './links/link.ts'

export type LinkKind = 'rtc' | 'relay' | 'none'

export interface TailEvents {
  onBatch(stream: string, batch: DecodedBatch, ended: boolean): void
  /** Streams came, went or ended: the playlist may say more. */
  onStream(stream: string, state: 'opened' | 'closed' | 'ended'): void
  /** From now on every frame comes. What came before must be fetched. */
  onOpen(): void
  onLink(kind: LinkKind): void
  onRoundTrip(ms: number): void
}

const RETRY_MS = [300, 1000, 2000, 5000]
const RTC_AGAIN_MS = 20_000

export class Tail {
  private readonly api: Api
  private readonly events: TailEvents
  private readonly rtcWanted: boolean
  private readonly links: Record<'rtc' | 'relay', TailLink | null> = { rtc: null, relay: null }
  private readonly isOpen = { rtc: false, relay: false }
  private readonly queues = new Map<string, Promise<void>>()
  private readonly partial = new Map<string, Frame[]>()
  private readonly timers = new Set<number>()
  private tries = 0
  private closed = false

  constructor(api: Api, events: TailEvents, rtcWanted = typeof RTCPeerConnection !== 'undefined') {
    this.api = api
    this.events = events
    this.rtcWanted = rtcWanted
  }

  get kind(): LinkKind {
    return this.isOpen.rtc ? 'rtc' : this.isOpen.relay ? 'relay' : 'none'
  }

  open(): void {
    void this.connect('relay')
    if (this.rtcWanted) void this.connect('rtc')
  }

  close(): void {
    this.closed = true
    for (const timer of this.timers) clearTimeout(timer)
    this.links.rtc?.close()
    this.links.relay?.close()
  }

  private async connect(kind: 'rtc' | 'relay'): Promise<void> {
    if (this.closed || this.links[kind]) return
    try {
      const grant = await this.api.watch()
      if (this.closed || this.links[kind]) return
      this.links[kind] = (kind === 'rtc' ? openRtc : openRelay)(grant, this.eventsOf(kind))
    } catch {
      this.gone(kind, false)
    }
  }

  private eventsOf(kind: 'rtc' | 'relay'): LinkEvents {
    return {
      onOpen: () => this.opened(kind),
      onFrame: (bytes) => this.take(kind, bytes),
      onStream: (stream, state) => this.events.onStream(stream, state),
      onRoundTrip: (ms) => this.kind === kind && this.events.onRoundTrip(ms),
      onClose: (refused) => this.gone(kind, refused),
    }
  }

  private opened(kind: 'rtc' | 'relay'): void {
    this.isOpen[kind] = true
    this.tries = 0
    if (kind === 'rtc') this.links.relay?.close()
    else if (this.isOpen.rtc) return this.links.relay?.close()
    this.events.onLink(this.kind)
    this.events.onOpen()
  }

  private gone(kind: 'rtc' | 'relay', refused: boolean): void {
    this.links[kind] = null
    this.isOpen[kind] = false
    if (this.closed) return
    this.events.onLink(this.kind)
    if (kind === 'rtc') {
      void this.connect('relay')
      if (!refused) this.later(() => void this.connect('rtc'), RTC_AGAIN_MS)
    } else if (!this.isOpen.rtc && !refused) {
      this.later(() => !this.isOpen.rtc && void this.connect('relay'), RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)] as number)
    }
  }

  private later(run: () => unknown, ms: number): void {
    const timer = window.setTimeout(() => {
      this.timers.delete(timer)
      run()
    }, ms)
    this.timers.add(timer)
  }

  /** A frame that cannot be read is left out: it shows as a hole, and is fetched from the log. */
  private take(kind: 'rtc' | 'relay', bytes: Uint8Array): void {
    try {
      const frame = decodeFrame(bytes)
      const batch = this.complete(`${kind} ${frame.stream}`, frame)
      if (batch) this.decode(batch)
    } catch {
      // Said above.
    }
  }

  /** The whole batch when this frame ends it. Frames of a batch come in order on one link. */
  private complete(key: string, frame: Frame): Batch | null {
    const open = isContinued(frame) ? this.partial.get(key) : []
    this.partial.delete(key)
    if (!open) return null
    const before = open.at(-1)
    if (before && before.seq + 1 !== frame.seq) return null
    open.push(frame)
    if (!isMore(frame)) return open as unknown as Batch
    this.partial.set(key, open)
    return null
  }

  /** Inflating is asynchronous; the order of a stream is kept. */
  private decode(batch: Batch): void {
    const [head, last] = [batch[0], batch.at(-1) ?? batch[0]]
    const decoded = eventsOf(batch)
    decoded.catch(() => {})
    const before = this.queues.get(head.stream) ?? Promise.resolve()
    const after = before
      .then(async () => {
        const events = await decoded
        const ready = { firstSeq: head.seq, lastSeq: last.seq, firstAt: head.firstAt, lastAt: head.lastAt, events }
        this.events.onBatch(head.stream, ready, endsStream(last))
      })
      .catch(() => {})
    this.queues.set(head.stream, after)
  }
}
