// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest'
import { ApiError, apiError } from './api.ts'
import type { LinkEvents } from './links/link.ts'
import { Tail } from './tail.ts'

const opened = vi.hoisted(() => ({ links: [] as { kind: string; events: LinkEvents }[] }))
const open = (kind: string) => (_grant: unknown, events: LinkEvents) => {
  opened.links.push({ kind, events })
  return { kind, close: () => events.onClose('') }
}
vi.mock('./links/relay.ts', () => ({ openRelay: (grant: unknown, events: LinkEvents) => open('relay')(grant, events) }))
vi.mock('./links/rtc.ts', () => ({ openRtc: (grant: unknown, events: LinkEvents) => open('rtc')(grant, events) }))

const grant = { token: 't', signal: 'ws://x/s', watch: 'ws://x/w' }

const setup = (rtc = false) => {
  const watch = vi.fn(async () => grant)
  const said: string[] = []
  const events = { onBatch: vi.fn(), onStream: vi.fn(), onOpen: vi.fn(), onLink: vi.fn(), onRoundTrip: vi.fn(), onTrouble: (text: string) => said.push(text) }
  const tail = new Tail({ watch } as never, events, rtc)
  return { tail, watch, events, said, newest: () => opened.links.at(-1)?.events as LinkEvents }
}

beforeEach(() => {
  vi.useFakeTimers()
  opened.links.length = 0
})

test('a refused watch is said, asked for again at leisure, and forgotten when it is granted', async () => {
  const { tail, watch, said, newest } = setup()
  watch.mockRejectedValueOnce(apiError(401)).mockRejectedValueOnce(apiError(401))
  tail.open()
  await vi.advanceTimersByTimeAsync(5000)
  expect(watch).toHaveBeenCalledTimes(1)
  expect(said.at(-1)).toBe(apiError(401).message)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(watch).toHaveBeenCalledTimes(3)
  newest().onOpen()
  expect(said.at(-1)).toBe('')
  expect(tail.kind).toBe('relay')
  tail.close()
})

test('in a hurry, it does not wait for its turn', async () => {
  const { tail, watch, newest } = setup()
  watch.mockRejectedValueOnce(apiError(401))
  tail.open()
  await vi.advanceTimersByTimeAsync(100)
  tail.hurry()
  await vi.advanceTimersByTimeAsync(0)
  newest().onOpen()
  tail.hurry()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(watch).toHaveBeenCalledTimes(2)
  tail.close()
})

test('a server that is away is said, and tried again soon', async () => {
  const { tail, watch, said, newest } = setup()
  tail.open()
  await vi.advanceTimersByTimeAsync(0)
  newest().onOpen()
  watch.mockRejectedValue(new ApiError(0, 'away'))
  newest().onClose('')
  await vi.advanceTimersByTimeAsync(3000)
  expect(said.at(-1)).toBe('away')
  expect(watch.mock.calls.length).toBeGreaterThan(2)
  tail.close()
})

test('sockets that never open are said after some tries', async () => {
  const { tail, said, newest } = setup()
  tail.open()
  for (let i = 0; i < 4; i++) {
    await vi.advanceTimersByTimeAsync(5000)
    newest().onClose('')
  }
  expect(said.at(-1)).toContain('WebSocket')
  tail.close()
})

test('a version that the server no longer takes is said once, and not tried again', async () => {
  const { tail, watch, said, newest } = setup()
  tail.open()
  await vi.advanceTimersByTimeAsync(0)
  newest().onClose('version')
  await vi.advanceTimersByTimeAsync(120_000)
  expect(watch).toHaveBeenCalledTimes(1)
  expect(said.at(-1)).toContain('Reload')
  tail.close()
})

test('the relay carries on while rtc goes and comes', async () => {
  const { tail, said, events } = setup(true)
  tail.open()
  await vi.advanceTimersByTimeAsync(0)
  const [relay, rtc] = ['relay', 'rtc'].map((kind) => opened.links.find((link) => link.kind === kind)?.events as LinkEvents)
  relay?.onOpen()
  rtc?.onOpen()
  expect(tail.kind).toBe('rtc')
  rtc?.onClose('')
  expect(tail.kind).toBe('none')
  await vi.advanceTimersByTimeAsync(0)
  opened.links.at(-1)?.events.onOpen()
  expect(tail.kind).toBe('relay')
  await vi.advanceTimersByTimeAsync(20_000)
  expect(opened.links.at(-1)?.kind).toBe('rtc')
  expect(said.filter(Boolean)).toEqual([])
  expect(events.onLink.mock.calls.flat()).toContain('none')
  tail.close()
})
