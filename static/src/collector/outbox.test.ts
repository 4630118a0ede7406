import { expect, test, vi } from 'vitest'
import { batchesOf, deflate, eventsOf } from '../wire/batch.ts'
import { decodeFrame, type Frame } from '../wire/frame.ts'
import { createOutbox, KEEP_BYTES, type Outbox } from './outbox.ts'

const STREAM = '00112233-4455-6677-8899-aabbccddeeff'
const log = (text: string) => ({ level: 'log' as const, args: [text], stack: '' })
const noise = (length: number) => Array.from({ length }, () => String.fromCharCode(33 + Math.random() * 90)).join('')

function framesIn(outbox: Outbox): Frame[] {
  const frames: Frame[] = []
  for (let seq = outbox.first, bytes = outbox.frame(seq); bytes; bytes = outbox.frame(++seq)) frames.push(decodeFrame(bytes))
  return frames
}

async function eventsIn(outbox: Outbox) {
  const events = []
  for (const batch of batchesOf(framesIn(outbox)).batches) events.push(...(await eventsOf(batch)))
  return events
}

/** As long as it takes to deflate `times` batches, and so longer than what was begun before. */
async function meanwhile(times = 3) {
  for (let time = 0; time < times; time++) await deflate(new TextEncoder().encode(noise(100_000)))
}

const deflated = (outbox: Outbox, kinds: number) =>
  vi.waitFor(async () => expect((await eventsIn(outbox)).length).toBe(kinds))

test('events come out as gapless frames, in order', async () => {
  const outbox = createOutbox()
  outbox.open(STREAM)
  for (let index = 0; index < 500; index++) {
    outbox.add('console', log(`${index} ${noise(400)}`), index)
    if (index % 50 === 0) outbox.flush(true)
  }
  outbox.flush(true)
  await deflated(outbox, 500)
  expect(framesIn(outbox).map((frame) => frame.seq)).toEqual(framesIn(outbox).map((_, index) => index))
  expect((await eventsIn(outbox)).map((event) => event.at)).toEqual(Array.from({ length: 500 }, (_, index) => index))
  expect(new Set(framesIn(outbox).map((frame) => frame.codec))).toEqual(new Set([0, 1]))
})

test('nothing is numbered before the stream is known, nothing is lost', async () => {
  const outbox = createOutbox()
  for (let index = 0; index < 300; index++) outbox.add('console', log(noise(500)), index)
  outbox.flush(true)
  await meanwhile()
  expect(outbox.frame(0)).toBeUndefined()
  outbox.open(STREAM)
  outbox.flush(true)
  await deflated(outbox, 300)
  expect(framesIn(outbox).every((frame) => frame.stream === STREAM)).toBe(true)
})

test('a small batch does not overtake a large one', async () => {
  const outbox = createOutbox()
  outbox.open(STREAM)
  for (const size of [60_000, 600, 60_000, 10]) {
    outbox.add('console', log(noise(size)), size)
    outbox.flush(true)
  }
  await deflated(outbox, 4)
  const sizes = (await eventsIn(outbox)).map((event) => (event.data as { args: string[] }).args[0]?.length)
  expect(sizes).toEqual([60_000, 600, 60_000, 10])
})

test('acked frames go, and their numbers are not used again', async () => {
  const outbox = createOutbox(false)
  outbox.open(STREAM)
  for (let at = 0; at < 3; at++) {
    outbox.add('track', { name: 'a', properties: {} }, at)
    outbox.flush(true)
  }
  outbox.ack(1)
  expect([outbox.first, outbox.frame(1), framesIn(outbox).length, outbox.waiting]).toEqual([2, undefined, 1, true])
  outbox.ack(0)
  outbox.ack(2)
  expect([outbox.first, outbox.waiting]).toEqual([3, false])
})

