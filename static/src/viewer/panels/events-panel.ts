// What happened, in order: pages, clicks, errors, failed requests, tabs, gaps.

import { css, html, nothing } from 'lit'
import type { EventKind, EventRow } from '../facts.ts'
import { preciseText } from '../format.ts'
import { ICONS } from '../icons.ts'
import { base, panel } from '../styles.ts'
import { MAX_ROWS, TimedList } from './timed-list.ts'

const ICON_OF: Record<EventKind, keyof typeof ICONS> = {
  page: 'page', click: 'click', error: 'error', failed: 'failed', tab: 'tab', identify: 'person', track: 'flag', gap: 'gap',
  shed: 'gap', end: 'tab',
}

const WORD_OF: Record<EventKind, string> = {
  page: 'Page', click: 'Click', error: 'Error', failed: 'Failed request', tab: 'Tab', identify: 'Visitor', track: 'Event', gap: 'Gap',
  shed: 'Left out', end: 'End',
}

export class EventsPanel extends TimedList<EventRow> {
  protected override shown(): readonly EventRow[] {
    return this.rows
  }

  override render() {
    return html`
      ${this.cut ? html`<div class="note">Only the last ${MAX_ROWS} events are listed.</div>` : nothing}
      <ol class="rows" tabindex="-1">${this.rows.slice(this.cut).map(
        (row) => html`<li class="row"><button class="line ${row.kind}" @click=${() => this.seek(row.time)}>
          <span class="mark" title=${WORD_OF[row.kind]}>${ICONS[ICON_OF[row.kind]]}<span class="visually-hidden">${WORD_OF[row.kind]}</span></span>
          <span class="label clip" title=${row.label}>${row.label}</span>
          <span class="time">${preciseText(row.time)}</span>
        </button></li>`,
      )}</ol>
      ${this.rows.length === 0 ? html`<p class="empty">Nothing worth listing has happened yet.</p>` : nothing}
    `
  }

  static override styles = [base, panel, css`
    .line { display: flex; align-items: center; gap: 8px; width: 100%; padding: 6px 8px 6px 12px; text-align: left; }
    .label { flex: 1; }
    .mark { color: var(--ink-3); }
    .mark .icon { width: 16px; height: 16px; }
    .click .mark { color: var(--accent); } .error .mark, .failed .mark { color: var(--danger); } .error .label, .failed .label { color: var(--danger); }
    .gap .mark, .shed .mark { color: var(--warn); } .page .label { font-weight: 550; }
  `]
}
