// `<sl-player recording="ID" stage="STAGE_ORIGIN" state="live|open|ended" start-ms="…">`: shows a `Player`.
// What changes with each frame (time, playhead, current rows) is set directly; the rest is rendered when it changes.

import { LitElement, html, nothing } from 'lit'
import type { PropertyValues } from 'lit'
import { SPEEDS } from './clock.ts'
import type { Digest } from './digest.ts'
import { addressAt, consoleRows, eventRows, requestRows } from './facts.ts'
import type { ConsoleRow, EventRow, RequestRow } from './facts.ts'
import { clockText } from './format.ts'
import { ICONS } from './icons.ts'
import { KEYS, isTyping, keyNames, keyRow } from './keys.ts'
import type { KeyActions } from './keys.ts'
import { ConsolePanel } from './panels/console-panel.ts'
import { EventsPanel } from './panels/events-panel.ts'
import { NetworkPanel } from './panels/network-panel.ts'
import { Player } from './player.ts'
import type { RecordingState } from './playlist.ts'
import { playerStyles } from './sl-player.css.ts'
import { StageLink } from './stage-link.ts'
import type { StageSize } from './stage-link.ts'
import { base } from './styles.ts'
import { TimelineBar } from './timeline-bar.ts'
import type { Mark, TimelineData } from './timeline-bar.ts'

const NARROW_PX = 760
const IDLE_CHOICES = [3, 5, 10, 30] as const
/** Where the decoder's worker lies: beside this script. */
const workerUrl = import.meta.url.replace(/[^/]*$/, 'viewer-worker.js')

export class SlPlayer extends LitElement {
  static override properties = {
    recording: {}, stage: {}, state: {}, startMs: { type: Number, attribute: 'start-ms' },
    tick: { state: true }, narrow: { state: true }, panels: { state: true }, size: { state: true },
  }
  declare recording: string
  declare stage: string
  declare state: RecordingState
  declare startMs: number | null
  declare tick: number
  declare narrow: boolean
  declare panels: boolean
  declare size: StageSize | null
  private player: Player | null = null
  private link: StageLink | null = null
  private listed: { facts: unknown; gaps: unknown } = { facts: null, gaps: null }
  private console: ConsoleRow[] = []
  private requests: RequestRow[] = []
  private events: EventRow[] = []
  private timeline: TimelineData = { duration: 0, idle: [], gaps: [], marks: [] }
  private readonly resized = new ResizeObserver(([entry]) => (this.narrow = (entry?.contentRect.width ?? 1000) < NARROW_PX))
  private readonly still = matchMedia('(prefers-reduced-motion: reduce)')

  constructor() {
    super()
    this.recording = ''
    this.stage = ''
    this.state = 'ended'
    this.startMs = null
    this.tick = 0
    this.narrow = false
    this.panels = true
    this.size = null
  }

  // What tests and the page around may call

  get currentMs(): number {
    return Math.max(0, Math.round(this.player?.time ?? this.startMs ?? 0))
  }

  get durationMs(): number {
    return Math.round(this.player?.known.duration ?? 0)
  }

  seek(ms: number): void {
    this.player?.seek(ms)
  }

  play(): void {
    this.player?.play()
  }

  pause(): void {
    this.player?.pause()
  }

  goLive(): void {
    this.player?.goLive()
  }

  setSpeed(speed: number): void {
    this.player?.setSpeed(speed)
  }

  setSkipIdle(skipping: boolean): void {
    this.player?.setSkipping(skipping)
  }

  /** Resolves when the stage shows what belongs to the current time. */
  async settled(): Promise<void> {
    while (this.player?.phase === 'loading') await new Promise((resolve) => requestAnimationFrame(resolve))
    await this.player?.settled()
  }

  // Life

  override connectedCallback(): void {
    super.connectedCallback()
    this.resized.observe(this)
    document.addEventListener('keydown', this.keyed)
    this.addEventListener('sl-seek', this.sought as EventListener)
    this.start()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.resized.disconnect()
    document.removeEventListener('keydown', this.keyed)
    this.removeEventListener('sl-seek', this.sought as EventListener)
    this.player?.close()
    this.player = null
  }

