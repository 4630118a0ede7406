// A link brings the live tail: frames of every stream of the recording, and control messages, whatever carries them.

import { PING_INTERVAL_MS, WATCH_TOOK_BYTES } from '../../wire/generated.ts'
import type { FromViewer, ToViewer } from '../../wire/generated.ts'

export interface LinkEvents {
  /** The tail is on: every frame taken in from now on comes. */
  onOpen(): void
  onFrame(bytes: Uint8Array): void
  onStream(stream: string, state: 'opened' | 'closed' | 'ended'): void
  /** Round trip to the server, ms. */
  onRoundTrip(ms: number): void
  /** Once; `refused` when trying again is no use. */
  onClose(refused: boolean): void
}

export interface TailLink {
  readonly kind: 'rtc' | 'relay'
  close(): void
}

const FINAL = new Set(['unauthorized', 'forbidden', 'version'])
const DEAD_MS = 8000

/** What both links say and hear; `send` and `hangUp` are the carrier's. */
export class TailTalk {
  private readonly events: LinkEvents
  private readonly send: (text: string) => void
  private readonly hangUp: () => void
  private readonly sent = new Map<number, number>()
  private timer = 0
  private n = 0
  private heard = 0
  private taken = 0
  private told = 0
  private refused = false
  private over = false

  constructor(events: LinkEvents, send: (text: string) => void, hangUp: () => void) {
    this.events = events
    this.send = send
    this.hangUp = hangUp
  }

  say(message: FromViewer): void {
    this.send(JSON.stringify(message))
  }

  receive(data: unknown): void {
    this.heard = performance.now()
    if (typeof data === 'string') this.control(data)
    else if (data instanceof ArrayBuffer) this.frame(new Uint8Array(data))
  }

  end(): void {
    if (this.over) return
    this.over = true
    clearInterval(this.timer)
    this.events.onClose(this.refused)
  }

  /** The server stops sending to a viewer that does not say what it took. */
  private frame(bytes: Uint8Array): void {
    this.events.onFrame(bytes)
    this.taken += bytes.length
    if (this.taken - this.told < WATCH_TOOK_BYTES / 2) return
    this.told = this.taken
    this.say({ t: 'took', bytes: this.taken })
  }

  private control(text: string): void {
    const message = parse(text)
    if (message?.t === 'watching') this.open()
    else if (message?.t === 'opened') this.events.onStream(message.stream, 'opened')
    else if (message?.t === 'closed') this.events.onStream(message.stream, message.ended ? 'ended' : 'closed')
    else if (message?.t === 'pong') this.ponged(message.n)
    else if (message?.t === 'goaway') setTimeout(this.hangUp, Math.min(message.after, 10_000) * Math.random())
    else if (message?.t === 'error') this.refused = FINAL.has(message.code)
  }

  private open(): void {
    this.timer = window.setInterval(this.ping, 2 * PING_INTERVAL_MS)
    this.ping()
    this.events.onOpen()
  }

  private readonly ping = (): void => {
    if (performance.now() - this.heard > DEAD_MS) return this.hangUp()
    this.n++
    this.sent.set(this.n, performance.now())
    if (this.sent.size > 16) this.sent.delete(this.n - 16)
    this.say({ t: 'ping', n: this.n })
  }

  private ponged(n: number): void {
    const at = this.sent.get(n)
    this.sent.delete(n)
    if (at !== undefined) this.events.onRoundTrip(performance.now() - at)
  }
}

const parse = (text: string): ToViewer | null => {
  try {
    const message = JSON.parse(text) as unknown
    return typeof message === 'object' && message !== null ? (message as ToViewer) : null
  } catch {
    return null
  }
}
