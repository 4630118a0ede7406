/** What a refusal means for a collector. */
import { CLOSE_CODES } from '../../wire/generated.ts'

/**
 * `retry`: connect again. `later`: the same, after a good while. `renew`: this stream is over, begin a new one.
 * `stop`: nothing will change that on this page.
 */
export type Fate = 'retry' | 'later' | 'renew' | 'stop'

const FATES: { readonly [code: string]: Fate } = {
  unavailable: 'retry',
  open_timeout: 'retry',
  superseded: 'retry',
  frame_hole: 'retry',
  credit_exceeded: 'retry',
  rate_limited: 'later',
  recording_ended: 'renew',
  unauthorized: 'renew',
  frame_foreign_stream: 'renew',
  frame_corrupt: 'renew',
  frame_out_of_range: 'renew',
  batch_corrupt: 'renew',
  batch_too_large: 'renew',
  frame_too_large: 'renew',
  forbidden: 'stop',
  version: 'stop',
  quota_exceeded: 'stop',
}

/** For the code of an `error` message; without one the link just went away. */
export const fateOf = (code: string): Fate => (code ? (FATES[code] ?? 'later') : 'retry')

/** The first error code that has this close code; `''` for the others, which are the network's. */
export const codeOfClose = (close: number): string =>
  Object.entries(CLOSE_CODES).find(([, value]) => value === close)?.[0] ?? ''
