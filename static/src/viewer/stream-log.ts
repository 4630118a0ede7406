// One stream as the viewer knows it: what the playlist says, what the tail brought, and where to read on. Pure.

import type { WireEvent } from '../wire/batch.ts'
import { chunkOf, cutOut, holesIn, indexOfSeq, insertBatch } from './chunks.ts'
import type { Chunk, DecodedBatch, Place, Range } from './chunks.ts'
import type { GapEntry, SegmentEntry, StreamEntry } from './playlist.ts'
import { isSnapshotEvent } from './summary.ts'
import type { Size } from './summary.ts'

/** What a read came upon: all there is up to the time; a chunk that must be loaded; a hole. */
export type Read =
  | { events: WireEvent[]; place: Place; stop: 'time' | 'end' }
  | { events: WireEvent[]; place: Place; stop: 'load'; chunk: Chunk }
  | { events: WireEvent[]; place: Place; stop: 'hole'; hole: Range }

export type Start = { place: Place; at: number } | { load: Chunk } | null

export class StreamLog {
  readonly id: string
  readonly chunks: Chunk[] = []
  /** Null until the playlist names the stream. */
  entry: StreamEntry | null = null
  /** Holes that nothing can fill; reading goes on behind them. */
  lost: GapEntry[] = []
  ended = false

  constructor(id: string) {
    this.id = id
  }

  get offset(): number {
    return this.entry?.offset_ms ?? 0
  }

  /** `at` of the last event known of. */
  get lastAt(): number {
    return Math.max(this.chunks.at(-1)?.lastAt ?? 0, this.entry?.last_at ?? 0)
  }

  get factCount(): number {
    return this.chunks.reduce((sum, { summary }) => sum + (summary?.facts.length ?? 0), 0)
  }

  get gaps(): GapEntry[] {
    return [...(this.entry?.gaps ?? []), ...this.lost]
  }

  merge(entry: StreamEntry): void {
    this.entry = entry
    this.ended ||= entry.ended
    for (const segment of entry.segments) this.mergeSegment(segment)
    this.find()
  }

  add(batch: DecodedBatch): boolean {
    const fresh = insertBatch(this.chunks, batch)
    if (fresh) this.find()
    return fresh
  }

  /** Events of a chunk that was loaded (again). Null: they make room. */
  fill(chunk: Chunk, batches: readonly DecodedBatch[] | null): void {
    if (batches === null) {
      chunk.events = null
      return
    }
    if (batches.length > 0) Object.assign(chunk, chunkOf(batches, chunk.segment), { firstSeq: chunk.firstSeq, lastSeq: chunk.lastSeq })
    else Object.assign(chunk, { events: [], marks: [], size: 0 })
  }

  /** What the playlist or the tail show to exist and is not here. */
  missing(): Range[] {
    const hot = this.entry?.hot
    const last = Math.max(this.chunks.at(-1)?.lastSeq ?? -1, hot?.last_seq ?? -1)
    return holesIn(this.chunks, 0, last).filter((hole) => !this.isLost(hole))
  }

  /** The last snapshot at or before `at`; else the stream's beginning. Null where nothing is known of the stream. */
  startFor(at: number): Start {
    for (let i = this.chunks.length - 1; i >= 0; i--) {
      const chunk = this.chunks[i] as Chunk
      if (chunk.firstAt > at || !chunk.snapshot) continue
      if (!chunk.events) return { load: chunk }
      const place = lastSnapshot(chunk, at)
      if (place) return place
    }
    const first = this.chunks[0]
    return first ? { place: { seq: first.firstSeq, index: 0 }, at: first.firstAt } : null
  }

  /** The events from `place` on whose `at` is at most `until`. */
  read(place: Place, until: number): Read {
    const events: WireEvent[] = []
    let at = { ...place }
    for (;;) {
      const chunk = this.chunks[indexOfSeq(this.chunks, at.seq)]
      if (!chunk || chunk.lastSeq < at.seq) {
        const next = this.afterHole(at.seq)
        if (next === null) return { events, place: at, stop: 'end' }
        if (typeof next !== 'number') return { events, place: at, stop: 'hole', hole: next }
        at = { seq: next, index: 0 }
        continue
      }
      if (chunk.firstAt > until) return { events, place: at, stop: 'time' }
      if (!chunk.events) return { events, place: at, stop: 'load', chunk }
      const index = indexIn(chunk, at)
      const end = firstAfter(chunk.events, index, until)
      for (let i = index; i < end; i++) events.push(chunk.events[i] as WireEvent)
      if (end < chunk.events.length) return { events, place: placeOf(chunk, end), stop: 'time' }
      at = { seq: chunk.lastSeq + 1, index: 0 }
    }
  }

