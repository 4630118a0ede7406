// A list of rows that follows the time: what is yet to come is dim, the current row is marked and kept in view unless the
// member's pointer or focus is in the list.

import { LitElement } from 'lit'
import type { PropertyValues } from 'lit'

/** Rows that are drawn at most; the newest. */
export const MAX_ROWS = 2000

export interface Timed {
  time: number
}

export abstract class TimedList<Row extends Timed> extends LitElement {
  static override properties = { rows: { attribute: false } }
  declare rows: readonly Row[]
  private time = 0
  private index = -2
  private held = false

  constructor() {
    super()
    this.rows = []
    this.addEventListener('pointerenter', () => (this.held = true))
    this.addEventListener('pointerleave', () => (this.held = false))
  }

  /** The rows that are drawn. */
  protected abstract shown(): readonly Row[]

  protected get cut(): number {
    return Math.max(0, this.shown().length - MAX_ROWS)
  }

  protected seek(time: number): void {
    this.dispatchEvent(new CustomEvent('sl-seek', { detail: time, bubbles: true, composed: true }))
  }

  setTime(time: number): void {
    this.time = time
    const index = lastUpTo(this.shown(), time) - this.cut
    if (index === this.index) return
    this.index = index
    this.mark()
  }

  override updated(_changed: PropertyValues): void {
    this.index = lastUpTo(this.shown(), this.time) - this.cut
    this.mark()
  }

  private mark(): void {
    const rows = this.renderRoot.querySelectorAll<HTMLElement>('.row')
    rows.forEach((row, i) => {
      row.classList.toggle('future', i > this.index)
      row.classList.toggle('now', i === this.index)
    })
    const now = rows[Math.max(0, this.index)]
    if (now && !this.held && !this.matches(':focus-within')) keepInView(now)
  }
}

const lastUpTo = (rows: readonly Timed[], time: number): number => {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle] as Timed).time <= time) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Scrolls the list, not the page. */
const keepInView = (row: HTMLElement): void => {
  const list = row.parentElement
  if (!list) return
  const top = row.offsetTop - list.scrollTop
  if (top < 0 || top + row.offsetHeight > list.clientHeight) list.scrollTop = row.offsetTop - list.clientHeight / 2
}
