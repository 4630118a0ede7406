// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchResets } from './form-resets.ts'
import { tellErrors } from './guard.ts'

const tell = vi.fn()
const failures: unknown[] = []
let stop: () => void
beforeEach(() => {
  vi.useFakeTimers()
  tell.mockReset()
  failures.length = 0
  tellErrors((error) => failures.push(error))
  stop = watchResets(window, { idOf: () => 5, tell })
})
afterEach(() => {
  stop()
  vi.useRealTimers()
})

test('the fields of a form that is reset are told, also where one hides the list of them', () => {
  document.body.innerHTML = '<form><input name=x value=a><button>b</button></form>'
  const form = document.querySelector('form')!
  // As `<input name=elements>` does in browsers.
  Object.defineProperty(form, 'elements', { value: document.querySelector('input') })
  form.querySelector('input')!.value = 'typed'
  form.reset()
  vi.runAllTimers()
  expect(tell).toHaveBeenCalledExactlyOnceWith({ type: 3, data: { source: 5, id: 5, text: 'a', isChecked: false } })
})

test('an event of that name from elsewhere harms nobody', () => {
  document.body.dispatchEvent(new Event('reset', { bubbles: true }))
  expect(() => vi.runAllTimers()).not.toThrow()
  expect(tell).not.toHaveBeenCalled()
})
