import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressAt, consoleRows, eventRows, isFailed, requestRows, statusText } from './facts.ts'
import { clockText, durationText, sizeText } from './format.ts'
import { KEYS, keyRow } from './keys.ts'
import { activeSpan } from './timeline.ts'
import type { PlacedFact, Span } from './timeline.ts'

const span = (id: string, from: number, to: number, activations: number[] = [from], ended = true): Span => ({ id, from, to, activations, ended })

test('the tab that last had attention is shown, while it is open', () => {
  const spans = [span('a', 0, 10_000, [0, 6000]), span('b', 2000, 9000, [2000, 4000])]
  const shown = (time: number) => activeSpan(spans, time)?.id
  expect([0, 1000, 2000, 5000, 6000, 9500].map(shown)).toEqual(['a', 'a', 'b', 'b', 'a', 'a'])
})

test('between page loads the last page stays', () => {
  const spans = [span('a', 0, 1000), span('b', 3000, 4000)]
  expect([500, 2000, 3500, 9000].map((time) => activeSpan(spans, time)?.id)).toEqual(['a', 'a', 'b', 'b'])
  expect(activeSpan([], 5)).toBeNull()
  expect(activeSpan([span('late', 700, 900)], 5)?.id).toBe('late')
})

const fact = (time: number, kind: string, data: unknown): PlacedFact => ({ at: time, time, kind, data, stream: 's' })

test('a request is one row from its start to its end', () => {
  const facts = [
    fact(10, 'request', { id: 1, phase: 'start', initiator: 'fetch', method: 'get', url: 'https://a/x?y=1' }),
    fact(20, 'request', { id: 2, phase: 'start', initiator: 'xhr', method: 'POST', url: '/b' }),
    fact(90, 'request', { id: 1, phase: 'end', status: 500, duration: 80, size: 12, outcome: 'ok' }),
  ]
  const rows = requestRows(facts)
  expect(rows.map((row) => [row.time, row.method, statusText(row), isFailed(row)])).toEqual([[10, 'GET', '500', true], [20, 'POST', 'pending', false]])
  expect(eventRows(facts, rows, [])).toEqual([{ time: 10, kind: 'failed', label: 'GET /x?y=1 500' }])
})

const KINDS = ['console', 'error', 'request', 'page', 'click', 'visibility', 'identify', 'track', 'shed', 'end', 'none']
const FIELDS = ['args', 'level', 'stack', 'message', 'type', 'source', 'line', 'id', 'phase', 'url', 'title', 'name', 'state', 'count', 'reason', 'duration']
/** Any JSON, objects that have methods of Object as fields among it. */
const json = fc.oneof(fc.jsonValue(), fc.constantFrom('toString', 'valueOf', 'toJSON', '__proto__').map((name) => ({ [name]: 1 })))
const data = fc.oneof(json, fc.dictionary(fc.constantFrom(...FIELDS), fc.oneof(json, fc.array(json))))

test('whatever a fact holds, the lists show text', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...KINDS), data), { maxLength: 12 }), (said) => {
      const facts = said.map(([kind, held], i) => fact(i, kind, held))
      for (const row of consoleRows(facts)) expect([typeof row.text, typeof row.detail]).toEqual(['string', 'string'])
      for (const row of eventRows(facts, requestRows(facts), [])) expect(typeof row.label).toBe('string')
      expect(typeof addressAt(facts, 's', 99, '')).toBe('string')
    }),
  )
})

test('a tab that is visible from the first is no event, one that comes back is', () => {
  const facts = [fact(0, 'visibility', { state: 'visible' }), fact(5, 'visibility', { state: 'hidden' }), fact(9, 'visibility', { state: 'visible' })]
  expect(eventRows(facts, [], []).map((row) => row.time)).toEqual([5, 9])
})

test('times and sizes', () => {
  expect([clockText(0), clockText(61_900), clockText(3_661_000)]).toEqual(['0:00', '1:01', '1:01:01'])
  expect([durationText(84.2), durationText(1240), durationText(125_000)]).toEqual(['84 ms', '1.24 s', '2 min 5 s'])
  expect([sizeText(-1), sizeText(812), sizeText(4100)]).toEqual(['–', '812 B', '4.1 kB'])
})

test('every key of the list has one meaning', () => {
  const press = (key: string, shiftKey = false) => keyRow({ key, shiftKey, ctrlKey: false, altKey: false, metaKey: false })
  for (const row of KEYS) for (const key of row.keys) expect(press(key, row.shift ?? false)).toBe(row)
  expect(keyRow({ key: 'f', shiftKey: false, ctrlKey: true, altKey: false, metaKey: false })).toBeUndefined()
})
