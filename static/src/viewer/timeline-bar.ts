// The timeline: where we are, what was found, where nothing happens, where something is missing. Drawn on a canvas when what
// is known changes; while time goes by only the playhead moves.

import { LitElement, css, html } from 'lit'
import { clockText } from './format.ts'
import type { Stretch } from './idle.ts'
import { base } from './styles.ts'

export type Mark = 'page' | 'click' | 'error' | 'failed'

export interface TimelineData {
  duration: number
  idle: readonly Stretch[]
  gaps: readonly { time: number }[]
  marks: readonly { time: number; kind: Mark; label: string }[]
}

const NEAR_PX = 7
const WORDS: Record<Mark, string> = { page: 'Page', click: 'Click', error: 'Error', failed: 'Failed request' }
const ORDER: readonly Mark[] = ['click', 'page', 'failed', 'error']

export class TimelineBar extends LitElement {
  static override properties = { data: { attribute: false }, tip: { state: true } }
  declare data: TimelineData
  declare tip: { x: number; time: number; text: string; kind: string } | null
  private time = 0
  private dragging = false
  private readonly resized = new ResizeObserver(() => this.draw())
  private readonly scheme = matchMedia('(prefers-color-scheme: dark)')

  constructor() {
    super()
    this.data = { duration: 0, idle: [], gaps: [], marks: [] }
    this.tip = null
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.resized.observe(this)
    this.scheme.addEventListener('change', this.draw)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.resized.disconnect()
    this.scheme.removeEventListener('change', this.draw)
  }

  setTime(time: number): void {
    this.time = time
    const share = this.data.duration > 0 ? Math.min(1, time / this.data.duration) : 0
    this.find('.head')?.style.setProperty('left', `${share * 100}%`)
    this.find('.done')?.style.setProperty('width', `${share * 100}%`)
    const track = this.find('.track')
    const words = clockText(time)
    if (track && track.getAttribute('aria-valuetext') !== words) {
      track.setAttribute('aria-valuetext', words)
      track.setAttribute('aria-valuenow', String(Math.round(time / 1000)))
    }
  }

  override render() {
    const { tip } = this
    return html`
      <div class="track" role="slider" tabindex="0" aria-label="Time in the recording" aria-valuemin="0" aria-valuemax=${Math.round(this.data.duration / 1000)}
        @pointerdown=${this.grab} @pointermove=${this.move} @pointerup=${this.drop} @pointercancel=${this.drop} @pointerleave=${this.leave}>
        <div class="rail"></div><canvas aria-hidden="true"></canvas><div class="done"></div><div class="head"></div>
      </div>
      <div class="tip ${tip?.kind ?? ''}" role="tooltip" ?hidden=${!tip} style="left:clamp(40px, ${tip?.x ?? 0}px, calc(100% - 40px))"><b class="number">${tip ? clockText(tip.time) : ''}</b><span class="clip">${tip?.text ?? ''}</span></div>
    `
  }

  override updated(): void {
    this.draw()
    this.setTime(this.time)
  }

