// What is known of a recording, as it is listed and drawn. Worked out now and then; a list is a new one only where something
// in it is new, since all that is drawn from it is drawn again. Pure.

import { idleStretches } from './idle.ts'
import type { Stretch } from './idle.ts'
import type { GapEntry } from './playlist.ts'
import type { StreamLog } from './stream-log.ts'
import { activityOf, durationOf, factsOf, spanOf } from './timeline.ts'
import type { PlacedFact, Span } from './timeline.ts'

/** A gap on the recording's time. */
export interface PlacedGap extends GapEntry {
  time: number
  stream: string
}

export class Digest {
  duration = 0
  facts: PlacedFact[] = []
  gaps: PlacedGap[] = []
  idle: Stretch[] = []
  spans: Span[] = []
  private factsKnown = ''

  /** `told`: the duration that the server knows of, ms. */
  update(known: readonly StreamLog[], told: number, idleMs: number): void {
    this.spans = known.map(spanOf)
    this.duration = durationOf(known, told)
    this.idle = idleStretches(activityOf(known), 0, this.duration, idleMs)
    const there = known.map((log) => `${log.id} ${log.offset} ${log.factCount}`).join()
    if (there !== this.factsKnown) this.facts = factsOf(known)
    this.factsKnown = there
    const gaps = known.flatMap((log) => log.gaps.map((gap) => ({ ...gap, time: gap.at + log.offset, stream: log.id })))
    if (JSON.stringify(gaps) !== JSON.stringify(this.gaps)) this.gaps = gaps
  }

  /** The duration alone. */
  grow(known: readonly StreamLog[]): void {
    this.duration = durationOf(known, this.duration)
  }
}
