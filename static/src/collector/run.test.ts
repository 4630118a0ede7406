// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://shop.example/page" }
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { tellErrors } from './guard.ts'
import { sendBeacon } from './links/beacon.ts'
import { settleOptions } from './options.ts'
import { KEEP_BYTES } from './outbox.ts'
import { type Recording, startRecording } from './recording.ts'
import { type Run, startRun } from './run.ts'
import { createVisit } from './visit.ts'

vi.mock('./recording.ts', () => ({ startRecording: vi.fn() }))
vi.mock('./links/beacon.ts', () => ({ sendBeacon: vi.fn() }))

/** The other end of every socket is the test. */
class FakeSocket {
  static readonly OPEN = 1
  static all: FakeSocket[] = []
  readonly sent: (string | Uint8Array)[] = []
  readonly url: string
  readyState = 0
  bufferedAmount = 0
  onopen: () => void = () => {}
  onmessage: (event: { data: unknown }) => void = () => {}
  onclose: (event: { code: number }) => void = () => {}

  constructor(url: string) {
    this.url = url
    FakeSocket.all.push(this)
  }
  open(...messages: object[]) {
    this.readyState = 1
    this.onopen()
    messages.forEach((message) => this.say(message))
  }
  say = (message: object) => this.onmessage({ data: JSON.stringify(message) })
  send = (data: string | Uint8Array) => void this.sent.push(data)
  close() {
    this.readyState = 3
  }
  get frames() {
    return this.sent.filter((data) => typeof data !== 'string').length
  }
}

const WELCOME = {
  t: 'welcome',
  recording: 'r',
  stream: '00112233-4455-6677-8899-aabbccddeeff',
  token: 't',
  handle: 'h',
  url: 'https://server.example/sessions/r',
  policy: 'balanced',
  rtc: false,
  ice_servers: [],
}
const HAVE = { t: 'have', seq: -1, credit: 100_000_000, live: false }

const recordings: { pause: ReturnType<typeof vi.fn>; stop: ReturnType<typeof vi.fn> }[] = []
const peers = vi.fn()
const over = vi.fn()
const failures: unknown[] = []
let run: Run

const socket = (path: string): FakeSocket => FakeSocket.all.findLast(({ url }) => url.endsWith(path))!
const hello = () => JSON.parse(String(socket('/ws/signal').sent[0]))
const begin = () => {
  run = startRun({
    options: settleOptions({ key: 'k' }, 'https://server.example'),
    visit: createVisit('k'),
    cause: 'load',
    began: performance.now(),
    on: { started: () => {}, link: () => {}, over },
  })
}
/** With the relay as its link. */
const connect = (welcome: object = {}) => {
  socket('/ws/signal').open({ ...WELCOME, ...welcome })
  socket('/ws/relay').open(HAVE)
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('RTCPeerConnection', peers)
  FakeSocket.all = []
  recordings.length = failures.length = 0
  over.mockReset()
  vi.mocked(sendBeacon).mockReset()
  peers.mockReset().mockImplementation(function () {
    throw new Error('no peers here')
  })
  tellErrors((error) => failures.push(error))
  vi.mocked(startRecording)
    .mockReset()
    .mockImplementation(() => {
      recordings.push({ pause: vi.fn(), stop: vi.fn() })
      return recordings.at(-1) as unknown as Recording
    })
  begin()
})
afterEach(() => {
  run.end('pagehide')
  vi.useRealTimers()
  vi.unstubAllGlobals()
  localStorage.clear()
})

test('an agent that comes after the welcome is tried', () => {
  connect()
  expect(peers).not.toHaveBeenCalled()
  socket('/ws/signal').say({ t: 'restart' })
  expect(peers).toHaveBeenCalledOnce()
})

test('half a surrogate pair in the title does not spoil the hello', () => {
  document.title = 'cut \ud83d'
  socket('/ws/signal').open()
  expect(socket('/ws/signal').sent[0]).not.toMatch(/\\ud83d/)
  expect(hello().page.title).toBe('cut \ufffd')
})