  private find(selector: string): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(selector)
  }

  private timeAt(event: PointerEvent): number {
    const { left, width } = (this.find('.track') as HTMLElement).getBoundingClientRect()
    return Math.min(1, Math.max(0, (event.clientX - left) / width)) * this.data.duration
  }

  private readonly grab = (event: PointerEvent): void => {
    if (event.button !== 0) return
    this.dragging = true
    ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
    this.say(event)
  }

  private readonly move = (event: PointerEvent): void => {
    const { left, width } = (this.find('.track') as HTMLElement).getBoundingClientRect()
    const time = this.timeAt(event)
    this.tip = { x: event.clientX - left, time, ...this.wordsFor(time, width) }
    if (this.dragging) this.say(event)
  }

  private readonly drop = (): void => {
    this.dragging = false
  }

  private readonly leave = (): void => {
    if (!this.dragging) this.tip = null
  }

  private say(event: PointerEvent): void {
    this.dispatchEvent(new CustomEvent('sl-seek', { detail: this.timeAt(event), bubbles: true, composed: true }))
  }

  private wordsFor(time: number, width: number): { text: string; kind: string } {
    const near = (NEAR_PX / Math.max(1, width)) * this.data.duration
    const marks = this.data.marks.filter((mark) => Math.abs(mark.time - time) <= near)
    const mark = marks.sort((a, b) => ORDER.indexOf(b.kind) - ORDER.indexOf(a.kind))[0]
    if (mark) return { text: mark.label || WORDS[mark.kind], kind: mark.kind }
    if (this.data.gaps.some((gap) => Math.abs(gap.time - time) <= near)) return { text: 'Something is missing here', kind: 'gap' }
    if (this.data.idle.some((stretch) => time > stretch.from && time < stretch.to)) return { text: 'Idle', kind: '' }
    return { text: '', kind: '' }
  }

  private readonly draw = (): void => {
    const canvas = this.renderRoot.querySelector('canvas')
    const context = canvas?.getContext('2d')
    if (!canvas || !context || !(this.data.duration > 0)) return
    const { clientWidth: width, clientHeight: height } = canvas
    const ratio = devicePixelRatio || 1
    canvas.width = width * ratio
    canvas.height = height * ratio
    context.scale(ratio, ratio)
    this.paint(context, width, height)
  }

  private paint(context: CanvasRenderingContext2D, width: number, height: number): void {
    const style = getComputedStyle(this)
    const colour = (name: string): string => style.getPropertyValue(name).trim()
    const x = (time: number): number => (time / this.data.duration) * width
    const middle = height / 2
    context.fillStyle = colour('--surface')
    for (const { from, to } of this.data.idle) context.fillRect(x(from), middle - 3, Math.max(1, x(to) - x(from)), 6)
    context.fillStyle = colour('--line-strong')
    for (const { from, to } of this.data.idle) for (let at = x(from) + 2; at < x(to) - 1; at += 6) context.fillRect(at, middle - 0.75, 3, 1.5)
    context.fillStyle = colour('--warn')
    for (const gap of this.data.gaps) context.fillRect(x(gap.time) - 1.5, middle - 6, 3, 12)
    const ink: Record<Mark, string> = { click: colour('--accent'), page: colour('--ink-3'), failed: colour('--warn'), error: colour('--danger') }
    for (const kind of ORDER) {
      context.fillStyle = ink[kind]
      for (const mark of this.data.marks) if (mark.kind === kind) tick(context, kind, x(mark.time), middle)
    }
  }

  static override styles = [base, css`
    :host { display: block; position: relative; }
    .track { position: relative; height: 34px; cursor: pointer; touch-action: none; }
    .rail, .done { position: absolute; top: 14px; height: 6px; border-radius: 3px; left: 0; pointer-events: none; }
    .rail { right: 0; background: var(--line); }
    .done { background: color-mix(in srgb, var(--accent) 55%, transparent); mix-blend-mode: normal; opacity: 0.55; }
    canvas { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
    .head { position: absolute; top: 7px; width: 4px; height: 20px; margin-left: -2px; border-radius: 2px; background: var(--accent); box-shadow: 0 0 0 2px var(--surface); pointer-events: none; }
    .track:hover .head { top: 5px; height: 24px; }
    .track:focus-visible { box-shadow: none; outline: 2px solid var(--accent); outline-offset: -3px; }
    .tip { position: absolute; bottom: 34px; translate: -50% 0; display: flex; gap: 8px; max-width: 280px; padding: 4px 8px; border-radius: 6px; background: var(--ink); color: var(--surface); font-size: 12px; white-space: nowrap; pointer-events: none; z-index: 3; }
    .tip span:empty { display: none; }
  `]
}

const tick = (context: CanvasRenderingContext2D, kind: Mark, x: number, middle: number): void => {
  if (kind === 'page') return context.fillRect(x - 0.75, middle - 9, 1.5, 18)
  context.beginPath()
  context.arc(x, kind === 'click' ? middle : middle - 10, kind === 'click' ? 2.6 : 3.4, 0, 7)
  context.fill()
}
