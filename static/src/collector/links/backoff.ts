/** Waits between attempts to reach a server that is away: quick for the minutes of a restart, rare for a long outage. */

const FIRST_MS = 500
const QUICK_MS = 3_000
const QUICK_TRIES = 40
const RARE_MS = 30_000

export const backoff = (failures: number): number =>
  jittered(failures < QUICK_TRIES ? Math.min(FIRST_MS * 2 ** failures, QUICK_MS) : RARE_MS)

/** Between half of it and one and a half, so that a server that returns is not met by all at once. */
export const jittered = (ms: number): number => ms * (0.5 + Math.random())