  private start(): void {
    const link = new StageLink(this.stage)
    const startMs = this.getAttribute('start-ms')
    const player = new Player({
      recording: this.recording,
      state: this.state,
      startMs: startMs ? Number(startMs) || 0 : null,
      workerUrl,
      stage: link,
    })
    link.configure({ still: this.still.matches })
    link.onSize = (size) => (this.size = size)
    player.onChange = () => this.tick++
    player.onTick = () => this.showTime()
    this.link = link
    this.player = player
    player.open()
  }

  private readonly sought = (event: CustomEvent<number>): void => this.player?.seek(event.detail)

  private readonly actions: KeyActions = {
    toggle: () => this.player?.toggle(),
    by: (ms) => this.player?.seek(this.player.time + ms),
    faster: (steps) => this.shift(steps),
    fullscreen: () => this.fullscreen(),
    skipping: () => this.player?.setSkipping(!this.player.skipping),
    live: () => this.player?.goLive(),
    help: () => this.help(),
  }

  private readonly keyed = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || document.querySelector('dialog[open]') || isTyping(event.composedPath(), event.key)) return
    const row = keyRow(event)
    const helping = this.renderRoot.querySelector('dialog[open]') !== null
    if (!row || (helping && !row.keys.includes('?'))) return
    event.preventDefault()
    row.run(this.actions)
  }

  private shift(steps: number): void {
    const player = this.player
    if (!player) return
    const at = SPEEDS.findIndex((speed) => speed >= player.speed)
    player.setSpeed(SPEEDS[Math.min(Math.max(at + steps, 0), SPEEDS.length - 1)] as number)
  }

  private fullscreen(): void {
    if (document.fullscreenElement) void document.exitFullscreen()
    else void this.requestFullscreen?.().catch(() => {})
  }

  private help(): void {
    const dialog = this.renderRoot.querySelector('dialog')
    if (dialog?.open) dialog.close()
    else dialog?.showModal()
  }

  // Each frame

  private showTime(): void {
    const player = this.player
    if (!player) return
    const time = player.time
    this.dataset['timeMs'] = String(Math.round(time))
    this.renderRoot.querySelector<TimelineBar>('sl-timeline')?.setTime(time)
    for (const name of ['sl-events', 'sl-console', 'sl-network']) {
      this.renderRoot.querySelector<HTMLElement & { setTime(time: number): void }>(name)?.setTime(time)
    }
    this.text('.at', clockText(time))
    this.text('.total', clockText(player.isLive ? Math.max(player.known.duration, time) : player.known.duration))
    const stream = player.stream
    const entry = stream?.entry
    const address = stream && entry ? addressAt(player.known.facts, stream.id, time, entry.url) : ''
    this.text('.address', address || 'No page yet')
    const gap = player.known.gaps.some((each) => time >= each.time && time < each.time + 2500)
    this.renderRoot.querySelector('.gap-note')?.toggleAttribute('hidden', !gap)
  }

  private text(selector: string, text: string): void {
    const element = this.renderRoot.querySelector<HTMLElement>(selector)
    if (element && element.textContent !== text) {
      element.textContent = text
      if (selector === '.address') element.title = text
    }
  }

  // On change

  override willUpdate(): void {
    const player = this.player
    if (!player) return
    const { facts, gaps, duration, idle } = player.known
    if (facts !== this.listed.facts || gaps !== this.listed.gaps) this.list(player.known)
    if (duration !== this.timeline.duration || idle !== this.timeline.idle) this.timeline = { ...this.timeline, duration, idle }
  }

  private list({ facts, gaps, duration, idle }: Digest): void {
    this.listed = { facts, gaps }
    this.console = consoleRows(facts)
    this.requests = requestRows(facts)
    this.events = eventRows(facts, this.requests, gaps)
    const marks = this.events.filter((row): row is EventRow & { kind: Mark } => ['page', 'click', 'error', 'failed'].includes(row.kind))
    this.timeline = { duration, idle, gaps, marks }
  }

  override updated(_changed: PropertyValues): void {
    const player = this.player
    if (!player) return
    const set = (name: string, value: string): void => {
      if (this.dataset[name] !== value) this.dataset[name] = value
    }
    set('phase', player.phase)
    set('live', String(player.isLive))
    set('following', String(player.following))
    set('link', player.link)
    set('playing', String(player.playing))
    this.showTime()
  }

  override render() {
    const player = this.player
    if (!player) return nothing
    return html`
      ${this.header(player)}
      <wa-split-panel class="body ${this.panels ? '' : 'alone'}" orientation=${this.narrow ? 'vertical' : 'horizontal'} position=${this.narrow ? 48 : 70} ?disabled=${!this.panels}>
        <div slot="start" class="theatre">${this.link?.frame}${this.cover(player)}<div class="trouble" role="status">${player.notice}</div></div>
        <div slot="end" class="side">${this.side(player)}</div>
      </wa-split-panel>
      <sl-timeline .data=${this.timeline}></sl-timeline>
      ${this.controls(player)}${this.helpDialog()}
    `
  }

  private header(player: Player) {
    const tabs = this.tabs(player)
    return html`<div class="header">
      <span class="page">${ICONS.page}<span class="address clip"></span></span>
      ${this.size ? html`<span class="quiet number size" title="Size of the visitor's viewport, and the scale at which it is shown">${this.size.width} × ${this.size.height} <span class="scale">· ${Math.round(this.size.scale * 100)} %</span></span>` : nothing}
      ${player.isLive ? this.liveBadge(player) : nothing}
      ${tabs.length > 1 ? html`<div class="tabs" role="group" aria-label="Tabs">
        <button class="tab" aria-pressed=${player.chosenTab === null} @click=${() => player.chooseTab(null)}>Follow</button>
        ${tabs.map((tab) => html`<button class="tab clip ${tab.front ? 'front' : ''}" title=${tab.title} aria-pressed=${player.chosenTab === tab.id} @click=${() => player.chooseTab(tab.id)}>${tab.title}</button>`)}
      </div>` : nothing}
    </div>`
  }

  private tabs(player: Player): { id: string; title: string; front: boolean }[] {
    const tabs = new Map<string, { id: string; title: string; front: boolean }>()
    for (const log of player.store.streams.values()) {
      const { entry } = log
      if (!entry) continue
      const front = player.stream?.entry?.tab === entry.tab
      tabs.set(entry.tab, { id: entry.tab, title: entry.title || entry.url || 'Tab', front })
    }
    return [...tabs.values()]
  }

  private liveBadge(player: Player) {
    const link = player.link !== 'none' ? player.link : player.notice ? 'no connection' : 'connecting'
    const trip = player.roundTrip === null ? '' : ` · ${Math.max(1, Math.round(player.roundTrip))} ms`
    return html`<span class="live ${player.following ? '' : 'behind'}" title="How the live picture comes, and the round trip to the server"><i></i>LIVE<span class="via number">${link}${trip}</span></span>`
  }

  private cover(player: Player) {
    if (player.phase === 'error')
      return html`<div class="cover" role="alert"><p class="big">This recording cannot be played</p><p>${player.error}</p><button class="solid" @click=${() => location.reload()}>Try again</button></div>`
    if (player.phase === 'loading') return html`<div class="cover" role="status"><span class="spinner"></span><p>Loading the recording…</p></div>`
    if (player.store.streams.size === 0 || (!player.stream && player.known.duration === 0))
      return html`<div class="cover" role="status"><p class="big">${player.isLive ? 'Waiting for the page' : 'Nothing was recorded'}</p><p>${player.isLive ? 'The visitor is connected; the first picture comes in a moment.' : 'The visitor left before the page could be read.'}</p></div>`
    return html`
      ${player.buffering ? html`<div class="buffering" role="status"><span class="spinner"></span><span class="visually-hidden">Loading</span></div>` : nothing}
      <div class="gap-note" hidden>A part of the recording is missing here. What you see may be out of date.</div>`
  }

  private side(player: Player) {
    const errors = this.console.filter((row) => row.level === 'error').length
    return html`<wa-tab-group without-scroll-controls>
      <wa-tab slot="nav" panel="events">Events</wa-tab>
      <wa-tab slot="nav" panel="console">Console${errors ? html`<span class="count number">${errors}</span>` : nothing}</wa-tab>
      <wa-tab slot="nav" panel="network">Network</wa-tab>
      <wa-tab-panel name="events"><sl-events .rows=${this.events}></sl-events></wa-tab-panel>
      <wa-tab-panel name="console"><sl-console .rows=${this.console}></sl-console></wa-tab-panel>
      <wa-tab-panel name="network"><sl-network .rows=${this.requests} .duration=${player.known.duration}></sl-network></wa-tab-panel>
    </wa-tab-group>`
  }

  private controls(player: Player) {
    const over = !player.isLive && !player.playing && player.known.duration > 0 && player.time >= player.known.duration - 10
    const action = player.playing ? 'Pause' : over ? 'Play again' : 'Play'
    return html`<div class="controls">
      <div class="group">
        <button class="tool" aria-label="Back 10 seconds" title="Back 10 seconds (←)" @click=${() => this.actions.by(-10_000)}>${ICONS.back}</button>
        <button class="tool main" aria-label=${action} title="${action} (Space)" @click=${this.actions.toggle}>${player.playing ? ICONS.pause : over ? ICONS.again : ICONS.play}</button>
        <button class="tool" aria-label="Forward 10 seconds" title="Forward 10 seconds (→)" @click=${() => this.actions.by(10_000)}>${ICONS.forth}</button>
      </div>
      <div class="clock number"><span class="at">0:00</span><span class="of quiet"> / <span class="total">0:00</span></span></div>
      ${player.isLive ? html`<button class="go-live" ?disabled=${player.following} title="Go live (L)" @click=${this.actions.live}><i></i>${player.following ? 'Live' : 'Go live'}</button>` : nothing}
      <span class="space"></span>
      <div class="group">
        <button class="tool worded" aria-pressed=${player.skipping} title="Skip idle time (I)" @click=${this.actions.skipping}>${ICONS.skip}<span>Skip idle</span></button>
        <select class="small idle" aria-label="What counts as idle" title="What counts as idle" @change=${(event: Event) => player.setSkipping(player.skipping, Number((event.target as HTMLSelectElement).value) * 1000)}>
          ${IDLE_CHOICES.map((seconds) => html`<option value=${seconds} ?selected=${player.idleLimit === seconds * 1000}>over ${seconds} s</option>`)}
        </select>
        <select class="small speed" aria-label="Speed" title="Speed (&lt; and &gt;)" ?disabled=${player.following} .value=${String(player.speed)} @change=${(event: Event) => player.setSpeed(Number((event.target as HTMLSelectElement).value))}>
          ${SPEEDS.map((speed) => html`<option value=${speed} ?selected=${player.speed === speed}>${speed}×</option>`)}
        </select>
        <button class="tool" aria-label="Panels" aria-pressed=${this.panels} title="Show or hide the panels" @click=${() => (this.panels = !this.panels)}>${ICONS.panel}</button>
        <button class="tool help" aria-label="Keyboard" title="Keyboard (?)" @click=${this.actions.help}>${ICONS.help}</button>
        <button class="tool" aria-label="Full screen" title="Full screen (F)" @click=${this.actions.fullscreen}>${ICONS.full}</button>
      </div>
    </div>`
  }

  private helpDialog() {
    return html`<dialog aria-labelledby="keys" @click=${(event: Event) => event.target === event.currentTarget && this.help()}>
      <h2 id="keys">Keyboard</h2>
      <dl>${KEYS.map((row) => html`<div><dt>${row.words}</dt><dd>${keyNames(row).map((name) => html`<kbd>${name}</kbd>`)}</dd></div>`)}</dl>
      <form method="dialog"><button class="solid">Close</button></form>
    </dialog>`
  }

  static override styles = [base, playerStyles]
}

export const define = (): void => {
  customElements.define('sl-events', EventsPanel)
  customElements.define('sl-console', ConsolePanel)
  customElements.define('sl-network', NetworkPanel)
  customElements.define('sl-timeline', TimelineBar)
  customElements.define('sl-player', SlPlayer)
}
