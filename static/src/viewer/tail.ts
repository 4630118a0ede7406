// The live tail: starts on the relay at once, moves to rtc when that opens, comes back to the relay when it goes, tries again.
// Two links may bring the same frame; the log takes the first.

import type { Batch } from '../wire/batch.ts'
import { decodeFrame, endsStream, isContinued, isMore } from '../wire/frame.ts'
import type { Frame } from '../wire/frame.ts'
import { ApiError } from './api.ts'
import type { Api } from './api.ts'
import type { DecodedBatch } from './chunks.ts'
import { decodeBatch } from './decode.ts'
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
  /** Why there is no link, for the member; '' when there is one again. */
  onTrouble(message: string): void
}

const RETRY_MS = [300, 1000, 2000, 5000]
const REFUSED_AGAIN_MS = 15_000
const RTC_AGAIN_MS = 20_000
const TRIES_UNTIL_SAID = 3
const NO_LINK = 'No live link can be opened. Check that WebSocket connections to the server get through; the player tries again by itself.'
const OUTDATED = 'This page is older than the server. Reload it to go on watching.'

export class Tail {
  private readonly api: Api
  private readonly events: TailEvents
  private readonly rtcWanted: boolean
  private readonly links: Record<'rtc' | 'relay', TailLink | null> = { rtc: null, relay: null }
  private readonly isOpen = { rtc: false, relay: false }
  private readonly queues = new Map<string, Promise<void>>()
  private readonly partial = new Map<string, Frame[]>()
  private readonly asking = { rtc: false, relay: false }
  private readonly timers = { rtc: 0, relay: 0 }
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

  /** Tries now what would be tried later. */
  hurry(): void {
    if (this.kind !== 'none') return
    this.tries = 0
    this.open()
  }

  close(): void {
    this.closed = true
    for (const kind of ['rtc', 'relay'] as const) {
      clearTimeout(this.timers[kind])
      this.links[kind]?.close()
    }
  }

  private async connect(kind: 'rtc' | 'relay'): Promise<void> {
    clearTimeout(this.timers[kind])
    if (this.closed || this.links[kind] || this.asking[kind]) return
    this.asking[kind] = true
    const grant = await this.api.watch().catch((error: unknown) => (error instanceof ApiError ? error : new ApiError(0, NO_LINK)))
    this.asking[kind] = false
    if (grant instanceof ApiError) this.gone(kind, grant)
    else if (!this.closed) this.links[kind] = (kind === 'rtc' ? openRtc : openRelay)(grant, this.eventsOf(kind))
  }

  private eventsOf(kind: 'rtc' | 'relay'): LinkEvents {
    return {
      onOpen: () => this.opened(kind),
      onFrame: (bytes) => this.take(kind, bytes),
      onStream: (stream, state) => this.events.onStream(stream, state),
      onRoundTrip: (ms) => this.kind === kind && this.events.onRoundTrip(ms),
      onClose: (code) => (code === 'version' ? this.outdated() : this.gone(kind)),
    }
  }

  private opened(kind: 'rtc' | 'relay'): void {
    this.isOpen[kind] = true
    this.tries = 0
    this.events.onTrouble('')
    if (kind === 'rtc') this.links.relay?.close()
    else if (this.isOpen.rtc) return this.links.relay?.close()
    this.events.onLink(this.kind)
    this.events.onOpen()
  }

  /** A link closed, or was not granted. */
  private gone(kind: 'rtc' | 'relay', error: ApiError | null = null): void {
    const was = this.isOpen[kind]
    this.links[kind] = null
    this.isOpen[kind] = false
    if (this.closed) return
    this.events.onLink(this.kind)
    if (kind === 'rtc') {
      if (was) void this.connect('relay')
      this.again('rtc', RTC_AGAIN_MS)
    } else if (!this.isOpen.rtc) {
      const pause = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)] as number
      this.again('relay', error?.isRefusal ? REFUSED_AGAIN_MS : pause)
      const message = error?.message ?? (this.tries >= TRIES_UNTIL_SAID ? NO_LINK : '')
      if (message) this.events.onTrouble(message)
    }
  }

  private outdated(): void {
    this.close()
    this.links.rtc = this.links.relay = null
    this.isOpen.rtc = this.isOpen.relay = false
    this.events.onLink('none')
    this.events.onTrouble(OUTDATED)
  }

  private again(kind: 'rtc' | 'relay', ms: number): void {
    clearTimeout(this.timers[kind])
    this.timers[kind] = window.setTimeout(() => this.isOpen.rtc || void this.connect(kind), ms)
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
    const decoded = decodeBatch(batch)
    decoded.catch(() => {})
    const before = this.queues.get(head.stream) ?? Promise.resolve()
    const after = before.then(async () => this.events.onBatch(head.stream, await decoded, endsStream(last))).catch(() => {})
    this.queues.set(head.stream, after)
  }
}
