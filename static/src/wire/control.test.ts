import { expect, test } from 'vitest'
import { decodeSignal, decodeToCollector, decodeToViewer } from './control.ts'

const codeOf = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return (error as { code?: unknown }).code
  }
  return undefined
}

test('messages that are understood', () => {
  expect(decodeToCollector('{"t":"have","seq":-1,"credit":9,"live":false,"more":1}')).toMatchObject({ seq: -1 })
  expect(decodeToViewer('{"t":"closed","stream":"x","ended":true}')).toMatchObject({ ended: true })
  expect(decodeSignal('{"t":"restart"}')).toEqual({ t: 'restart' })
})

test.each(['', '[]', 'null', '{}', '{"t":"nothing"}', '{"t":"toString"}', '{"t":"ack"}', '{"t":"ack","seq":"1"}'])(
  '%s is malformed',
  (text) => expect(codeOf(() => decodeToCollector(text))).toBe('message_malformed'),
)

test('messages of another role are malformed', () => {
  expect(codeOf(() => decodeToViewer('{"t":"ack","seq":1}'))).toBe('message_malformed')
})

test('a message that is too large is not parsed', () => {
  expect(codeOf(() => decodeToCollector(' '.repeat(20_000)))).toBe('message_too_large')
})
