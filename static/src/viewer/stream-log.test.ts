import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { WireEvent } from '../wire/batch.ts'
import type { DecodedBatch } from './chunks.ts'
import type { StreamEntry } from './playlist.ts'
import { Pump } from './pump.ts'
import type { PumpStage } from './pump.ts'
import { StreamLog } from './stream-log.ts'

const dom = (at: number, type = 3): WireEvent => ({ at, kind: 'dom', data: { type, data: { source: 0, n: at } } })

/** Batch `seq` spans `frames` seqs and holds three events at seq × 100. */
const batch = (seq: number, frames = 1, type = 3): DecodedBatch => {
  const at = seq * 100
  return { firstSeq: seq, lastSeq: seq + frames - 1, firstAt: at, lastAt: at + 20, size: 300, events: [dom(at, type), dom(at + 10), dom(at + 20)] }
}

const entry = (more: Partial<StreamEntry> = {}): StreamEntry => ({
  id: 's', tab: 't', url: '', title: '', offset_ms: 0, last_at: 0, ended: false, sealed_to: -1, segments: [], hot: null, gaps: [], ...more,
})

const segment = (n: number, first: number, last: number, snapshot: number | null = null) => ({
  n, first_seq: first, last_seq: last, first_at: first * 100, last_at: last * 100 + 20, snapshot_at: snapshot, size: 1,
})

const timesOf = (events: readonly WireEvent[]): number[] => events.map((event) => event.at)

test('in whatever order and how often batches come, each event is read once and in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 19 }), { minLength: 1, maxLength: 80 }), (order) => {
      const log = new StreamLog('s')
      for (const seq of order) log.add(batch(seq))
      const present = [...new Set(order)].sort((a, b) => a - b)
      const run = present.filter((seq, i) => seq === (present[0] as number) + i)
      const read = log.read({ seq: run[0] as number, index: 0 }, Infinity)
      expect(timesOf(read.events)).toEqual(run.flatMap((seq) => [seq * 100, seq * 100 + 10, seq * 100 + 20]))
      expect(read.stop).toBe(run.length === present.length ? 'end' : 'hole')
    }),
  )
})

test('a read stops inside a batch and goes on there', () => {
  const log = new StreamLog('s')
  for (const seq of [0, 1, 2]) log.add(batch(seq))
  const first = log.read({ seq: 0, index: 0 }, 110)
  expect(timesOf(first.events)).toEqual([0, 10, 20, 100, 110])
  const second = log.read(first.place, 200)
  expect(timesOf(second.events)).toEqual([120, 200])
})

test('a hole that was filled late is read through', () => {
  const log = new StreamLog('s')
  log.add(batch(0))
  log.add(batch(3))
  const read = log.read({ seq: 0, index: 0 }, Infinity)
  expect(read).toMatchObject({ stop: 'hole', hole: { from: 1, to: 2 } })
  expect(log.missing()).toEqual([{ from: 1, to: 2 }])
  log.add(batch(1, 2))
  expect(timesOf(log.read(read.place, Infinity).events)).toEqual([100, 110, 120, 300, 310, 320])
})

test('a lost hole is passed over and shows as a gap', () => {
  const log = new StreamLog('s')
  log.add(batch(0))
  log.add(batch(3))
  log.lose({ from: 1, to: 2 }, 'lost')
  expect(timesOf(log.read({ seq: 0, index: 0 }, Infinity).events)).toEqual([0, 10, 20, 300, 310, 320])
  expect(log.gaps).toMatchObject([{ first_seq: 1, last_seq: 2, at: 20 }])
  expect(log.missing()).toEqual([])
})

test('sealing what the tail brought needs no load, and a place before it stays good', () => {
  const log = new StreamLog('s')
  for (const seq of [0, 1, 2, 3, 4]) log.add(batch(seq))
  const { place } = log.read({ seq: 0, index: 0 }, 110)
  log.merge(entry({ segments: [segment(0, 0, 1), segment(1, 2, 3)] }))
  expect(log.chunks.map((chunk) => [chunk.firstSeq, chunk.lastSeq, chunk.segment, chunk.events?.length])).toEqual([[0, 1, 0, 6], [2, 3, 1, 6], [4, 4, null, 3]])
  expect(timesOf(log.read(place, Infinity).events)).toEqual([120, 200, 210, 220, 300, 310, 320, 400, 410, 420])
})

test('a segment of which the tail brought a part is loaded whole', () => {
  const log = new StreamLog('s')
  for (const seq of [2, 3]) log.add(batch(seq))
  log.merge(entry({ segments: [segment(0, 0, 2)] }))
  expect(log.chunks.map((chunk) => [chunk.firstSeq, chunk.lastSeq, chunk.events === null])).toEqual([[0, 2, true], [3, 3, false]])
  const read = log.read({ seq: 0, index: 0 }, Infinity)
  expect(read.stop).toBe('load')
  if (read.stop === 'load') log.fill(read.chunk, [batch(0, 1, 2), batch(1, 2)])
  expect(timesOf(log.read(read.place, Infinity).events)).toEqual([0, 10, 20, 100, 110, 120, 300, 310, 320])
})

test('what made room is asked for again', () => {
  const log = new StreamLog('s')
  log.merge(entry({ segments: [segment(0, 0, 1, 0)] }))
  const chunk = log.chunks[0]
  if (!chunk) throw new Error('no chunk')
  log.fill(chunk, [batch(0, 1, 2), batch(1)])
  log.fill(chunk, null)
  expect(log.startFor(500)).toEqual({ load: chunk })
  expect(chunk.summary?.activity).toEqual([{ from: 0, to: 120 }])
})

test('a start is the last snapshot before', () => {
  const log = new StreamLog('s')
  for (const seq of [0, 1, 2, 3]) log.add(batch(seq, 1, seq % 2 === 0 ? 2 : 3))
  expect(log.startFor(150)).toEqual({ place: { seq: 0, index: 0 }, at: 0 })
  expect(log.startFor(399)).toEqual({ place: { seq: 2, index: 0 }, at: 200 })
})

const stageOf = () => {
  const seen: (number | 'reset')[] = []
  const stage: PumpStage = { reset: () => seen.push('reset'), feed: (events) => seen.push(...events.map((event) => event.at)) }
  return { seen, pump: new Pump(stage, { load: () => {}, fill: () => {} }) }
}

test('the pump feeds each event once forward, and rebuilds backward', () => {
  const log = new StreamLog('s')
  for (const seq of [0, 1, 2]) log.add(batch(seq, 1, seq === 0 ? 2 : 3))
  const { seen, pump } = stageOf()
  expect(pump.drive(log, 110)).toBe('shown')
  pump.drive(log, 110)
  pump.drive(log, 200)
  expect(seen).toEqual(['reset', 0, 10, 20, 100, 110, 120, 200])
  seen.length = 0
  pump.drive(log, 15)
  expect(seen).toEqual(['reset', 0, 10])
})

test('live, the pump feeds what comes, and a stream change rebuilds', () => {
  const [one, two] = [new StreamLog('a'), new StreamLog('b')]
  one.add(batch(0, 1, 2))
  two.add(batch(5, 1, 2))
  const { seen, pump } = stageOf()
  pump.drive(one, Infinity)
  one.add(batch(1))
  pump.drive(one, Infinity)
  expect(seen).toEqual(['reset', 0, 10, 20, 100, 110, 120])
  seen.length = 0
  pump.drive(two, Infinity)
  expect(seen).toEqual(['reset', 500, 510, 520])
})
