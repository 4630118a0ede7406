import { expect, test } from 'vitest'
import { hide, hidePatterns, masked } from './mask.ts'
import { inputRule, stricter, textRule } from './policy.ts'

test.each([
  ['write to mara.lind@example.org today', 'write to ********************* today'],
  ['card 4111 1111 1111 1111.', 'card **** **** **** ****.'],
  ['card 4111-1111-1111-1111', 'card ****-****-****-****'],
  ['call +49 (30) 1234-5678', 'call +** (**) ****-****'],
  ['ssn 078-05-1120', 'ssn ***-**-****'],
  ['id 1234567890', 'id **********'],
])('%s', (text, shown) => expect(hidePatterns(text)).toBe(shown))

test.each(['2026-11-09 12:30', '€ 1,299.00', '12,345,678', 'order FW-10412', '@handle', 'a@b', '10.5 × 20.25', 'M0.12345 6.78'])(
  '%s stays',
  (text) => expect(hidePatterns(text)).toBe(text),
)

test('white space stays where everything is hidden, one star for each character', () => {
  expect(hide('Ab c\n 😀')).toBe('** *\n *')
})

test('long texts without a match are quick', () => {
  const start = performance.now()
  hidePatterns(`${'a'.repeat(500_000)}@`)
  hidePatterns('1 2-'.repeat(200_000))
  expect(performance.now() - start).toBeLessThan(2_000)
})

test('policies and marks', () => {
  expect([textRule('strict', ''), textRule('balanced', ''), textRule('open', '')]).toEqual(['hide', 'patterns', 'keep'])
  expect([inputRule('strict', ''), inputRule('balanced', ''), inputRule('open', '')]).toEqual(['hide', 'hide', 'keep'])
  expect([textRule('open', 'mask'), textRule('strict', 'unmask')]).toEqual(['hide', 'keep'])
  expect([stricter('open', 'balanced'), stricter('strict', 'balanced')]).toEqual(['balanced', 'strict'])
  expect(masked('a@b.de', 'keep')).toBe('a@b.de')
})