test('a picture named title does not spoil it either', () => {
  document.title = 'Plants'
  Object.defineProperty(document, 'title', { value: document.createElement('img'), configurable: true })
  socket('/ws/signal').open()
  Reflect.deleteProperty(document, 'title')
  expect(hello().page.title).toBe('Plants')
})

test('a mistake of ours in a socket does not reach the page', () => {
  vi.spyOn(FakeSocket.prototype, 'close').mockImplementation(() => {})
  const broken = new Error('ours')
  Object.defineProperty(socket('/ws/signal'), 'send', {
    value: () => {
      throw broken
    },
  })
  expect(() => socket('/ws/signal').open()).not.toThrow()
  expect(failures).toEqual([broken])
})

test('identify and track before the welcome outlive a stricter policy of the project', () => {
  run.emit('identify', { id: 'ada', traits: {} })
  run.emit('dom', { type: 2, data: 'loose' })
  run.emit('track', { name: 'early', properties: {} })
  connect({ policy: 'strict' })
  vi.advanceTimersByTime(600)
  const told = socket('/ws/relay').sent.filter((data) => typeof data !== 'string').map((data) => new TextDecoder().decode(data))
  expect(told.join()).toMatch(/ada.*early/)
  expect(told.join()).not.toContain('loose')
  expect(recordings).toHaveLength(2)
})

const fill = () => {
  for (let index = 0; index < 40; index++) run.emit('dom', { type: 3, data: 'x'.repeat(KEEP_BYTES / 8) })
  vi.advanceTimersByTime(600)
}
/** A store that is there again for a moment. */
const drain = () => {
  socket('/ws/relay').say({ t: 'ack', seq: 1_000_000 })
  vi.advanceTimersByTime(1)
}

test('a recorder that was paused goes on when there is room, at most once a minute', async () => {
  vi.stubGlobal('CompressionStream', undefined)
  run.end('stopped')
  begin()
  connect()
  const { pause } = recordings.at(-1)!
  fill()
  expect(pause.mock.calls).toEqual([[true]])
  drain()
  expect(pause.mock.calls).toEqual([[true], [false]])
  fill()
  drain()
  expect(pause.mock.calls).toEqual([[true], [false], [true]])
  vi.advanceTimersByTime(61_000)
  expect(pause.mock.calls).toEqual([[true], [false], [true], [false]])
})

test('stop in a page that stays waits for the acks on the link, then closes', () => {
  connect()
  run.emit('track', { name: 'a', properties: {} })
  run.end('stopped')
  const relay = socket('/ws/relay')
  expect(relay.frames).toBeGreaterThan(0)
  vi.advanceTimersByTime(1_000)
  expect(relay.readyState).toBe(1)
  relay.say({ t: 'ack', seq: 5 })
  vi.advanceTimersByTime(100)
  expect([relay.readyState, socket('/ws/signal').readyState]).toEqual([3, 3])
})

test('… but not for ever, and not when the page goes', () => {
  connect()
  run.end('stopped')
  vi.advanceTimersByTime(5_100)
  expect(socket('/ws/relay').readyState).toBe(3)
  begin()
  connect()
  run.end('stopped')
  window.dispatchEvent(new Event('pagehide'))
  expect(socket('/ws/relay').readyState).toBe(3)
})

test('a page that goes is closed and remembered, whatever its own fetch does', () => {
  connect()
  vi.mocked(sendBeacon).mockImplementation(() => {
    throw new TypeError('stubbed')
  })
  expect(() => run.end('pagehide')).not.toThrow()
  expect(JSON.parse(sessionStorage.getItem('sightline.k.tab') ?? '')).toMatchObject({ open: false })
  expect([socket('/ws/relay').readyState, socket('/ws/signal').readyState]).toEqual([3, 3])
})

test.each([
  ['wss://server.example/ws/signal', 'enforce', true],
  ['wss://server.example/ws/signal', 'report', false],
  ['https://other.example/x', 'enforce', false],
])('a page whose policy forbids %s (%s) gives up: %s', (blockedURI, disposition, stops) => {
  document.dispatchEvent(Object.assign(new Event('securitypolicyviolation'), { blockedURI, disposition }))
  expect(over.mock.calls).toEqual(stops ? [[false, 'forbidden']] : [])
  expect(failures).toHaveLength(stops ? 1 : 0)
})
