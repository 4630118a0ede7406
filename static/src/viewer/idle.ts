// Idle time: stretches of a recording in which nothing happens. Pure.

export interface Stretch {
  from: number
  to: number
}

export const IDLE_MS = 5000
/** What is left of a stretch at both ends when it is skipped, so that the eye can follow. */
export const LEAD_MS = 400

/** Intervals joined where they touch or lie less than `slack` ms apart; in order. */
export const joinStretches = (stretches: readonly Stretch[], slack = 0): Stretch[] => {
  const joined: Stretch[] = []
  for (const stretch of [...stretches].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last && stretch.from <= last.to + slack) last.to = Math.max(last.to, stretch.to)
    else joined.push({ ...stretch })
  }
  return joined
}

/** Where nothing happens for longer than `least` ms between `start` and `end`. `activity` is joined and in order. */
export const idleStretches = (activity: readonly Stretch[], start: number, end: number, least = IDLE_MS): Stretch[] => {
  const idle: Stretch[] = []
  let from = start
  for (const busy of [...activity, { from: end, to: end }]) {
    if (Math.min(busy.from, end) - from > least) idle.push({ from, to: Math.min(busy.from, end) })
    from = Math.max(from, busy.to)
  }
  return idle
}

/** The idle stretch around `at`, away from its ends. */
export const idleAt = (idle: readonly Stretch[], at: number): Stretch | undefined =>
  idle.find((stretch) => at >= stretch.from + LEAD_MS && at < stretch.to - LEAD_MS)

/** Where to go on when idle time is skipped. */
export const skipIdle = (idle: readonly Stretch[], at: number): number => {
  const stretch = idleAt(idle, at)
  return stretch ? stretch.to - LEAD_MS : at
}
