// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { CaptureContext } from './capture.ts'
import { network } from './network.ts'

const emit = vi.fn()
let stop: () => void
const begin = () => {
  stop = network({ emit, policy: 'open', origin: 'https://server.example', idOf: () => -1 } as CaptureContext)
}
const told = () => emit.mock.calls.map(([kind, data]) => [kind, data.phase, data.outcome].filter(Boolean).join(' '))
const fetchWith = (value: unknown) => Object.defineProperty(window, 'fetch', { value, configurable: true, writable: true })
const native = Object.getOwnPropertyDescriptor(window, 'fetch')!
const { open, send } = XMLHttpRequest.prototype

beforeEach(() => {
  emit.mockReset()
})
afterEach(() => {
  stop()
  Object.defineProperty(window, 'fetch', native)
  Object.assign(XMLHttpRequest.prototype, { open, send })
})

test.each([undefined, null, 7, { ok: true }])('a stand-in for fetch may answer %o', (answer) => {
  fetchWith(() => answer)
  begin()
  expect(fetch('/x')).toBe(answer)
  expect(told()).toEqual([])
})

test('a request is told when it starts and when it is over', async () => {
  fetchWith(() => Promise.resolve(new Response('x', { headers: { 'content-length': '1' } })))
  begin()
  expect((await fetch('https://a.example/x?y')).status).toBe(200)
  expect(told()).toEqual(['request start', 'request end ok'])
  expect(emit.mock.calls[0]![1].url).toBe('https://a.example/x')
})

test('an XHR that throws is over', () => {
  XMLHttpRequest.prototype.open = () => {}
  XMLHttpRequest.prototype.send = () => {
    throw new DOMException('away', 'NetworkError')
  }
  begin()
  const xhr = new XMLHttpRequest()
  xhr.open('GET', 'https://a.example/x', false)
  expect(() => xhr.send()).toThrow('away')
  xhr.dispatchEvent(new Event('loadend'))
  expect(told()).toEqual(['request start', 'request end failed'])
})

test('a hundred in a second are told, the rest is counted', () => {
  vi.spyOn(performance, 'now').mockReturnValue(5_000)
  fetchWith(() => new Promise(() => {}))
  begin()
  for (let index = 0; index < 110; index++) void fetch('https://a.example/x')
  expect(told().filter((line) => line === 'request start')).toHaveLength(100)
  expect(emit.mock.calls.filter(([kind]) => kind === 'shed')).toHaveLength(10)
})
