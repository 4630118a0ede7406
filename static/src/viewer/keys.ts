// The keyboard: one table for what keys do and for what the help says.

export interface KeyActions {
  toggle(): void
  by(ms: number): void
  faster(steps: number): void
  fullscreen(): void
  skipping(): void
  live(): void
  help(): void
}

export interface KeyRow {
  keys: readonly string[]
  words: string
  shift?: boolean
  run(actions: KeyActions): void
}

export const KEYS: readonly KeyRow[] = [
  { keys: [' ', 'k'], words: 'Play or pause', run: (actions) => actions.toggle() },
  { keys: ['ArrowLeft'], words: 'Back 10 seconds', shift: false, run: (actions) => actions.by(-10_000) },
  { keys: ['ArrowRight'], words: 'Forward 10 seconds', shift: false, run: (actions) => actions.by(10_000) },
  { keys: ['ArrowLeft'], words: 'Back 1 second', shift: true, run: (actions) => actions.by(-1000) },
  { keys: ['ArrowRight'], words: 'Forward 1 second', shift: true, run: (actions) => actions.by(1000) },
  { keys: ['<'], words: 'Slower', run: (actions) => actions.faster(-1) },
  { keys: ['>'], words: 'Faster', run: (actions) => actions.faster(1) },
  { keys: ['f'], words: 'Full screen', run: (actions) => actions.fullscreen() },
  { keys: ['i'], words: 'Skip idle time, or not', run: (actions) => actions.skipping() },
  { keys: ['l', 'j'], words: 'Go live', run: (actions) => actions.live() },
  { keys: ['?'], words: 'This list', run: (actions) => actions.help() },
]

/** The row for a key press, or undefined. Presses with Control, Alt or Meta belong to the browser. */
export const keyRow = (event: { key: string; shiftKey: boolean; ctrlKey: boolean; altKey: boolean; metaKey: boolean }): KeyRow | undefined => {
  if (event.ctrlKey || event.altKey || event.metaKey) return undefined
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  return KEYS.find((row) => row.keys.includes(key) && (row.shift === undefined || row.shift === event.shiftKey))
}

const NAMES: Record<string, string> = { ' ': 'Space', ArrowLeft: '←', ArrowRight: '→' }

export const keyNames = (row: KeyRow): string[] =>
  row.keys.map((key) => `${row.shift ? 'Shift ' : ''}${NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key)}`)

/** Whether keys are text here, or belong to the control that has the focus. */
export const isTyping = (path: readonly EventTarget[], key: string): boolean =>
  path.some((node) => {
    if (!(node instanceof HTMLElement)) return false
    if (node.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(node.tagName)) return true
    const acts = node.tagName === 'BUTTON' || node.tagName === 'A' || node.tagName === 'SUMMARY' || node.getAttribute('role') === 'tab'
    if (acts) return key === ' ' || key === 'Enter' || (node.getAttribute('role') === 'tab' && key.startsWith('Arrow'))
    return node.getAttribute('role') === 'separator' && key.startsWith('Arrow')
  })
