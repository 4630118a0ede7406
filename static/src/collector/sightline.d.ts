/** Types of the collector's ES module, sightline.mjs. */

export type Policy = 'strict' | 'balanced' | 'open'

export interface InitOptions {
  /** The project's public key. */
  key: string
  /** Where the Sightline server is. Default: where the module came from. */
  origin?: string
  /** What is masked. The project's own setting counts too: the stricter of the two wins. Default `balanced`. */
  policy?: Policy
  /** `required`: nothing is stored, sent or connected before `consent(true)`. */
  consent?: 'required' | 'given'
  /** Record although the browser says Global Privacy Control or Do Not Track. Default false. */
  ignoreOptOut?: boolean
  /** Record the console. Default true. */
  console?: boolean
  /** Record fetch and XHR. Default true. */
  network?: boolean
}

export interface SightlineEvents {
  /** The server knows this page's recording. */
  start: { recording: string; url: string }
  stop: { reason: string }
  /** What carries the recording just now. */
  link: { kind: 'rtc' | 'relay' | 'none' }
  /** Something went wrong in the collector; the page is not affected. */
  error: { error: unknown }
}

export interface Sightline {
  (verb: 'init', options: InitOptions): void
  (verb: 'identify', id: string, traits?: Record<string, unknown> | null): void
  (verb: 'track', name: string, properties?: Record<string, unknown> | null): void
  (verb: 'consent', given: boolean): void
  (verb: 'start' | 'stop'): void
  (verb: 'getSessionURL', options?: { withCurrentTime?: boolean }): string | undefined
  <E extends keyof SightlineEvents>(verb: 'on', event: E, listener: (detail: SightlineEvents[E]) => void): () => void
  init(options: InitOptions): void
  identify(id: string, traits?: Record<string, unknown> | null): void
  track(name: string, properties?: Record<string, unknown> | null): void
  consent(given: boolean): void
  start(): void
  stop(): void
  getSessionURL(options?: { withCurrentTime?: boolean }): string | undefined
  on<E extends keyof SightlineEvents>(event: E, listener: (detail: SightlineEvents[E]) => void): () => void
}

export const sightline: Sightline
export default sightline
