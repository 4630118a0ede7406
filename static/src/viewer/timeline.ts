// All streams of a recording on one time: which tab is in front, where nothing happens, which facts to list. Pure.

import { joinStretches } from './idle.ts'
import type { Stretch } from './idle.ts'
import type { Fact } from './summary.ts'
import type { StreamLog } from './stream-log.ts'

/** A fact on the recording's time. */
export interface PlacedFact extends Fact {
  time: number
  stream: string
}

export interface Span {
  id: string
  from: number
  to: number
  ended: boolean
  /** When this tab had the visitor's attention, recording time, in order. */
  activations: number[]
}

export const spanOf = (log: StreamLog): Span => ({
  id: log.id,
  from: log.offset,
  to: log.offset + log.lastAt,
  ended: log.ended,
  activations: [log.offset, ...log.chunks.flatMap((chunk) => chunk.summary?.activations.map((at) => at + log.offset) ?? [])],
})

/**
 * The stream to show at `time`: of those open then, the one that last had the visitor's attention; where none is open, the
 * one that was open last.
 */
export const activeSpan = (spans: readonly Span[], time: number): Span | null => {
  const begun = spans.filter((span) => span.from <= time)
  if (begun.length === 0) return spans.reduce<Span | null>((first, span) => (!first || span.from < first.from ? span : first), null)
  const open = begun.filter((span) => !span.ended || time <= span.to)
  const candidates = open.length > 0 ? open : begun
  const rank = (span: Span): number => (open.length > 0 ? attentionAt(span, time) : span.to)
  return candidates.reduce((best, span) => (rank(span) > rank(best) || (rank(span) === rank(best) && span.from > best.from) ? span : best))
}

const attentionAt = (span: Span, time: number): number => {
  let [low, high] = [0, span.activations.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((span.activations[middle] as number) <= time) low = middle + 1
    else high = middle
  }
  return span.activations[low - 1] ?? span.from
}

/** When something happened anywhere; what is not decoded yet counts as busy. */
export const activityOf = (logs: Iterable<StreamLog>): Stretch[] => {
  const all: Stretch[] = []
  for (const log of logs) {
    for (const chunk of log.chunks) {
      const own = chunk.summary?.activity ?? [{ from: chunk.firstAt, to: chunk.lastAt }]
      for (const stretch of own) all.push({ from: stretch.from + log.offset, to: stretch.to + log.offset })
    }
  }
  return joinStretches(all, 1000)
}

/** All facts in order of time. */
export const factsOf = (logs: Iterable<StreamLog>): PlacedFact[] => {
  const all: PlacedFact[] = []
  for (const log of logs) {
    for (const chunk of log.chunks) {
      for (const fact of chunk.summary?.facts ?? []) all.push({ ...fact, time: fact.at + log.offset, stream: log.id })
    }
  }
  return all.sort((a, b) => a.time - b.time)
}

export const durationOf = (logs: Iterable<StreamLog>, told: number): number => {
  let duration = told
  for (const log of logs) duration = Math.max(duration, log.offset + log.lastAt)
  return duration
}
