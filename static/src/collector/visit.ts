/**
 * What one browser keeps between pages: the handle of its recording (localStorage) and the tab's id (sessionStorage).
 * Where storage is denied each page is a visit of its own.
 */

/** Longest wait for another tab's hello, and longest time to hold them up. */
const LOCK_MS = 5_000

export interface Kept {
  handle?: string
  recording?: string
  /** Wall clock of this browser when the recording began. */
  began?: number
  /** The project's policy at the last welcome, so that the next page begins with it. */
  policy?: string
}

export interface Visit {
  read(): Kept
  write(kept: Kept): void
  /** The tab's id. A duplicated tab has a copy of it, and gets one of its own. */
  enter(): string
  /** The page goes: the next one in this tab goes on with its id. */
  leave(): void
  /** Takes everything out of storage: nothing may be kept any more. */
  forget(): void
  /** Runs `task` when no other tab of this browser is at it, or at the latest after LOCK_MS. Call the result when done. */
  exclusively(task: () => void): () => void
}

export function createVisit(key: string): Visit {
  const name = `sightline.${key}`
  const tabName = `${name}.tab`
  let tab = ''
  return {
    read: () => parse(attempt(() => localStorage.getItem(name))),
    write: (kept) => void attempt(() => localStorage.setItem(name, JSON.stringify(kept))),
    enter() {
      const found = parse(attempt(() => sessionStorage.getItem(tabName))) as { id?: unknown; open?: unknown }
      // Still open: this is the copy that a duplicated tab got, or what a crash left behind.
      const mine = typeof found.id === 'string' && (found.open !== true || found.id === tab)
      tab = mine ? String(found.id) : randomId()
      attempt(() => sessionStorage.setItem(tabName, JSON.stringify({ id: tab, open: true })))
      return tab
    },
    leave: () => void attempt(() => sessionStorage.setItem(tabName, JSON.stringify({ id: tab, open: false }))),
    forget() {
      attempt(() => localStorage.removeItem(name))
      attempt(() => sessionStorage.removeItem(tabName))
    },
    exclusively: (task) => exclusively(name, task),
  }
}

function exclusively(name: string, task: () => void): () => void {
  let done = (): void => {}
  const over = new Promise<void>((resolve) => {
    done = resolve
  })
  let begun = false
  const begin = (): Promise<void> => {
    if (!begun) {
      begun = true
      task()
      window.setTimeout(done, LOCK_MS)
    }
    return over
  }
  const giveUp = new AbortController()
  const timer = window.setTimeout(() => giveUp.abort(), LOCK_MS)
  // Web Locks need a secure context.
  const { locks } = navigator as { locks?: LockManager }
  const asked = locks?.request(name, { signal: giveUp.signal }, begin) ?? begin()
  asked.catch(begin).finally(() => clearTimeout(timer))
  return () => {
    begun = true
    done()
    giveUp.abort()
  }
}

function parse(json: string | null | undefined): Kept {
  const value: unknown = attempt(() => JSON.parse(json ?? 'null'))
  return typeof value === 'object' && value !== null ? (value as Kept) : {}
}

/** Storage that is denied throws at every touch. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}

const randomId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
