/** CRC-32C, the Castagnoli polynomial (RFC 3720, appendix B.4), four bytes at a time ("slicing by 4"). */

const POLYNOMIAL = 0x82f63b78
let tables: readonly Uint32Array[] | undefined

/** The checksum of `bytes` as an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array): number {
  const [t0, t1, t2, t3] = (tables ??= makeTables()) as [Uint32Array, Uint32Array, Uint32Array, Uint32Array]
  const whole = bytes.length & ~3
  let crc = 0xffffffff
  let at = 0
  // The indices are masked to the tables' and the array's bounds, so none of these reads is undefined.
  for (; at < whole; at += 4) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    crc = t3[crc & 255]! ^ t2[(crc >>> 8) & 255]! ^ t1[(crc >>> 16) & 255]! ^ t0[crc >>> 24]!
  }
  for (; at < bytes.length; at++) crc = t0[(crc ^ bytes[at]!) & 255]! ^ (crc >>> 8)
  return ~crc >>> 0
}

function makeTables(): Uint32Array[] {
  const made = [0, 1, 2, 3].map(() => new Uint32Array(256))
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    made[0]![byte] = crc
  }
  for (let byte = 0; byte < 256; byte++) {
    for (let slice = 1; slice < 4; slice++) {
      const before = made[slice - 1]![byte]!
      made[slice]![byte] = (before >>> 8) ^ made[0]![before & 255]!
    }
  }
  return made
}