test('the end comes at once, behind what is being deflated', async () => {
  const outbox = createOutbox()
  outbox.open(STREAM)
  for (let at = 1; at < 3; at++) {
    outbox.add('console', log(noise(5_000)), at)
    outbox.flush(true)
  }
  // The first is being deflated, the second waits for it.
  await Promise.resolve()
  await Promise.resolve()
  outbox.add('end', { reason: 'pagehide' }, 3)
  outbox.end()
  const kinds = async () => (await eventsIn(outbox)).map((event) => event.kind)
  expect(await kinds()).toEqual(['console', 'console', 'end'])
  expect(framesIn(outbox).at(-1)?.flags).toBe(8)
  await meanwhile()
  expect(await kinds()).toEqual(['console', 'console', 'end'])
})

test('times never go back', async () => {
  const outbox = createOutbox(false)
  outbox.open(STREAM)
  outbox.add('track', { name: 'a', properties: {} }, 50)
  outbox.add('track', { name: 'b', properties: {} }, 20)
  outbox.flush(true)
  expect((await eventsIn(outbox)).map((event) => event.at)).toEqual([50, 50])
})

test('half surrogate pairs, which strict decoders refuse, become U+FFFD', async () => {
  const outbox = createOutbox(false)
  outbox.open(STREAM)
  outbox.add('console', log('a\ud83d \\ud83d 😀'), 1)
  outbox.flush(true)
  const [event] = await eventsIn(outbox)
  expect(event?.data).toEqual(log('a\ufffd \\ud83d 😀'))
})

test('a batch with a snapshot says so', () => {
  const outbox = createOutbox(false)
  outbox.open(STREAM)
  outbox.add('dom', { type: 2, data: {} }, 1)
  outbox.flush(true)
  expect(framesIn(outbox)[0]?.flags).toBe(4)
})

test('an event that no batch may hold is counted instead', async () => {
  const outbox = createOutbox(false)
  outbox.open(STREAM)
  outbox.add('dom', { type: 3, data: 'x'.repeat(33_554_432) }, 1)
  outbox.flush(true)
  expect((await eventsIn(outbox)).map((event) => event.data)).toEqual([{ what: 'dom', reason: 'too_large', count: 1 }])
})

test('sheds pointers, then bodies of console lines; then asks for a pause', async () => {
  const outbox = createOutbox(false)
  const overflow = vi.fn()
  outbox.onOverflow = overflow
  outbox.open(STREAM)
  const fill = (bytes: number) => {
    outbox.add('dom', { type: 3, data: 'x'.repeat(bytes) }, 1)
    outbox.flush(true)
  }
  fill(KEEP_BYTES * 0.8)
  outbox.add('pointer', { x: 1, y: 2, id: 3 }, 2)
  outbox.add('console', log('still whole'), 3)
  fill(KEEP_BYTES * 0.3)
  outbox.add('console', log('without body'), 4)
  outbox.add('error', { type: 'error', message: 'kept', source: '', line: 0, column: 0, stack: '' }, 5)
  outbox.flush(true)
  const told = (await eventsIn(outbox)).filter((event) => event.kind !== 'dom').map((event) => [event.kind, event.data])
  expect(told).toMatchObject([
    ['console', { args: ['still whole'] }],
    ['shed', { what: 'pointer', count: 1, reason: 'backpressure' }],
    ['console', { args: [] }],
    ['error', { message: 'kept' }],
    ['shed', { what: 'console', count: 1, reason: 'backpressure' }],
  ])
  expect(overflow).not.toHaveBeenCalled()
  fill(KEEP_BYTES * 3.5)
  expect(overflow.mock.calls).toEqual([[true]])
  outbox.ack(1_000)
  expect(overflow.mock.calls).toEqual([[true], [false]])
})

