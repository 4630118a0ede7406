// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest'
import { MAX_FRAME_BYTES, WATCH_TOOK_BYTES } from '../../wire/generated.ts'
import { TailTalk } from './link.ts'

const setup = () => {
  const said: { t: string; bytes?: number }[] = []
  const events = { onOpen: vi.fn(), onFrame: vi.fn(), onStream: vi.fn(), onRoundTrip: vi.fn(), onClose: vi.fn() }
  const hangUp = vi.fn()
  const talk = new TailTalk(events, (text) => said.push(JSON.parse(text)), hangUp)
  const hear = (message: object) => talk.receive(JSON.stringify(message))
  const pings = () => said.filter(({ t }) => t === 'ping').length
  hear({ t: 'watching', recording: 'r' })
  return { talk, events, hangUp, said, hear, pings }
}

beforeEach(() => {
  vi.useFakeTimers()
})

test('a link whose pings stay unanswered is hung up', () => {
  const { hangUp, pings } = setup()
  vi.advanceTimersByTime(7000)
  expect(hangUp).not.toHaveBeenCalled()
  expect(pings()).toBeGreaterThan(2)
  vi.advanceTimersByTime(4000)
  expect(hangUp).toHaveBeenCalled()
})

test('a page that slept pings before it gives the link up', () => {
  const { hangUp, hear, pings } = setup()
  for (let n = 1; n <= 3; n++) {
    hear({ t: 'pong', n })
    vi.advanceTimersByTime(2000)
  }
  // The timer of a hidden tab: nothing for a minute, and what was said meanwhile waits behind it.
  const before = pings()
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000)
  vi.advanceTimersToNextTimer()
  expect(hangUp).not.toHaveBeenCalled()
  expect(pings()).toBe(before + 1)
})

test('what was taken is said before the server waits for it', () => {
  const { talk, said } = setup()
  for (let sent = 0; sent < 2 * WATCH_TOOK_BYTES; sent += MAX_FRAME_BYTES) talk.receive(new ArrayBuffer(MAX_FRAME_BYTES))
  const told = said.flatMap(({ bytes }) => bytes ?? [])
  expect(told[0]).toBe(WATCH_TOOK_BYTES)
  expect(told).toHaveLength(2)
})

test('what is not a message is passed over', () => {
  const { talk, events } = setup()
  for (const text of ['', '{', 'null', '{"t":"opened"}', '{"t":"opened","stream":{}}', '{"t":"none"}']) talk.receive(text)
  expect(events.onStream).not.toHaveBeenCalled()
})

test('the last word of the server says why the link closed', () => {
  const { talk, events, hear } = setup()
  hear({ t: 'error', code: 'version', message: 'too old' })
  talk.end()
  talk.end()
  expect(events.onClose.mock.calls).toEqual([['version']])
})
