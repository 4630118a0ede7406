// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Collector, createCollector } from './collector.ts'
import { settleOptions } from './options.ts'
import { type Run, type RunParts, startRun } from './run.ts'

vi.mock('./run.ts', () => ({ startRun: vi.fn() }))

const began = vi.mocked(startRun)
const told = vi.fn()
let collector: Collector
let run: { emit: ReturnType<typeof vi.fn>; end: ReturnType<typeof vi.fn> }
const parts = (): RunParts => began.mock.lastCall![0]
const begin = (consent?: 'required') =>
  createCollector(settleOptions({ key: 'k', ...(consent && { consent }) }, 'https://server.example'), 0, told)

beforeEach(() => {
  vi.useFakeTimers()
  run = { emit: vi.fn(), end: vi.fn() }
  began.mockReset().mockReturnValue(run as unknown as Run)
  told.mockReset()
  collector = begin()
})
afterEach(() => {
  collector.stop()
  vi.useRealTimers()
})

test('a recording that ended for want of events is followed by none', () => {
  parts().on.over(true, 'recording_ended')
  vi.advanceTimersByTime(3_600_000)
  expect(began).toHaveBeenCalledOnce()
  expect(told).toHaveBeenCalledWith('stop', { reason: 'recording_ended' })
})

test.each(['pointermove', 'keydown', 'input', 'scroll', 'hashchange'])('…until somebody is there: %s', (type) => {
  parts().on.over(true, 'recording_ended')
  document.body.dispatchEvent(new Event(type, { bubbles: true }))
  document.body.dispatchEvent(new Event(type, { bubbles: true }))
  vi.advanceTimersByTime(10)
  expect(began).toHaveBeenCalledTimes(2)
})

test('…or a route is entered; the same address again is none', () => {
  parts().on.over(true, 'recording_ended')
  history.replaceState(null, '', location.href)
  vi.advanceTimersByTime(10)
  expect(began).toHaveBeenCalledOnce()
  history.pushState(null, '', '#another')
  vi.advanceTimersByTime(10)
  expect(began).toHaveBeenCalledTimes(2)
})

test('…or the site says something, which is kept', () => {
  parts().on.over(true, 'recording_ended')
  collector.emit('track', { name: 'paid', properties: {} })
  expect(began).toHaveBeenCalledTimes(2)
  expect(run.emit).toHaveBeenCalledWith('track', { name: 'paid', properties: {} }, undefined)
})

test('a page that goes, or is stopped, is no longer waited for', () => {
  parts().on.over(true, 'recording_ended')
  collector.stop()
  document.body.dispatchEvent(new Event('pointermove', { bubbles: true }))
  vi.advanceTimersByTime(10)
  expect(began).toHaveBeenCalledOnce()
})

test('a stream that cannot go on for another reason is followed at once', () => {
  parts().on.over(true, 'unauthorized')
  vi.advanceTimersByTime(10)
  expect(began).toHaveBeenCalledTimes(2)
})

test('taking consent back empties the storage', () => {
  collector.stop()
  collector = begin('required')
  collector.consent(true)
  localStorage.setItem('sightline.k', '{"handle":"h"}')
  sessionStorage.setItem('sightline.k.tab', '{"id":"t"}')
  collector.consent(false)
  expect(run.end).toHaveBeenCalled()
  expect([localStorage.length, sessionStorage.length]).toEqual([0, 0])
})

test('a mistake of ours in pagehide does not reach the page, and is told', () => {
  run.end.mockImplementation(() => {
    throw new Error('ours')
  })
  expect(() => window.dispatchEvent(new Event('pagehide'))).not.toThrow()
  expect(told).toHaveBeenCalledWith('error', { error: new Error('ours') })
  window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
  expect(began).toHaveBeenCalledTimes(2)
})
