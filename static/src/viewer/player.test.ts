// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { apiError } from './api.ts'
import type { DecodedBatch } from './chunks.ts'
import { Player } from './player.ts'
import type { Playlist, RecordingState, StreamEntry } from './playlist.ts'
import type { StageLink } from './stage-link.ts'
import type { TailEvents } from './tail.ts'

const server = vi.hoisted(() => ({
  playlist: vi.fn<() => Promise<unknown>>(),
  load: vi.fn<(url: string) => Promise<unknown>>(),
  tail: null as unknown,
  tailClosed: false,
}))

vi.mock('./api.ts', async (original) => ({
  ...(await original<typeof import('./api.ts')>()),
  Api: class {
    playlist = server.playlist
    segmentUrl = (n: number) => `segment ${n}`
    framesUrl = () => 'frames'
  },
}))
vi.mock('./segments.ts', () => ({
  Segments: class {
    load = server.load
    close = () => {}
  },
}))
vi.mock('./tail.ts', () => ({
  Tail: class {
    constructor(_api: unknown, events: unknown) {
      server.tail = events
    }
    open = () => {}
    close = () => (server.tailClosed = true)
  },
}))

const tail = (): TailEvents => server.tail as TailEvents

const entry = (more: Partial<StreamEntry> = {}): StreamEntry => ({
  id: 's', tab: 't', url: '', title: '', offset_ms: 0, last_at: 60_000, ended: false, sealed_to: -1, segments: [], hot: null, gaps: [], ...more,
})

const playlist = (state: RecordingState = 'live', streams = [entry()]): Playlist => ({
  recording: { id: 'r', state, started_at: '', duration_ms: 60_000, policy: 'balanced' }, streams, markers: [],
})

const batch = (seq: number, kind = 'pointer', data: unknown = { x: 1, y: 1, id: 1 }): DecodedBatch => ({
  firstSeq: seq, lastSeq: seq, firstAt: seq * 10, lastAt: seq * 10, size: 50, events: [{ at: seq * 10, kind, data }],
})

const players: Player[] = []

