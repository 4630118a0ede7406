// The stage: takes events from the viewer through a port, cleans them, has them rebuilt, draws the pointer, fits the page.

import { RR_SOURCE, RR_TYPE, toRrweb } from '../wire/rrweb.ts'
import type { RrEvent } from '../wire/rrweb.ts'
import { cleanEvent } from './clean/events.ts'
import type { Standing } from './clean/events.ts'
import { Cursor } from './cursor.ts'
import { createRebuilder } from './rebuilder.ts'
import type { Rebuilder } from './rebuilder.ts'
import type { FromStage, StageEvent, ToStage } from './protocol.ts'

const NOTHING_STANDS: Standing = { tagOf: () => undefined, parentTagOf: () => undefined, depthOf: () => 0, nodes: 0 }

export class Stage {
  private readonly root: HTMLElement
  private readonly device: HTMLElement
  private readonly say: (message: FromStage) => void
  private readonly cursor = new Cursor()
  private page: Rebuilder | null = null
  /** After a reset: what stands is old, and makes room when the next snapshot has been built. */
  private stale = false
  private width = 1280
  private height = 720
  private paused = true

  constructor(root: HTMLElement, say: (message: FromStage) => void) {
    this.root = root
    this.say = say
    this.device = document.createElement('div')
    this.device.className = 'device'
    this.device.append(this.cursor.layer)
    this.root.append(this.device)
    new ResizeObserver(() => this.fit()).observe(root)
  }

  receive(message: ToStage): void {
    if (message.t === 'reset') this.reset()
    else if (message.t === 'feed') this.feed(message.n, message.events, message.fast)
    else if (message.t === 'options') this.configure(message)
  }

  private reset(): void {
    this.stale = true
    this.cursor.forget()
  }

  private configure(options: { playing: boolean; still: boolean }): void {
    this.cursor.still = options.still
    this.paused = !options.playing
    this.page?.pause(this.paused)
  }

  /** Answered whatever is fed: the viewer waits for it. */
  private feed(n: number, events: StageEvent[], fast: boolean): void {
    const scrolls = new Map<unknown, RrEvent>()
    const pointer = events.findLast(({ kind }) => kind === 'pointer' || kind === 'click')
    attempt(() => this.page?.begin())
    for (const event of events) attempt(() => this.show(event, fast ? scrolls : null))
    for (const scroll of scrolls.values()) attempt(() => this.page?.apply(scroll))
    attempt(() => this.page?.end())
    attempt(() => pointer && this.point(pointer, false))
    this.say({ t: 'fed', n })
  }

  private show(event: StageEvent, scrolls: Map<unknown, RrEvent> | null): void {
    if (event.kind === 'dom') this.take(event, scrolls)
    else if (event.kind === 'viewport') this.view(event.data)
    else if (!scrolls) this.point(event, true)
  }

  /** Each event is cleaned when all before it are applied, since cleaning looks things up in the tree. */
  private take(event: StageEvent, scrolls: Map<unknown, RrEvent> | null): void {
    const raw = event.data as { type: number; data: unknown }
    if (typeof raw !== 'object' || raw === null) return
    const clean = cleanEvent(toRrweb(event.at, raw), this.stale || !this.page ? NOTHING_STANDS : this.page)
    if (!clean) return
    const { source, id } = fieldsOf(clean.data)
    if (clean.type === RR_TYPE.snapshot) {
      scrolls?.clear()
      this.rebuild(clean)
    } else if (clean.type === RR_TYPE.meta || source === RR_SOURCE.viewportResize) this.view(clean.data)
    else if (this.stale) return
    // In a seek only the last scroll of each place shows, so only that one is paid for.
    else if (scrolls && source === RR_SOURCE.scroll) scrolls.set(id, clean)
    else this.page?.apply(clean)
  }

  /** A new page is built behind the old one, which goes when the new one stands: nothing flashes. */
  private rebuild(snapshot: RrEvent): void {
    const old = this.page
    const page = createRebuilder(this.device)
    page.resize(this.width, this.height)
    page.apply(snapshot)
    page.pause(this.paused)
    this.device.append(this.cursor.layer)
    this.page = page
    this.stale = false
    old?.destroy()
    this.root.dataset['standing'] = 'true'
    this.fit()
  }

  private point(event: StageEvent, traced: boolean): void {
    const { x, y, id } = fieldsOf(event.data)
    if (typeof x !== 'number' || typeof y !== 'number' || !Number.isFinite(x) || !Number.isFinite(y)) return
    this.cursor.move(x, y, traced)
    if (event.kind === 'click' && traced) this.cursor.click(x, y)
    if (typeof id === 'number') this.page?.hover(id)
  }

  private view(data: unknown): void {
    const { width, height } = fieldsOf(data)
    if (typeof width !== 'number' || typeof height !== 'number' || !(width >= 1 && height >= 1)) return
    this.width = Math.min(Math.round(width), 16_384)
    this.height = Math.min(Math.round(height), 16_384)
    if (!this.stale) this.page?.resize(this.width, this.height)
    this.fit()
  }

  private fit(): void {
    const { clientWidth, clientHeight } = this.root
    const scale = Math.min(clientWidth / this.width, clientHeight / this.height)
    if (!(scale > 0)) return
    this.device.style.width = `${this.width}px`
    this.device.style.height = `${this.height}px`
    const left = (clientWidth - this.width * scale) / 2
    const top = (clientHeight - this.height * scale) / 2
    this.device.style.transform = `translate(${left}px, ${top}px) scale(${scale})`
    this.cursor.resize(this.width, this.height)
    this.say({ t: 'size', width: this.width, height: this.height, scale })
  }
}

const fieldsOf = (data: unknown): Record<string, unknown> => (typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {})

/** An event that cannot be shown is left out; those behind it are shown. */
const attempt = (run: () => unknown): void => {
  try {
    run()
  } catch {
    // Said above.
  }
}
