// Requests of the page: method, address, status, duration, size, and a bar that says when.

import { css, html, nothing } from 'lit'
import { isFailed, pathOf, statusText } from '../facts.ts'
import type { RequestRow } from '../facts.ts'
import { durationText, preciseText, sizeText } from '../format.ts'
import { base, panel } from '../styles.ts'
import { MAX_ROWS, TimedList } from './timed-list.ts'

export class NetworkPanel extends TimedList<RequestRow> {
  static override properties = { ...TimedList.properties, filter: { state: true }, failedOnly: { state: true } }
  declare filter: string
  declare failedOnly: boolean
  private span = 1
  private memo: { rows: readonly RequestRow[]; key: string; shown: RequestRow[] } | null = null

  constructor() {
    super()
    this.filter = ''
    this.failedOnly = false
  }

  /** Of the recording, ms: the width of the waterfall. While it grows there is some room, since all bars are drawn again. */
  set duration(ms: number) {
    if (ms <= this.span && ms > this.span * 0.8) return
    this.span = this.span > 1 && ms > this.span ? ms * 1.1 : Math.max(1, ms)
    this.style.setProperty('--duration', String(this.span))
  }

  protected override shown(): readonly RequestRow[] {
    const key = `${this.failedOnly} ${this.filter}`
    if (this.memo?.rows === this.rows && this.memo.key === key) return this.memo.shown
    const wanted = this.filter.toLowerCase()
    const shown = this.rows.filter((row) => (!this.failedOnly || isFailed(row)) && (!wanted || `${row.method} ${row.url} ${statusText(row)}`.toLowerCase().includes(wanted)))
    this.memo = { rows: this.rows, key, shown }
    return shown
  }

  override render() {
    const shown = this.shown()
    const failed = this.rows.filter(isFailed).length
    return html`
      <div class="bar">
        <input type="search" placeholder="Filter" aria-label="Filter the requests" .value=${this.filter}
          @input=${(event: InputEvent) => (this.filter = (event.target as HTMLInputElement).value)}>
        <button class="chip" aria-pressed=${this.failedOnly} @click=${() => (this.failedOnly = !this.failedOnly)}>Failed${failed ? html`<span class="number count">${failed}</span>` : nothing}</button>
      </div>
      ${this.cut ? html`<div class="note">Only the last ${MAX_ROWS} requests are listed.</div>` : nothing}
      <ol class="rows" tabindex="-1">${shown.slice(this.cut).map((row) => this.row(row))}</ol>
      ${shown.length === 0 ? html`<p class="empty">${this.rows.length ? 'No request matches.' : 'The page has made no requests with fetch or XHR.'}</p>` : nothing}
    `
  }

  private row(row: RequestRow) {
    const pending = row.status === null
    const left = `min(99%, 100% * ${Math.max(0, row.time)} / var(--duration))`
    const width = row.duration === null ? '100%' : `100% * ${Math.max(0, row.duration)} / var(--duration)`
    return html`<li class="row ${isFailed(row) ? 'failed' : ''} ${pending ? 'pending' : ''}" title=${row.url}>
      <div class="line">
        <span class="method">${row.method}</span>
        <span class="url clip">${pathOf(row.url)}</span>
        <button class="time" title="Go to this moment" @click=${() => this.seek(row.time)}>${preciseText(row.time)}</button>
      </div>
      <div class="line facts number">
        <span class="status">${statusText(row)}</span>
        <span class="took">${row.duration === null ? '…' : durationText(row.duration)}</span>
        <span class="size">${pending ? '' : sizeText(row.size)}</span>
        <span class="fall" aria-hidden="true"><i style="left:${left};width:max(2px, min(${width}, 100% - ${left}))"></i></span>
      </div>
    </li>`
  }

  static override styles = [base, panel, css`
    .row { padding: 5px 8px 6px 12px; }
    .line { display: flex; align-items: center; gap: 8px; }
    .method { font: 600 10.5px/1.5 var(--mono); color: var(--ink-3); min-width: 46px; }
    .url { flex: 1; font: 12px/1.5 var(--mono); }
    .facts { font-size: 11.5px; color: var(--ink-3); }
    .status { min-width: 46px; color: var(--live); font-weight: 600; white-space: nowrap; }
    .took { min-width: 54px; } .size { min-width: 52px; }
    .fall { flex: 1; height: 6px; border-radius: 3px; background: var(--sunken); position: relative; overflow: hidden; min-width: 40px; }
    .fall i { position: absolute; top: 0; bottom: 0; border-radius: 3px; background: var(--accent); }
    .count { color: var(--ink-3); font-size: 11px; }
    .failed { background: var(--danger-soft); } .failed .status, .failed .url { color: var(--danger); } .failed .fall i { background: var(--danger); }
    .pending .status { color: var(--warn); } .pending .fall i { background: repeating-linear-gradient(90deg, var(--warn) 0 4px, transparent 4px 7px); }
  `]
}
