import { expect, test } from 'vitest'
import { crc32c } from './crc32c.ts'

test('the checksums of RFC 3720, appendix B.4', () => {
  const counted = Uint8Array.from({ length: 32 }, (_, index) => index)
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43)
  expect(crc32c(counted)).toBe(0x46dd794e)
  expect(crc32c(counted.toReversed())).toBe(0x113fdb5c)
})

test('lengths that are no multiple of four', () => {
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(0))).toBe(0)
})
