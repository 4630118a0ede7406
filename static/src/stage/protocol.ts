// What the viewer and the stage say to each other, over one MessagePort and nothing else.

/** Sent once by `postMessage` to the stage's origin, with the port. */
export const HANDSHAKE = 'sl-stage-1'

/** Something to show. `at` is ms since the stream began. Everything but `kind` was written by a stranger. */
export interface StageEvent {
  at: number
  kind: 'dom' | 'pointer' | 'click' | 'viewport'
  data: unknown
}

export type ToStage =
  /** Forget everything: what follows begins with a snapshot. The old picture stays until the new one stands. */
  | { t: 'reset' }
  /** Apply these, in order, now. `fast`: a seek; only the last pointer is shown and no trail drawn. */
  | { t: 'feed'; n: number; events: StageEvent[]; fast: boolean }
  /** `still`: no motion of the stage's own. */
  | { t: 'options'; playing: boolean; still: boolean }

export type FromStage =
  | { t: 'ready' }
  /** Everything up to message `n` is applied. */
  | { t: 'fed'; n: number }
  /** The page's viewport, CSS pixels, and the scale at which it is shown. */
  | { t: 'size'; width: number; height: number; scale: number }
