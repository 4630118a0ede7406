// <time datetime data-ago> shows how long ago, <time datetime data-local> the member's own clock; both get the full date as title.

const STEPS = [
  [60, 'second', 1],
  [3600, 'minute', 60],
  [86_400, 'hour', 3600],
  [7 * 86_400, 'day', 86_400],
] as const

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' })
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' })

export const ago = (then: number, now: number): string => {
  const seconds = Math.max(0, Math.round((now - then) / 1000))
  if (seconds < 5) return 'just now'
  for (const [below, unit, size] of STEPS) {
    if (seconds < below) return relative.format(-Math.floor(seconds / size), unit)
  }
  return day.format(then)
}

export const span = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (n: number): string => String(n).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

export const refreshTimes = (root: ParentNode, now: number = Date.now()): void => {
  for (const element of root.querySelectorAll<HTMLTimeElement>('time[data-ago], time[data-local], time[data-since]')) {
    const then = Date.parse(element.dateTime)
    if (Number.isNaN(then)) continue
    const text = wordsFor(element, then, now)
    if (element.textContent !== text) element.textContent = text
    element.title = full.format(then)
  }
}

const wordsFor = (element: HTMLTimeElement, then: number, now: number): string => {
  if (element.dataset.since !== undefined) return span(now - then)
  return element.dataset.ago === undefined ? day.format(then) : ago(then, now)
}

export const keepTimesFresh = (root: Document): void => {
  refreshTimes(root)
  setInterval(() => refreshTimes(root), 1000 * 10)
}