test('past the last bound nothing is kept, and all is counted once there is room', async () => {
  const outbox = createOutbox(false)
  outbox.open(STREAM)
  const failure = { type: 'error' as const, message: 'x'.repeat(8_000), source: '', line: 0, column: 0, stack: 'y'.repeat(8_000) }
  for (let index = 0; index < 4_000; index++) {
    outbox.add('error', failure, index)
    if (index % 30 === 0) outbox.flush(true)
  }
  for (const kind of ['request', 'click', 'track', 'identify'] as const) outbox.add(kind, {} as never, 5_000)
  outbox.flush(true)
  const kept = framesIn(outbox)
  expect(kept.reduce((sum, frame) => sum + frame.payload.length, 0)).toBeLessThan(KEEP_BYTES * 4.2)
  outbox.flush(true)
  expect(framesIn(outbox).length).toBe(kept.length)
  const told = (await eventsIn(outbox)).length
  outbox.ack(kept.at(-1)!.seq)
  outbox.flush(true)
  const shed = (await eventsIn(outbox)).map(({ kind, data }) => [kind, data])
  expect(shed).toEqual(
    Object.entries({ error: 4_000 - told, dom: 1, request: 1, click: 1, track: 1, identify: 1 })
      .map(([what, count]) => ['shed', { what, count, reason: 'backpressure' }])
      .sort((one, other) => order(shed, one) - order(shed, other)),
  )
})

const order = (shed: unknown[][], entry: unknown[]) => shed.findIndex(([, data]) => what(data) === what(entry[1]))
const what = (data: unknown) => (data as { what: string }).what

test('what waits to be packed is bounded too', async () => {
  const outbox = createOutbox(false)
  outbox.open(STREAM)
  for (let index = 0; index < 3_000; index++) outbox.add('console', log('z'.repeat(8_000)), index)
  outbox.end()
  const bodies = (await eventsIn(outbox)).filter(({ data }) => (data as { args?: string[] }).args?.length)
  expect(bodies.length).toBeLessThan(2_000)
})

test('a snapshot above every bound asks for no pause, deflated or not', async () => {
  for (const packs of [true, false]) {
    const outbox = createOutbox(packs)
    const overflow = vi.fn()
    outbox.onOverflow = overflow
    outbox.add('dom', { type: 2, data: 'x'.repeat(KEEP_BYTES * 5) }, 1)
    outbox.flush(false)
    outbox.add('pointer', { x: 1, y: 2, id: 3 }, 2)
    outbox.open(STREAM)
    outbox.flush(true)
    await deflated(outbox, 2)
    outbox.ack(framesIn(outbox).at(-1)!.seq)
    expect(overflow).not.toHaveBeenCalled()
    expect(outbox.waiting).toBe(false)
  }
})

test('counts of the same thing are one', async () => {
  const outbox = createOutbox(false)
  outbox.open(STREAM)
  for (let index = 0; index < 5; index++) outbox.add('shed', { what: 'console', count: 1, reason: 'rate' }, index)
  outbox.flush(true)
  expect((await eventsIn(outbox)).map(({ data }) => data)).toEqual([{ what: 'console', count: 5, reason: 'rate' }])
})

test('what no policy changes survives a stricter one, in order', async () => {
  const outbox = createOutbox(false)
  outbox.add('identify', { id: 'packed', traits: {} }, 1)
  outbox.add('dom', { type: 2, data: 'loose' }, 2)
  outbox.flush(false)
  outbox.add('track', { name: 'queued', properties: {} }, 3)
  outbox.add('click', { x: 1, y: 2, id: 3, name: 'loose' }, 4)
  outbox.discard()
  outbox.add('dom', { type: 2, data: 'strict' }, 5)
  outbox.open(STREAM)
  outbox.flush(true)
  expect((await eventsIn(outbox)).map(({ at, kind }) => [at, kind])).toEqual([
    [1, 'identify'],
    [3, 'track'],
    [5, 'dom'],
  ])
})

test('while nothing can be sent, only full batches become frames', () => {
  const outbox = createOutbox(false)
  outbox.open(STREAM)
  outbox.add('console', log('small'), 1)
  outbox.flush(false)
  expect(outbox.frame(0)).toBeUndefined()
  outbox.flush(true)
  expect(outbox.frame(0)).toBeDefined()
})
