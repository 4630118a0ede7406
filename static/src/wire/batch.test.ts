import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Batch, batchesOf, deflate, eventsOf, framesOf, rawBytes, type WireEvent } from './batch.ts'
import { WireError } from './errors.ts'
import { decodeFrame, encodeFrame, type Frame } from './frame.ts'

const STREAM = '00112233-4455-6677-8899-aabbccddeeff'

async function pack(events: WireEvent[], { seq = 0, flags = 0, codec = 1, raw = rawOfEvents(events) } = {}) {
  const payload = codec ? await deflate(raw) : raw
  const head = { stream: STREAM, seq, flags, codec, count: events.length, rawLength: raw.length }
  return framesOf({ ...head, firstAt: events[0]!.at, lastAt: events.at(-1)!.at }, payload)
}

const rawOfEvents = (events: WireEvent[]) => rawBytes(events.map((event) => JSON.stringify(event)))

const codeOf = async (run: () => unknown): Promise<string> => {
  try {
    await run()
  } catch (error) {
    if (error instanceof WireError) return error.code
    throw error
  }
  return 'none'
}

const batchOf = (frames: Frame[]): Batch => {
  const [batch] = batchesOf(frames).batches
  if (!batch) throw new Error('no whole batch')
  return batch
}

/** As in a segment: the whole payload in the first frame, the rest empty. */
const sealed = (frames: Frame[], payload: Uint8Array): Frame[] =>
  frames.map((frame, index) => ({ ...frame, codec: 0, payload: index ? new Uint8Array(0) : payload }))

const noise = (length: number): string =>
  Array.from({ length }, (_, index) => String.fromCharCode(33 + ((index * 7919 * (index % 97)) % 90))).join('')

const anyEvents = fc
  .array(fc.record({ at: fc.double({ min: 0, max: 1e6, noNaN: true }), kind: fc.string(), data: fc.jsonValue() }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((events) => events.map((event) => JSON.parse(JSON.stringify(event)) as WireEvent))
  .map((events) => events.toSorted((a, b) => a.at - b.at))

test('events come back as they were, over the wire, deflated or not', async () => {
  await fc.assert(
    fc.asyncProperty(anyEvents, fc.constantFrom(0, 1), async (events, codec) => {
      const frames = (await pack(events, { codec })).map((frame) => decodeFrame(encodeFrame(frame)))
      expect(await eventsOf(batchOf(frames))).toEqual(events)
    }),
    { numRuns: 40 },
  )
})

test('a large batch goes over several frames and ends with the last', async () => {
  const events = [{ at: 1, kind: 'dom', data: noise(200_000) }]
  const frames = await pack(events, { codec: 0, seq: 5, flags: 4 | 8 })
  expect(frames.map(({ seq, flags }) => [seq, flags])).toEqual([
    [5, 5],
    [6, 7],
    [7, 7],
    [8, 14],
  ])
  expect(await eventsOf(batchOf(frames))).toEqual(events)
  expect(await eventsOf(batchOf(sealed(frames, rawOfEvents(events))))).toEqual(events)
})

test('a batch that is not whole yet waits', async () => {
  const small = await pack([{ at: 1, kind: 'a', data: null }])
  const large = await pack([{ at: 2, kind: 'b', data: noise(100_000) }], { codec: 0, seq: small.length })
  const { batches, whole } = batchesOf([...small, ...large.slice(0, 1)])
  expect([batches.length, whole]).toEqual([1, 1])
})

test('a batch that begins, goes on or ends where it must not', async () => {
  const large = await pack([{ at: 2, kind: 'b', data: noise(200_000) }], { codec: 0 })
  const single = await pack([{ at: 2, kind: 'b', data: 1 }], { seq: 1 })
  expect(await codeOf(() => batchesOf(large.slice(1)))).toBe('batch_corrupt')
  expect(await codeOf(() => batchesOf([large[0]!, large[2]!]))).toBe('batch_corrupt')
  expect(await codeOf(() => batchesOf([large[0]!, ...single]))).toBe('batch_corrupt')
})

test('a bomb inflates to no more than was declared', async () => {
  const raw = rawBytes([JSON.stringify({ at: 0, kind: 'a', data: ' '.repeat(5_000_000) })])
  const [frame] = framesOf(
    { stream: STREAM, seq: 0, flags: 0, codec: 1, count: 1, firstAt: 0, lastAt: 0, rawLength: 100 },
    await deflate(raw),
  )
  expect(await codeOf(() => eventsOf([frame!]))).toBe('batch_too_large')
})

test('payloads that are not what the header declares', async () => {
  const [good] = await pack([{ at: 1, kind: 'a', data: 1 }]) as [Frame]
  const broken: Frame[] = [
    { ...good, rawLength: good.rawLength + 1 },
    { ...good, count: 2 },
    { ...good, firstAt: 2, lastAt: 3 },
    { ...good, firstAt: 0, lastAt: 0 },
    { ...good, payload: good.payload.subarray(0, -1) },
    { ...good, payload: new Uint8Array([...good.payload, 0]) },
    { ...good, payload: new Uint8Array([255, 255]) },
    { ...good, codec: 0 },
  ]
  for (const frame of broken) expect(await codeOf(() => eventsOf([frame]))).toBe('batch_corrupt')
})

test.each(['{}', '[1]', '[{"at":"1","kind":"a","data":1}]', '[{"at":1,"kind":"a"}]', '[', '[null]', '\ufeff[]'])(
  '%s is no array of events',
  async (text) => {
    const raw = new TextEncoder().encode(text)
    const frames = await pack([{ at: 1, kind: 'a', data: 1 }], { codec: 0, raw })
    expect(await codeOf(() => eventsOf(batchOf(frames)))).toBe('batch_corrupt')
  },
)