  /** The viewport as it was at `at`, as far as it is known. */
  sizeAt(at: number): Size | null {
    for (let i = this.chunks.length - 1; i >= 0; i--) {
      const size = this.chunks[i]?.summary?.sizes.findLast((known) => known.at <= at)
      if (size) return size
    }
    return null
  }

  /** Marks a range as a gap, at `at` or behind what stands before it. */
  lose(range: Range, cause: 'lost' | 'corrupt', at?: number): void {
    if (this.lost.some((gap) => gap.first_seq === range.from && gap.last_seq === range.to)) return
    const before = this.chunks[indexOfSeq(this.chunks, range.from)]
    this.lost.push({ first_seq: range.from, last_seq: range.to, at: at ?? before?.lastAt ?? 0, cause })
  }

  /** What was missing and has come, or is known to the playlist as a gap, is no gap of ours. */
  private find(): void {
    const isGone = (gap: GapEntry): boolean => gap.cause === 'lost' && holesIn(this.chunks, gap.first_seq, gap.last_seq).length === 0
    const isKnown = (gap: GapEntry): boolean => coverAll(this.entry?.gaps ?? [], { from: gap.first_seq, to: gap.last_seq })
    if (this.lost.length > 0) this.lost = this.lost.filter((gap) => !isGone(gap) && !isKnown(gap))
  }

  private mergeSegment(segment: SegmentEntry): void {
    const { first_seq: firstSeq, last_seq: lastSeq } = segment
    const there = this.chunks[indexOfSeq(this.chunks, firstSeq)]
    if (there?.segment === segment.n) return
    const batches = cutOut(this.chunks, firstSeq, lastSeq)
    const whole = holesIn(batches.map((batch) => chunkOf([batch])), firstSeq, lastSeq).length === 0
    const chunk: Chunk = whole && batches.length > 0 ? chunkOf(batches, segment.n) : asked(segment)
    this.chunks.splice(indexOfSeq(this.chunks, firstSeq) + 1, 0, chunk)
  }

  private isLost(hole: Range): boolean {
    return coverAll(this.gaps, hole)
  }

  /** Behind a hole at `seq`: the next seq if the hole is lost, the hole if it may yet be filled, null at the end. */
  private afterHole(seq: number): number | Range | null {
    const next = this.chunks[indexOfSeq(this.chunks, seq) + 1]
    if (!next) return null
    const hole = { from: seq, to: next.firstSeq - 1 }
    return this.isLost(hole) ? next.firstSeq : hole
  }
}

/** Whether the gaps, taken together, cover the range. */
const coverAll = (gaps: readonly GapEntry[], range: Range): boolean => {
  let next = range.from
  for (const gap of [...gaps].sort((a, b) => a.first_seq - b.first_seq)) {
    if (gap.first_seq <= next) next = Math.max(next, gap.last_seq + 1)
  }
  return next > range.to
}

/** A segment that is not loaded. */
const asked = (segment: SegmentEntry): Chunk => ({
  firstSeq: segment.first_seq,
  lastSeq: segment.last_seq,
  firstAt: segment.first_at,
  lastAt: segment.last_at,
  segment: segment.n,
  snapshot: segment.snapshot_at !== null,
  events: null,
  size: 0,
  marks: [],
  summary: null,
  used: 0,
})

const lastSnapshot = (chunk: Chunk, at: number): { place: Place; at: number } | null => {
  const events = chunk.events ?? []
  for (let i = events.length - 1; i >= 0; i--) {
    const event = events[i] as WireEvent
    if (event.at <= at && isSnapshotEvent(event)) return { place: placeOf(chunk, i), at: event.at }
  }
  return null
}

const placeOf = (chunk: Chunk, index: number): Place => {
  const mark = chunk.marks.findLast((known) => known.index <= index)
  return mark ? { seq: mark.seq, index: index - mark.index } : { seq: chunk.firstSeq, index }
}

const indexIn = (chunk: Chunk, place: Place): number => {
  const mark = chunk.marks.findLast((known) => known.seq <= place.seq)
  return (mark?.index ?? 0) + (mark && mark.seq < place.seq ? 0 : place.index)
}

const firstAfter = (events: readonly WireEvent[], from: number, until: number): number => {
  let end = from
  while (end < events.length && (events[end] as WireEvent).at <= until) end++
  return end
}
