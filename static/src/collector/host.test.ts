// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest'
import { keepHost } from './host.ts'

const sheets = CSSStyleSheet.prototype as unknown as Record<string, (...args: unknown[]) => unknown>
const native = { insertRule: () => 0, deleteRule: () => undefined, addRule: () => -1 }
// Own properties of the prototype, as in browsers.
beforeEach(() => void Object.assign(sheets, native))

/** As rrweb does it: keeps what it finds, and puts that back without a look. */
function replace(object: Record<string, unknown>, name: string): () => void {
  const before = object[name] as (...args: unknown[]) => unknown
  object[name] = function (this: unknown, ...args: unknown[]) {
    return before.apply(this, args)
  }
  return () => {
    object[name] = before
  }
}

test('everything is put back', () => {
  const host = keepHost()
  const stops = ['insertRule', 'deleteRule'].map((name) => replace(sheets, name))
  stops.push(replace(customElements as unknown as Record<string, unknown>, 'define'))
  // Some it leaves replaced.
  replace(sheets, 'addRule')
  host.laid()
  host.restore(() => stops.forEach((stop) => stop()))
  expect(sheets['insertRule']).toBe(native.insertRule)
  expect(sheets['deleteRule']).toBe(native.deleteRule)
  expect(sheets['addRule']).toBe(native.addRule)
  expect(Object.hasOwn(customElements, 'define')).toBe(false)
})

test('what the page laid over it meanwhile stays', () => {
  const host = keepHost()
  const stop = replace(sheets, 'insertRule')
  host.laid()
  const beneath = sheets['insertRule']!
  const mine = function (this: unknown, ...args: unknown[]) {
    return beneath.apply(this, args)
  }
  sheets['insertRule'] = mine
  host.restore(stop)
  expect(sheets['insertRule']).toBe(mine)
})

test('what the page laid before rrweb came stays', () => {
  const host = keepHost()
  const mine = () => 7
  sheets['insertRule'] = mine
  const stop = replace(sheets, 'insertRule')
  host.laid()
  host.restore(stop)
  expect(sheets['insertRule']).toBe(mine)
})

test('errors that a call of the page has earned are known', () => {
  const earned = new RangeError('99')
  sheets['deleteRule'] = () => {
    throw earned
  }
  const host = keepHost()
  expect(() => new CSSStyleSheet().deleteRule(99)).toThrow(earned)
  expect([host.earned(earned), host.earned(new RangeError('99'))]).toEqual([true, false])
  host.restore(() => {})
})
