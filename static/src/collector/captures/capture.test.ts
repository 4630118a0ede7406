// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest'
import { lay } from './capture.ts'
import { onHistory } from './navigation.ts'

let stop = () => {}
afterEach(() => stop())

test('what is laid over a function looks like it', () => {
  const object = { size: Math.max }
  stop = lay(object, 'size', (call) => call())
  expect([object.size.name, object.size.length, String(object.size), 'prototype' in object.size]).toEqual([
    'max',
    2,
    'function () { [native code] }',
    false,
  ])
  expect(object.size(1, 3)).toBe(3)
})

test('what somebody laid over it stays, and it passes on', () => {
  const object = { add: (one: number, two: number) => one + two }
  const over = vi.fn((call: () => unknown) => call())
  stop = lay(object, 'add', over)
  const beneath = object.add
  const mine = (one: number, two: number) => beneath(one, two) * 10
  object.add = mine
  stop()
  expect(object.add).toBe(mine)
  expect(object.add(1, 2)).toBe(30)
  expect(over).not.toHaveBeenCalled()
})

test('the History API is laid over where it lives, and the object gets no keys', () => {
  const told = vi.fn()
  stop = onHistory(told)
  expect(Object.keys(history)).toEqual([])
  history.pushState(null, '', '#one')
  history.replaceState(null, '', '#two')
  expect(told.mock.calls).toEqual([['push'], ['replace']])
})

test('… and over what the page has laid on the object before', () => {
  const native = history.pushState
  history.pushState = function (...args) {
    native.apply(this, args)
  }
  const told = vi.fn()
  stop = onHistory(told)
  history.pushState(null, '', '#three')
  expect(told.mock.calls).toEqual([['push']])
  stop()
  Reflect.deleteProperty(history, 'pushState')
})

test('what goes wrong in telling does not reach the page', () => {
  stop = onHistory(() => {
    throw new Error('ours')
  })
  expect(() => history.pushState(null, '', '#four')).not.toThrow()
})
