/**
 * collect.js: the one file with a fixed name. Notes early errors, and loads the core when the page has painted and is
 * idle. Never throws, never blocks.
 */
import { isRefused } from './refusal.ts'
import type { LoaderState } from './state.ts'

/** The core's file name, set when it is built. */
declare const __CORE__: string

const EARLY_MOST = 20
const IDLE_MS = 1_000

interface Stub {
  (...call: unknown[]): void
  q?: unknown[]
  loader?: LoaderState
  init?: unknown
}

type Page = Window & typeof globalThis & { sightline?: Stub }

function load(page: Page, script: HTMLScriptElement): void {
  const { origin } = new URL(script.src)
  // Nothing is recorded twice.
  if (isRefused(page, origin) || page.sightline?.loader || page.sightline?.init) return
  const stub: Stub = (page.sightline ??= function () {
    // The stub keeps the arguments object itself, as the snippet's does.
    ;(stub.q ??= []).push(arguments)
  })
  const { key, policy, consent } = script.dataset
  const options = { ...(key && { key }), ...(policy && { policy }), ...(consent && { consent }) }
  stub.loader = { origin, at: performance.now(), options, ...watchErrors(page) }
  whenCalm(page, () => {
    const core = document.createElement('script')
    core.src = trusted(new URL(__CORE__, script.src).href)
    core.async = true
    ;(document.head ?? document.documentElement).append(core)
  })
}

/** For a page whose policy refuses plain texts (`require-trusted-types-for 'script'`). */
function trusted(url: string): string {
  try {
    const { trustedTypes } = window as unknown as { trustedTypes: TrustedTypes }
    return trustedTypes.createPolicy('sightline', { createScriptURL: (same) => same }).createScriptURL(url)
  } catch {
    // The browser knows no such thing, or the page wants no other policies; it may have one for all.
    return url
  }
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string }
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
  const quietly = () => attempt(run)
  const idle = () =>
    page.requestIdleCallback ? page.requestIdleCallback(quietly, { timeout: IDLE_MS }) : setTimeout(quietly, 1)
  const visible = document.visibilityState === 'visible' && !(document as { prerendering?: boolean }).prerendering
  if (visible) page.requestAnimationFrame(() => setTimeout(idle))
  else setTimeout(quietly)
}

function attempt(run: () => void): void {
  try {
    run()
  } catch {
    // The page goes on without being recorded.
  }
}

attempt(() => {
  const script = document.currentScript
  if (script instanceof HTMLScriptElement) load(window as Page, script)
})
