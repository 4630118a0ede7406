// A link brings the live tail: frames of every stream of the recording, and control messages, whatever carries them.

import { decodeToViewer } from '../../wire/control.ts'
import { MAX_FRAME_BYTES, PING_INTERVAL_MS, WATCH_TOOK_BYTES } from '../../wire/generated.ts'
import type { FromViewer, ToViewer } from '../../wire/generated.ts'

export interface LinkEvents {
  /** The tail is on: every frame taken in from now on comes. */
  onOpen(): void
  onFrame(bytes: Uint8Array): void
  onStream(stream: string, state: 'opened' | 'closed' | 'ended'): void
  /** Round trip to the server, ms. */
  onRoundTrip(ms: number): void
  /** Once, with the code of the server's last word, or ''. */
  onClose(code: string): void
}

export interface TailLink {
  readonly kind: 'rtc' | 'relay'
  close(): void
}

const PING_MS = 2 * PING_INTERVAL_MS
const DEAD_MS = 8000

/** What both links say and hear; `send` and `hangUp` are the carrier's. */
export class TailTalk {
  private readonly events: LinkEvents
  private readonly send: (text: string) => void
  private readonly hangUp: () => void
  private readonly sent = new Map<number, number>()
  private timer = 0
  private n = 0
  private due = 0
  /** When the first ping was sent that nothing has answered yet. */
  private askedAt: number | null = null
  private taken = 0
  private told = 0
  private code = ''
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
    this.askedAt = null
    if (typeof data === 'string') this.control(data)
    else if (data instanceof ArrayBuffer) this.frame(new Uint8Array(data))
  }

  end(): void {
    if (this.over) return
    this.over = true
    clearInterval(this.timer)
    this.events.onClose(this.code)
  }

  /** Why the link is about to close. */
  refuse(code: string): void {
    this.code = code
  }

  /** The server stops sending to a viewer that does not say what it took. */
  private frame(bytes: Uint8Array): void {
    this.events.onFrame(bytes)
    this.taken += bytes.length
    if (this.taken - this.told + MAX_FRAME_BYTES <= WATCH_TOOK_BYTES) return
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
    else if (message?.t === 'error') this.refuse(message.code)
  }

  private open(): void {
    this.timer = window.setInterval(this.check, PING_MS)
    this.ping(performance.now())
    this.events.onOpen()
  }

  private readonly check = (): void => {
    const now = performance.now()
    // A timer that comes late says that this page was busy or asleep; answers may be waiting behind it.
    if (this.askedAt !== null && now - this.due > PING_INTERVAL_MS) this.askedAt = now
    if (this.askedAt !== null && now - this.askedAt >= DEAD_MS) return this.hangUp()
    this.ping(now)
  }

  private ping(now: number): void {
    this.n++
    this.due = now + PING_MS
    this.askedAt ??= now
    this.sent.set(this.n, now)
    if (this.sent.size > 16) this.sent.delete(this.n - 16)
    this.say({ t: 'ping', n: this.n })
  }

  private ponged(n: number): void {
    const at = this.sent.get(n)
    this.sent.delete(n)
    if (at !== undefined) this.events.onRoundTrip(performance.now() - at)
  }
}

/** Null for what is no message. */
const parse = (text: string): ToViewer | null => {
  try {
    return decodeToViewer(text)
  } catch {
    return null
  }
}
