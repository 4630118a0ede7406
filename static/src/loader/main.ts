/**
 * collect.js: the one file with a fixed name. Notes early errors, and loads the core when the page has painted and is
 * idle. Never throws, never blocks.
 */
import type { LoaderState } from './state.ts'

/** The core's file name, set when it is built. */
declare const __CORE__: string

const EARLY_MOST = 20
const IDLE_MS = 1_000

interface Stub {
  (...call: unknown[]): void
  q?: unknown[]
  loader?: LoaderState
}

type Page = Window & typeof globalThis & { sightline?: Stub }

function load(page: Page, script: HTMLScriptElement): void {
  const { origin } = new URL(script.src)
  if (isRefused(page, origin)) return
  const stub: Stub = (page.sightline ??= function () {
    // The stub keeps the arguments object itself, as the snippet's does.
    ;(stub.q ??= []).push(arguments)
  })
  const { key, policy, consent } = script.dataset
  const options = { ...(key && { key }), ...(policy && { policy }), ...(consent && { consent }) }
  stub.loader = { origin, at: performance.now(), options, ...watchErrors(page) }
  whenCalm(page, () => {
    const core = document.createElement('script')
    core.src = new URL(__CORE__, script.src).href
    core.async = true
    ;(document.head ?? document.documentElement).append(core)
  })
}

/** The dashboard is never recorded, nothing is twice, and a frame of the page's own origin is recorded by its page. */
function isRefused(page: Page, origin: string): boolean {
  if (page.location.origin === origin || document.querySelector('meta[name=sightline][content=off]')) return true
  if (page.sightline && (page.sightline.loader || !('q' in page.sightline) && 'init' in page.sightline)) return true
  try {
    return page.parent !== page && !!(page.parent as Page).sightline
  } catch {
    // A parent of another origin.
    return false
  }
}

function watchErrors(page: Page): Pick<LoaderState, 'early' | 'release'> {
  const early: LoaderState['early'] = []
  const note = (event: Event) => {
    const wanted = event instanceof ErrorEvent || event.type === 'unhandledrejection'
    if (wanted && early.length < EARLY_MOST) early.push({ event: event as ErrorEvent })
  }
  const types = ['error', 'unhandledrejection']
  for (const type of types) page.addEventListener(type, note, true)
  return { early, release: () => types.forEach((type) => page.removeEventListener(type, note, true)) }
}

/** After the next paint, when idle; at once in a page that does not paint. */
function whenCalm(page: Page, run: () => void): void {
  const idle = () => (page.requestIdleCallback ? page.requestIdleCallback(run, { timeout: IDLE_MS }) : setTimeout(run, 1))
  const visible = document.visibilityState === 'visible' && !(document as { prerendering?: boolean }).prerendering
  if (visible) page.requestAnimationFrame(() => setTimeout(idle))
  else setTimeout(run)
}

try {
  const script = document.currentScript
  if (script instanceof HTMLScriptElement) load(window as Page, script)
} catch {
  // The page goes on without being recorded.
}
