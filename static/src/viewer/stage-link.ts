// The viewer's end of the stage: embeds it, hands it a port, feeds it, knows what it has shown.

import { HANDSHAKE } from '../stage/protocol.ts'
import type { FromStage, StageEvent, ToStage } from '../stage/protocol.ts'

const SLICE = 1000

export interface StageOptions {
  playing: boolean
  /** No motion of the stage's own. */
  still: boolean
}

export interface StageSize {
  width: number
  height: number
  scale: number
}

export class StageLink {
  readonly frame = document.createElement('iframe')
  onReady: () => void = () => {}
  onSize: (size: StageSize) => void = () => {}
  /** Everything fed so far is applied. */
  onSettled: () => void = () => {}
  private readonly origin: string
  private port: MessagePort | null = null
  private ready = false
  private fed = 0
  private shown = 0
  private options: StageOptions = { playing: false, still: false }

  constructor(origin: string) {
    this.origin = new URL(origin).origin
    this.frame.title = 'Replay'
    this.frame.tabIndex = -1 // Tab passes it by.
    this.frame.setAttribute('sandbox', 'allow-scripts allow-same-origin')
    this.frame.referrerPolicy = 'origin'
    this.frame.src = `${this.origin}/stage/`
    this.frame.addEventListener('load', () => this.meet())
    window.addEventListener('blur', this.left)
  }

  get isReady(): boolean {
    return this.ready
  }

  /** Messages that the stage has not answered yet. */
  get behind(): number {
    return this.fed - this.shown
  }

  reset(): void {
    this.post({ t: 'reset' })
  }

  feed(events: StageEvent[], fast: boolean): void {
    for (let i = 0; i < events.length; i += SLICE) {
      this.post({ t: 'feed', n: ++this.fed, events: events.slice(i, i + SLICE), fast })
    }
  }

  configure(options: Partial<StageOptions>): void {
    this.options = { ...this.options, ...options }
    this.post({ t: 'options', ...this.options })
  }

  close(): void {
    window.removeEventListener('blur', this.left)
    this.port?.close()
    this.frame.remove()
  }

  /** The keyboard stays with the player: to follow a link of the replayed page would replace the replay. */
  private readonly left = (): void => {
    setTimeout(() => {
      if ((this.frame.getRootNode() as Document | ShadowRoot).activeElement !== this.frame) return
      this.frame.blur()
      window.focus()
    })
  }

  private meet(): void {
    const channel = new MessageChannel()
    this.port?.close()
    this.port = channel.port1
    this.ready = false
    this.port.onmessage = ({ data }: MessageEvent<FromStage>) => this.receive(data)
    this.frame.contentWindow?.postMessage(HANDSHAKE, this.origin, [channel.port2])
  }

  private post(message: ToStage): void {
    if (this.ready) this.port?.postMessage(message)
  }

  private receive(message: FromStage): void {
    if (message.t === 'ready') this.started()
    else if (message.t === 'fed') this.applied(message.n)
    else if (message.t === 'size') this.onSize(message)
  }

  private started(): void {
    this.ready = true
    this.shown = this.fed
    this.configure({})
    this.onReady()
  }

  private applied(n: number): void {
    this.shown = Math.max(this.shown, n)
    if (this.shown === this.fed) this.onSettled()
  }
}
