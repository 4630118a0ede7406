import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WireError } from './errors.ts'
import { decodeFrame, decodeFrames, encodeFrame, type Frame } from './frame.ts'
import { MAX_FRAME_BYTES } from './generated.ts'

const STREAM = '00112233-4455-6677-8899-aabbccddeeff'

const frame = (over: Partial<Frame> = {}): Frame => ({
  version: 1,
  flags: 0,
  codec: 0,
  count: 1,
  stream: STREAM,
  seq: 7,
  firstAt: 10,
  lastAt: 20,
  rawLength: 2,
  payload: new TextEncoder().encode('[]'),
  ...over,
})

const uint32 = fc.integer({ min: 0, max: 0xffffffff })
const anyFrame: fc.Arbitrary<Frame> = fc
  .record({
    version: fc.constant(1),
    flags: fc.integer({ min: 0, max: 15 }).filter((flags) => (flags & 9) !== 9),
    codec: fc.constantFrom(0, 1),
    count: fc.integer({ min: 1, max: 65_535 }),
    stream: fc.uuid(),
    seq: uint32,
    times: fc.tuple(uint32, uint32),
    rawLength: fc.integer({ min: 0, max: 33_554_432 }),
    payload: fc.uint8Array({ maxLength: 300 }),
  })
  .map(({ times, ...rest }) => ({ ...rest, firstAt: Math.min(...times), lastAt: Math.max(...times) }))

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof WireError) return error.code
    throw error
  }
  return 'none'
}

test('what is encoded decodes to the same', () => {
  fc.assert(
    fc.property(anyFrame, (one) => {
      expect(decodeFrame(encodeFrame(one))).toEqual(one)
    }),
  )
})

test('frames behind each other', () => {
  fc.assert(
    fc.property(fc.array(anyFrame, { maxLength: 5 }), (many) => {
      const bytes = new Uint8Array(many.flatMap((one) => [...encodeFrame(one)]))
      expect(decodeFrames(bytes)).toEqual(many)
    }),
  )
})

test('any changed bit of the payload is noticed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 50 }), fc.nat(), (payload, where) => {
      const bytes = encodeFrame(frame({ payload }))
      bytes[48 + (where % payload.length)]! ^= 1 << (where % 8)
      expect(codeOf(() => decodeFrame(bytes))).toBe('frame_corrupt')
    }),
  )
})

test('any bytes decode or throw a typed error', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void codeOf(() => decodeFrame(bytes))))
})

test('every shorter prefix is truncated', () => {
  const bytes = encodeFrame(frame())
  for (let length = 0; length < bytes.length; length++) {
    expect(codeOf(() => decodeFrame(bytes.subarray(0, length)))).toBe('frame_truncated')
  }
})

const changed = (offset: number, value: number): Uint8Array => {
  const bytes = encodeFrame(frame())
  bytes[offset] = value
  return bytes
}

test.each([
  ['frame_foreign', changed(0, 0x58)],
  ['version', changed(2, 2)],
  ['version', changed(2, 0)],
  ['frame_out_of_range', changed(3, 0x80)],
  ['frame_out_of_range', changed(4, 9)],
  ['frame_out_of_range', changed(5, 1)],
  ['frame_out_of_range', changed(7, 0)],
  ['frame_out_of_range', changed(28, 1)],
  ['batch_too_large', changed(36, 0xff)],
  ['frame_out_of_range', new Uint8Array([...encodeFrame(frame()), 0])],
  ['frame_too_large', new Uint8Array(MAX_FRAME_BYTES + 1)],
])('%s', (code, bytes) => expect(codeOf(() => decodeFrame(bytes))).toBe(code))

test('a payload of more than a frame may have is not read', () => {
  const bytes = encodeFrame(frame({ payload: new Uint8Array(MAX_FRAME_BYTES + 1) }))
  expect(codeOf(() => decodeFrames(bytes, MAX_FRAME_BYTES))).toBe('frame_too_large')
  expect(decodeFrames(bytes)).toHaveLength(1)
})

test('what decode would refuse is not encoded', () => {
  expect(codeOf(() => encodeFrame(frame({ firstAt: 21 })))).toBe('frame_out_of_range')
  expect(codeOf(() => encodeFrame(frame({ flags: 9 })))).toBe('frame_out_of_range')
  expect(codeOf(() => encodeFrame(frame({ stream: 'x' })))).toBe('frame_out_of_range')
})
