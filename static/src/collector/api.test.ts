// @vitest-environment happy-dom
// @vitest-environment-options { "url": "https://shop.example/page" }
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createApi, type Sightline } from './api.ts'
import { type Collector, createCollector } from './collector.ts'

vi.mock('./collector.ts', () => ({ createCollector: vi.fn() }))

const begun = vi.mocked(createCollector)
const page = window as { sightline?: unknown }
let emit: ReturnType<typeof vi.fn>
let api: Sightline
const make = () => createApi({ origin: 'https://server.example', loadedAt: 0, early: [] })

beforeEach(() => {
  emit = vi.fn()
  begun.mockReset().mockReturnValue({ emit } as unknown as Collector)
  api = make()
})
afterEach(() => {
  delete page.sightline
  document.head.innerHTML = ''
})

test('traits and properties may be null', () => {
  api.init({ key: 'k' })
  api('identify', 'ada', null)
  api.track('paid', null)
  expect(emit.mock.calls).toEqual([
    ['identify', { id: 'ada', traits: {} }],
    ['track', { name: 'paid', properties: {} }],
  ])
})

test('an odd property is left out alone', () => {
  api.init({ key: 'k' })
  const circle: { self?: unknown } = {}
  circle.self = circle
  const odd = { big: 1n, sign: Symbol('x'), run: () => 1, none: undefined, circle }
  const throwing = Object.defineProperty({ ...odd, plan: 'pro' }, 'thrower', {
    enumerable: true,
    get() {
      throw new Error('no')
    },
  })
  api.track('odd', throwing)
  expect(emit).toHaveBeenCalledWith('track', { name: 'odd', properties: { plan: 'pro' } })
})

test('properties are bounded', () => {
  api.init({ key: 'k' })
  api.track('large', { small: 1, large: 'x'.repeat(9_000) })
  expect(emit).toHaveBeenCalledWith('track', { name: 'large', properties: { small: 1 } })
})

test('what is said before init waits, up to a bound', () => {
  for (let index = 0; index < 3_000; index++) api.track('early', {})
  api.init({ key: 'k' })
  expect(emit).toHaveBeenCalledTimes(1_000)
})

test('the server’s own pages are not recorded', () => {
  api.init({ key: 'k', origin: location.origin })
  expect(begun).not.toHaveBeenCalled()
})

test('a page that says so is not recorded', () => {
  document.head.innerHTML = '<meta name="sightline" content="off">'
  api.init({ key: 'k' })
  expect(begun).not.toHaveBeenCalled()
})

test('nothing is recorded twice', () => {
  api.init({ key: 'k' })
  make().init({ key: 'k' })
  expect(begun).toHaveBeenCalledOnce()
})

test('nothing is recorded beside a snippet that is about to', () => {
  page.sightline = Object.assign(() => {}, { loader: {} })
  api.init({ key: 'k' })
  expect(begun).not.toHaveBeenCalled()
})

test('a frame is recorded by its page', () => {
  vi.spyOn(window, 'parent', 'get').mockReturnValue({ sightline: () => {} } as unknown as typeof window)
  api.init({ key: 'k' })
  expect(begun).not.toHaveBeenCalled()
})
