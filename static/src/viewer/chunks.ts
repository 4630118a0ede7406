// A stream's log in pieces. A chunk is a run of whole batches, gapless in seq; its events may have made room and be loaded
// again. Pure: nothing here fetches.

import type { WireEvent } from '../wire/batch.ts'
import { emptySummary, isSnapshotEvent, summarise } from './summary.ts'
import type { Summary } from './summary.ts'

/** Where a batch begins: its first frame's seq and the index of its first event in the chunk. */
export interface Mark {
  seq: number
  index: number
  size: number
}

/** One decoded batch. */
export interface DecodedBatch {
  firstSeq: number
  lastSeq: number
  firstAt: number
  lastAt: number
  /** Bytes of its JSON. */
  size: number
  events: WireEvent[]
}

export interface Chunk {
  firstSeq: number
  lastSeq: number
  firstAt: number
  lastAt: number
  /** Number of the segment that holds exactly this, or null. */
  segment: number | null
  /** A snapshot is known to be inside. */
  snapshot: boolean
  events: WireEvent[] | null
  /** Bytes that the events were as JSON. */
  size: number
  marks: Mark[]
  /** Null until it was decoded once. */
  summary: Summary | null
  /** When it was last used, for making room. */
  used: number
}

/** A place in a stream: batch, and how many of its events lie before. */
export interface Place {
  seq: number
  index: number
}

export const chunkOf = (batches: readonly DecodedBatch[], segment: number | null = null): Chunk => {
  const [first, last] = [batches[0], batches.at(-1)]
  if (!first || !last) throw new RangeError('A chunk needs a batch.')
  const chunk: Chunk = {
    firstSeq: first.firstSeq, lastSeq: first.firstSeq - 1, firstAt: first.firstAt, lastAt: first.firstAt,
    segment, snapshot: false, events: [], size: 0, marks: [], summary: emptySummary(), used: 0,
  }
  for (const batch of batches) append(chunk, batch)
  return chunk
}

/** Adds the batch that follows. */
export const append = (chunk: Chunk, batch: DecodedBatch): void => {
  const { events, summary } = chunk
  if (!events || !summary) throw new RangeError('The chunk is not loaded.')
  chunk.marks.push({ seq: batch.firstSeq, index: events.length, size: batch.size })
  chunk.size += batch.size
  for (const event of batch.events) events.push(event)
  summarise(batch.events, summary)
  chunk.snapshot ||= batch.events.some(isSnapshotEvent)
  chunk.lastSeq = batch.lastSeq
  chunk.lastAt = Math.max(chunk.lastAt, batch.lastAt)
}

/** The chunk's batches again, to be cut elsewhere. */
export const batchesIn = (chunk: Chunk): DecodedBatch[] => {
  const { events, marks } = chunk
  if (!events) return []
  return marks.map((mark, i) => {
    const next = marks[i + 1]
    const own = events.slice(mark.index, next?.index)
    return {
      firstSeq: mark.seq,
      lastSeq: next ? next.seq - 1 : chunk.lastSeq,
      firstAt: own[0]?.at ?? chunk.firstAt,
      lastAt: own.at(-1)?.at ?? chunk.lastAt,
      size: mark.size,
      events: own,
    }
  })
}

/** Index of the last chunk whose first seq is at most `seq`, or -1. */
export const indexOfSeq = (chunks: readonly Chunk[], seq: number): number => {
  let [low, high] = [0, chunks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((chunks[middle] as Chunk).firstSeq <= seq) low = middle + 1
    else high = middle
  }
  return low - 1
}

export const isCovered = (chunks: readonly Chunk[], seq: number): boolean => {
  const chunk = chunks[indexOfSeq(chunks, seq)]
  return chunk !== undefined && seq <= chunk.lastSeq
}

const MAX_CHUNK_EVENTS = 2000

/** Puts a batch in its place. False where it is there already. */
export const insertBatch = (chunks: Chunk[], batch: DecodedBatch): boolean => {
  if (isCovered(chunks, batch.firstSeq)) return false
  const at = indexOfSeq(chunks, batch.firstSeq)
  const before = chunks[at]
  const grows = before?.events && before.segment === null && before.lastSeq + 1 === batch.firstSeq
  if (grows && (before.events?.length ?? 0) < MAX_CHUNK_EVENTS) append(before, batch)
  else chunks.splice(at + 1, 0, chunkOf([batch]))
  return true
}

/** Makes room for a segment's range: what lies inside is returned (loaded batches) and taken out, what lies around stays. */
export const cutOut = (chunks: Chunk[], firstSeq: number, lastSeq: number): DecodedBatch[] => {
  const inside: DecodedBatch[] = []
  for (let i = chunks.length - 1; i >= 0; i--) {
    const chunk = chunks[i] as Chunk
    if (chunk.lastSeq < firstSeq || chunk.firstSeq > lastSeq) continue
    const batches = batchesIn(chunk)
    inside.unshift(...batches.filter((batch) => batch.firstSeq >= firstSeq && batch.lastSeq <= lastSeq))
    const left = batches.filter((batch) => batch.lastSeq < firstSeq)
    const right = batches.filter((batch) => batch.firstSeq > lastSeq)
    chunks.splice(i, 1, ...[left, right].filter((side) => side.length > 0).map((side) => chunkOf(side)))
  }
  return inside
}

export interface Range {
  from: number
  to: number
}

/** What is missing between `from` and `to`, both included. */
export const holesIn = (chunks: readonly Chunk[], from: number, to: number): Range[] => {
  const holes: Range[] = []
  let next = from
  for (const chunk of chunks) {
    if (chunk.lastSeq < from || chunk.firstSeq > to) continue
    if (chunk.firstSeq > next) holes.push({ from: next, to: chunk.firstSeq - 1 })
    next = Math.max(next, chunk.lastSeq + 1)
  }
  if (next <= to) holes.push({ from: next, to })
  return holes
}
