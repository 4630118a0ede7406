// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest'
import type { CaptureContext } from './capture.ts'
import { errors, failureOf, rejectionOf } from './errors.ts'

const thrown = (message: string, stack: string) => Object.assign(new Error(message), { stack })
const V8 = `    at pay (https://shop.example/app.js?v=3:10:5)
    at async Promise.all (index 0)
    at <anonymous>:1:2`
const FIREFOX = `pay@https://shop.example/app.js?v=3:10:5
async*run@https://shop.example/app.js:2:1
@https://shop.example/app.js:1:1`

let stop = () => {}
afterEach(() => stop())

test.each([
  ['No account for Ada Vale <ada@example.org>', V8],
  ['Ada Vale\n    at home (call :1:2)\nada@example.org:1:2', V8],
  ['ada@example.org', FIREFOX],
])('strict keeps the message out of the stack: %s', (message, frames) => {
  const stack = frames === V8 ? `Error: ${message}\n${frames}` : frames
  const told = rejectionOf(thrown(message, stack), 'strict')
  expect(told.stack).toBe(frames.replaceAll('?v=3:10:5', ':10:5').replaceAll('?v=3', ''))
  expect(JSON.stringify(told)).not.toMatch(/Ada|ada|home/)
})

test('a message that was changed after the stack was made has no lines in it either', () => {
  const told = failureOf({ error: thrown('another', `Error: Ada Vale <ada@example.org>\nplease call\n${V8}`) }, 'strict')
  expect(told.stack).not.toMatch(/Ada|ada|call/)
  expect(told.stack.split('\n')).toHaveLength(3)
})

test('open tells the stack as it is', () => {
  expect(rejectionOf(thrown('x', `Error: x\n${V8}`), 'open').stack).toBe(`Error: x\n${V8}`)
})

test('fifty in a second are told, the rest is counted', () => {
  vi.spyOn(performance, 'now').mockReturnValue(5_000)
  const emit = vi.fn()
  stop = errors({ emit, policy: 'open', origin: '', idOf: () => -1 } as CaptureContext)
  for (let index = 0; index < 60; index++) window.dispatchEvent(new ErrorEvent('error', { message: 'again' }))
  const counts = emit.mock.calls.map(([kind]) => kind)
  expect(counts.filter((kind) => kind === 'error')).toHaveLength(50)
  expect(emit).toHaveBeenLastCalledWith('shed', { what: 'error', count: 1, reason: 'rate' })
  vi.spyOn(performance, 'now').mockReturnValue(6_000)
  window.dispatchEvent(new ErrorEvent('error', { message: 'later' }))
  expect(emit.mock.lastCall![0]).toBe('error')
})
