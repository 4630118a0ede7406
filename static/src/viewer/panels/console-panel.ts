// The console: levels, a filter, stacks to open. Follows the time; a click on a time goes there.

import { css, html, nothing } from 'lit'
import type { ConsoleRow, Level } from '../facts.ts'
import { preciseText } from '../format.ts'
import { ICONS } from '../icons.ts'
import { base, panel } from '../styles.ts'
import { MAX_ROWS, TimedList } from './timed-list.ts'

const GROUPS: readonly { name: string; levels: readonly Level[] }[] = [
  { name: 'Errors', levels: ['error'] },
  { name: 'Warnings', levels: ['warn'] },
  { name: 'Info', levels: ['log', 'info'] },
  { name: 'Debug', levels: ['debug'] },
]

export class ConsolePanel extends TimedList<ConsoleRow> {
  static override properties = { ...TimedList.properties, off: { state: true }, filter: { state: true }, open: { state: true } }
  declare off: ReadonlySet<string>
  declare filter: string
  declare open: ReadonlySet<ConsoleRow['time']>
  private memo: { rows: readonly ConsoleRow[]; key: string; shown: ConsoleRow[] } | null = null

  constructor() {
    super()
    this.off = new Set()
    this.filter = ''
    this.open = new Set()
  }

  protected override shown(): readonly ConsoleRow[] {
    const key = `${[...this.off].join()} ${this.filter}`
    if (this.memo?.rows === this.rows && this.memo.key === key) return this.memo.shown
    const levels = new Set(GROUPS.filter(({ name }) => !this.off.has(name)).flatMap((group) => group.levels))
    const wanted = this.filter.toLowerCase()
    const shown = this.rows.filter((row) => levels.has(row.level) && (!wanted || `${row.text} ${row.detail}`.toLowerCase().includes(wanted)))
    this.memo = { rows: this.rows, key, shown }
    return shown
  }

  override render() {
    const shown = this.shown()
    return html`
      <div class="bar">
        <input type="search" placeholder="Filter" aria-label="Filter the console" .value=${this.filter}
          @input=${(event: InputEvent) => (this.filter = (event.target as HTMLInputElement).value)}>
        ${GROUPS.map(({ name, levels }) => {
          const count = this.rows.filter((row) => levels.includes(row.level)).length
          return html`<button class="chip" aria-pressed=${!this.off.has(name)} @click=${() => this.flip(name)}>${name}${count ? html`<span class="number count">${count}</span>` : nothing}</button>`
        })}
      </div>
      ${this.cut ? html`<div class="note">Only the last ${MAX_ROWS} messages are listed.</div>` : nothing}
      <ol class="rows" tabindex="-1">${shown.slice(this.cut).map((row) => this.row(row))}</ol>
      ${shown.length === 0 ? html`<p class="empty">${this.rows.length ? 'No message matches.' : 'The page has written nothing to its console.'}</p>` : nothing}
    `
  }

  private row(row: ConsoleRow) {
    const isOpen = this.open.has(row.time)
    return html`<li class="row ${row.level}">
      <div class="line">
        ${row.detail ? html`<button class="fold" aria-expanded=${isOpen} aria-label="Show the stack" @click=${() => this.fold(row.time)}>${ICONS.chevron}</button>` : html`<span class="fold"></span>`}
        <span class="text">${row.text}</span>
        <button class="time" title="Go to this moment" @click=${() => this.seek(row.time)}>${preciseText(row.time)}</button>
      </div>
      ${isOpen ? html`<pre>${row.detail}</pre>` : nothing}
    </li>`
  }

  private flip(name: string): void {
    const off = new Set(this.off)
    if (!off.delete(name)) off.add(name)
    this.off = off
  }

  private fold(time: number): void {
    const open = new Set(this.open)
    if (!open.delete(time)) open.add(time)
    this.open = open
  }

  static override styles = [base, panel, css`
    .line { display: flex; align-items: flex-start; gap: 4px; padding: 5px 8px 5px 6px; }
    .text { flex: 1; min-width: 0; font: 12px/1.5 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 9em; overflow: hidden; }
    .count { color: var(--ink-3); font-size: 11px; }
    .fold { width: 18px; height: 18px; flex: none; color: var(--ink-3); }
    .fold .icon { width: 14px; height: 14px; margin: 2px; transition: rotate 0.12s; }
    .fold[aria-expanded='true'] .icon { rotate: 90deg; }
    .error { background: var(--danger-soft); } .error .text { color: var(--danger); }
    .warn { background: var(--warn-soft); } .warn .text { color: var(--warn); }
    .debug .text { color: var(--ink-3); }
    pre { margin: 0; padding: 0 10px 8px 28px; font: 11.5px/1.55 var(--mono); color: var(--ink-2); white-space: pre-wrap; overflow-wrap: anywhere; }
    @media (prefers-reduced-motion: reduce) { .fold .icon { transition: none; } }
  `]
}
