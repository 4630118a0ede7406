import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ApiError, apiError } from './api.ts'
import type { DecodedBatch } from './chunks.ts'
import type { Decoded } from './decode.ts'
import type { Playlist, SegmentEntry, StreamEntry } from './playlist.ts'
import { Store } from './store.ts'

const batch = (seq: number, more: Partial<DecodedBatch> = {}): DecodedBatch => ({
  firstSeq: seq, lastSeq: seq, firstAt: seq * 10, lastAt: seq * 10, size: 100, events: [{ at: seq * 10, kind: 'pointer', data: null }], ...more,
})

const segment = (n: number, first: number, last: number): SegmentEntry => ({
  n, first_seq: first, last_seq: last, first_at: first * 10, last_at: last * 10, snapshot_at: null, size: 1,
})

const batches = (from: number, to: number): DecodedBatch[] => Array.from({ length: to - from + 1 }, (_, i) => batch(from + i))

const decoded = (own: DecodedBatch[], damaged: Decoded['streams'][0]['damaged'] = []): Decoded => ({
  streams: [{ stream: 's', batches: own, damaged, ended: false }],
})

/** A server that can be away, and what it has. */
const setup = (room = { events: 1000, bytes: 1_000_000 }) => {
  const entry: StreamEntry = {
    id: 's', tab: 't', url: '', title: '', offset_ms: 0, last_at: 0, ended: false, sealed_to: -1, segments: [], hot: null, gaps: [],
  }
  const server = {
    entry,
    error: null as ApiError | null,
    segments: new Map<number, Decoded | ApiError>(),
    frames: [] as DecodedBatch[],
    asked: [] as string[],
  }
  const playlist = async (): Promise<Playlist> => {
    if (server.error) throw server.error
    return { recording: { id: 'r', state: 'live', started_at: '', duration_ms: 0, policy: '' }, streams: [server.entry], markers: [] }
  }
  const load = async (url: string): Promise<Decoded> => {
    server.asked.push(url)
    if (server.error) throw server.error
    const [kind, first, last] = url.split(' ')
    if (kind === 'frames') return decoded(server.frames.filter(({ firstSeq }) => firstSeq >= Number(first) && firstSeq <= Number(last)))
    const found = server.segments.get(Number(first))
    if (!found || found instanceof ApiError) throw found ?? apiError(404)
    return found
  }
  const api = { playlist, segmentUrl: (n: number) => `segment ${n}`, framesUrl: (_: string, from: number, to: number) => `frames ${from} ${to}` }
  const store = new Store(api as never, { load }, room)
  const troubles: string[] = []
  store.onErrand = (errand, error) => error && troubles.push(`${errand} ${error.status}`)
  return { store, server, troubles }
}

const log = (store: Store) => {
  const found = store.streams.get('s')
  if (!found) throw new Error('no stream')
  return found
}

const held = (store: Store): number => log(store).chunks.reduce((sum, { events }) => sum + (events?.length ?? 0), 0)

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

test('hours of watching live hold no more than there is room for', async () => {
  const { store, server } = setup({ events: 50, bytes: 1_000_000 })
  for (let n = 0; n < 40; n++) {
    for (const each of batches(n * 10, n * 10 + 9)) store.add('s', each, false)
    server.entry = { ...server.entry, segments: [...server.entry.segments, segment(n, n * 10, n * 10 + 9)] }
    await store.refresh()
    expect(held(store)).toBeLessThanOrEqual(50)
  }
  expect(log(store).chunks.at(-1)?.events).toHaveLength(10)
})

test('few events that are large make room too', async () => {
  const { store, server } = setup({ events: 1000, bytes: 1_000_000 })
  for (let seq = 0; seq < 40; seq++) {
    store.add('s', batch(seq, { size: 200_000 }), false)
    server.entry = { ...server.entry, segments: [...server.entry.segments, segment(seq, seq, seq)] }
    await store.refresh()
  }
  expect(held(store)).toBe(5)
})

test('while the server cannot be reached nothing is lost, and what comes is shown', async () => {
  const { store, server, troubles } = setup()
  await store.refresh()
  store.add('s', batch(0), false)
  store.add('s', batch(3), false)
  server.frames = batches(0, 3)
  server.error = apiError(0)
  const filling = store.fill(log(store), { from: 1, to: 2 })
  await vi.advanceTimersByTimeAsync(120_000)
  expect(log(store).gaps).toEqual([])
  expect(troubles).toContain('frames 0')
  server.error = null
  await vi.advanceTimersByTimeAsync(10_000)
  await filling
  expect(log(store).missing()).toEqual([])
  expect(log(store).gaps).toEqual([])
})

test('what the server does not have is a gap, until it comes after all', async () => {
  const { store } = setup()
  await store.refresh()
  store.add('s', batch(0), false)
  store.add('s', batch(3), false)
  const filling = store.fill(log(store), { from: 1, to: 2 })
  await vi.advanceTimersByTimeAsync(20_000)
  await filling
  expect(log(store).gaps).toMatchObject([{ first_seq: 1, last_seq: 2, cause: 'lost' }])
  store.add('s', batch(1), false)
  expect(log(store).gaps).toHaveLength(1)
  store.add('s', batch(2), false)
  expect(log(store).gaps).toEqual([])
})

test('a gap that the playlist names stands there once', async () => {
  const { store, server } = setup()
  await store.refresh()
  log(store).lose({ from: 1, to: 2 }, 'lost')
  server.entry = { ...server.entry, gaps: [{ first_seq: 1, last_seq: 4, at: 9, cause: 'lost' }] }
  await store.refresh()
  expect(log(store).gaps).toHaveLength(1)
})

test('a damaged batch inside a segment is a gap where it would stand', async () => {
  const { store, server } = setup()
  server.entry = { ...server.entry, segments: [segment(0, 0, 3)] }
  server.segments.set(0, decoded([batch(0), batch(3)], [{ from: 1, to: 2, at: 10 }]))
  await store.refresh()
  await store.survey()
  await store.survey()
  expect(log(store).gaps).toEqual([{ first_seq: 1, last_seq: 2, at: 10, cause: 'corrupt' }])
})

test('a segment that cannot be loaded is asked for again, not at each look', async () => {
  const { store, server, troubles } = setup()
  server.entry = { ...server.entry, segments: [segment(0, 0, 3)] }
  server.segments.set(0, apiError(503))
  await store.refresh()
  const chunk = log(store).chunks[0]
  if (!chunk) throw new Error('no chunk')
  for (let frame = 0; frame < 300; frame++) {
    void store.load(log(store), chunk)
    await vi.advanceTimersByTimeAsync(16)
  }
  expect(server.asked.length).toBeLessThan(5)
  expect(troubles).toContain('segment 503')
  server.segments.set(0, decoded(batches(0, 3)))
  await vi.advanceTimersByTimeAsync(2000)
  expect(await store.load(log(store), chunk)).toBe(true)
  expect(log(store).gaps).toEqual([])
})
