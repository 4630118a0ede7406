// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { describeValue } from './describe.ts'

test.each<[unknown, string]>([
  ['text', 'text'],
  [12n, '12n'],
  [undefined, 'undefined'],
  [[1, 'a', null], '[1, "a", null]'],
  [{ a: 1, b: { c: [true] } }, '{a: 1, b: {c: [true]}}'],
  [{ a: { b: { c: { d: 1 } } } }, '{a: {b: {c: {…}}}}'],
  [new Map([['k', 1]]), 'Map(1) [["k", 1]]'],
  [new Set([1]), 'Set(1) [1]'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
  [/x/g, '/x/g'],
  [new TypeError('no'), 'TypeError: no'],
  [{ password: 'x', apiKey: 'y', plan: 'pro' }, '{password: ********, apiKey: ********, plan: "pro"}'],
  [Symbol('s'), 'Symbol(s)'],
  [class Cart {}, 'ƒ Cart()'],
  [new (class Cart {})(), 'Cart {}'],
])('%o', (value, text) => expect(describeValue(value)).toBe(text))

test('bounded in items, and circles end', () => {
  expect(describeValue(Array.from({ length: 30 }, (_, index) => index))).toMatch(/18, 19, …\]$/)
  const circle: unknown[] = []
  circle.push(circle)
  expect(describeValue(circle)).toBe('[[circular]]')
})

test('nothing of the page is called', () => {
  const loud = () => {
    throw new Error('called')
  }
  expect(describeValue(Object.defineProperty({ toString: loud, toJSON: loud }, 'got', { get: loud, enumerable: true }))).toBe(
    '{toString: ƒ loud(), toJSON: ƒ loud(), got: (…)}',
  )
})

test('a large value is read only as far as its text goes', () => {
  let reads = 0
  const leaf = () =>
    new Proxy({} as Record<string, string>, {
      ownKeys: () => Array.from({ length: 20 }, (_, index) => `k${index}`),
      getOwnPropertyDescriptor() {
        reads++
        return { value: 'x'.repeat(1_000), enumerable: true, configurable: true }
      },
    })
  const tree = Array.from({ length: 20 }, () => Array.from({ length: 20 }, leaf))
  expect(describeValue(tree)).toHaveLength(2_000)
  // Asking for its keys looks at each once.
  expect(reads).toBeLessThan(60)
})