const setup = (state: RecordingState = 'live', startMs: number | null = null) => {
  const stage = { isReady: true, behind: 0, onReady: () => {}, onSettled: () => {}, reset: vi.fn(), feed: vi.fn(), configure: vi.fn(), close: vi.fn() }
  const player = new Player({ recording: 'r', state, startMs, workerUrl: '', stage: stage as unknown as StageLink })
  players.push(player)
  player.open()
  return { player, stage }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

beforeEach(() => {
  vi.useFakeTimers()
  server.playlist.mockReset().mockImplementation(async () => playlist())
  server.load.mockReset().mockImplementation(async () => ({ streams: [] }))
  server.tailClosed = false
})

afterEach(() => {
  for (const player of players.splice(0)) player.close()
})

test('a server that is away is said, and the player opens by itself when it is back', async () => {
  server.playlist.mockRejectedValue(apiError(0))
  const { player } = setup('ended')
  await pass(100)
  expect([player.phase, player.error]).toEqual(['error', apiError(0).message])
  server.playlist.mockImplementation(async () => playlist('ended'))
  await pass(20_000)
  expect([player.phase, player.error, player.notice]).toEqual(['ready', '', ''])
})

test('a stage that comes late is an error until it comes', async () => {
  const { player, stage } = setup()
  stage.isReady = false
  await pass(13_000)
  expect([player.phase, player.error]).toEqual(['error', expect.stringContaining('STAGE_ORIGIN')])
  stage.isReady = true
  stage.onReady()
  expect([player.phase, player.error]).toEqual(['ready', ''])
})

test('what fails while it plays is a notice until it goes well', async () => {
  const { player } = setup()
  await pass(100)
  server.playlist.mockRejectedValue(apiError(503))
  await pass(16_000)
  expect([player.phase, player.notice]).toEqual(['ready', apiError(503).message])
  server.playlist.mockImplementation(async () => playlist())
  await pass(16_000)
  expect(player.notice).toBe('')
})

test('what could not be read through is read when the server is back', async () => {
  const segments = [0, 1].map((n) => ({ n, first_seq: n, last_seq: n, first_at: n * 50_000, last_at: n * 50_000, snapshot_at: null, size: 1 }))
  server.playlist.mockImplementation(async () => playlist('ended', [entry({ ended: true, segments })]))
  server.load.mockRejectedValueOnce(apiError(503)).mockImplementation(async (url) => {
    const said = batch(Number(url.split(' ')[1]), 'track', { name: url })
    return { streams: [{ stream: 's', batches: [said], damaged: [], ended: false }] }
  })
  const { player } = setup('ended')
  await pass(100)
  player.pause()
  expect(player.notice).toBe(apiError(503).message)
  await pass(5000)
  expect(player.notice).toBe('')
  expect(player.known.facts).toHaveLength(2)
})

test('a link that is refused is a notice until there is one', async () => {
  const { player } = setup()
  await pass(100)
  tail().onTrouble('You are signed out.')
  expect(player.notice).toBe('You are signed out.')
  tail().onTrouble('')
  expect(player.notice).toBe('')
})

test('frames of an unknown stream do not make a flood of questions', async () => {
  setup()
  await pass(1000)
  server.playlist.mockClear().mockRejectedValue(apiError(503))
  for (let seq = 0; seq < 600; seq++) {
    tail().onBatch('new', batch(seq), false)
    await pass(16)
  }
  expect(server.playlist.mock.calls.length).toBeLessThan(8)
})

test('the facts are listed anew only where one came', async () => {
  const { player } = setup()
  await pass(100)
  tail().onBatch('s', batch(0, 'console', { level: 'log', args: ['a'] }), false)
  await pass(600)
  const { facts, gaps } = player.known
  expect(facts).toHaveLength(1)
  for (let seq = 1; seq < 20; seq++) {
    tail().onBatch('s', batch(seq), false)
    await pass(100)
  }
  expect(player.known.facts).toBe(facts)
  expect(player.known.gaps).toBe(gaps)
  tail().onBatch('s', batch(20, 'console', { level: 'log', args: ['b'] }), false)
  await pass(600)
  expect(player.known.facts).toHaveLength(2)
})

test('who follows a visitor follows again when they come back', async () => {
  const { player } = setup()
  await pass(100)
  expect(player.following).toBe(true)
  server.playlist.mockImplementation(async () => playlist('open'))
  await pass(16_000)
  expect([player.following, player.playing, player.isLive]).toEqual([false, false, false])
  server.playlist.mockImplementation(async () => playlist())
  tail().onBatch('s', batch(1), false)
  await pass(1000)
  expect(player.following).toBe(true)
})

test('who has paused meanwhile does not', async () => {
  const { player } = setup()
  await pass(100)
  server.playlist.mockImplementation(async () => playlist('open'))
  await pass(16_000)
  player.seek(1000)
  server.playlist.mockImplementation(async () => playlist())
  await pass(16_000)
  expect(player.following).toBe(false)
})

test('the end is noticed whoever sees it first', async () => {
  const { player } = setup()
  await pass(100)
  server.playlist.mockImplementation(async () => playlist('ended'))
  await player.store.refresh()
  expect([player.state, player.following, player.link]).toEqual(['ended', false, 'none'])
  expect(server.tailClosed).toBe(true)
})

test('a link to the beginning of a live recording begins there', async () => {
  const { player } = setup('live', 0)
  await pass(100)
  expect(player.following).toBe(false)
  expect(player.time).toBeLessThan(1000)
})

test('one frame that goes wrong does not stop the clock', async () => {
  const { player } = setup('ended', 0)
  server.playlist.mockImplementation(async () => playlist('ended'))
  const onTick = vi.fn().mockImplementationOnce(() => {
    throw new Error('odd')
  })
  player.onTick = onTick
  const complain = vi.fn((event: ErrorEvent) => event.preventDefault())
  window.addEventListener('error', complain)
  await pass(500).catch(() => {})
  await pass(500)
  window.removeEventListener('error', complain)
  expect(onTick.mock.calls.length).toBeGreaterThan(5)
})
