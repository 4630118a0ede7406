/** What the loader hands to the core, as `sightline.loader`. */
export interface LoaderState {
  readonly origin: string
  /** When the loader ran, on the page's clock. */
  readonly at: number
  /** From the script tag's data attributes; without a key the page calls init itself. */
  readonly options: { key?: string; policy?: string; consent?: string }
  /** Uncaught errors from before the core was there. */
  readonly early: { readonly event: ErrorEvent | PromiseRejectionEvent }[]
  /** Stops listening for them. */
  release(): void
}
