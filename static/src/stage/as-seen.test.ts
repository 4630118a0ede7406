import { expect, test } from 'vitest'
import { asSeen } from './as-seen.ts'

test('queries for the dark never match, those for light do', () => {
  expect(asSeen('@media (prefers-color-scheme: dark){a{}}')).toBe('@media (max-width:0px){a{}}')
  expect(asSeen('@media screen and ( prefers-color-scheme:light ){a{}}')).toBe('@media screen and (min-width:0px){a{}}')
})

test('a page that takes both schemes is light; one that is dark by itself stays dark', () => {
  expect(asSeen(':root{color-scheme: light dark}')).toBe(':root{color-scheme: light}')
  expect(asSeen(':root{color-scheme:dark}')).toBe(':root{color-scheme:dark}')
})
