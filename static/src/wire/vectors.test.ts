/** The golden vectors, which pytest reads too (tests/vectors/README.md). */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { batchesOf, eventsOf } from './batch.ts'
import { decodeSignal, decodeToCollector, decodeToViewer } from './control.ts'
import { WireError } from './errors.ts'
import { decodeFrame, decodeFrames, encodeFrame, type Frame } from './frame.ts'

const FOLDER = new URL('../../../tests/vectors/', import.meta.url)

interface Vector {
  readonly about: string
  readonly frames?: object[]
  readonly batches?: unknown[][]
  readonly event_counts?: number[]
  readonly layer?: 'frame' | 'batch'
  readonly error?: string
  readonly close?: number
}

interface MessageCase {
  readonly union: string
  readonly text?: string
  readonly text_length?: number
  readonly message?: object
  readonly unknown?: string[]
  readonly error?: string
  readonly close?: number
}

const bytesOf = (file: string) => new Uint8Array(readFileSync(new URL(file, FOLDER)))
const jsonOf = <T>(file: string): T => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as T
const named = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.bin'))
  .map((file) => file.slice(0, -4))

async function refusalOf(run: () => unknown): Promise<{ error: string; close: number } | undefined> {
  try {
    await run()
  } catch (error) {
    if (error instanceof WireError) return { error: error.code, close: error.close }
    throw error
  }
  return undefined
}

const headOf = ({ firstAt, lastAt, rawLength, payload, ...rest }: Frame) => ({
  ...rest,
  first_at: firstAt,
  last_at: lastAt,
  raw_length: rawLength,
  payload_length: payload.length,
})

async function eventsIn(bytes: Uint8Array) {
  return Promise.all(batchesOf(decodeFrames(bytes)).batches.map(eventsOf))
}

test('there are vectors', () => {
  expect(named.length).toBeGreaterThan(20)
})

test.each(named.filter((name) => !name.startsWith('bad-')))('%s', async (name) => {
  const vector = jsonOf<Vector>(`${name}.json`)
  const bytes = bytesOf(`${name}.bin`)
  const frames = decodeFrames(bytes)
  expect(frames.map(headOf)).toEqual(vector.frames)
  expect(new Uint8Array(frames.flatMap((frame) => [...encodeFrame(frame)]))).toEqual(bytes)
  if (vector.batches) expect(await eventsIn(bytes)).toEqual(vector.batches)
  if (vector.event_counts) expect((await eventsIn(bytes)).map((events) => events.length)).toEqual(vector.event_counts)
})

test.each(named.filter((name) => name.startsWith('bad-')))('%s', async (name) => {
  const { layer, error, close } = jsonOf<Vector>(`${name}.json`)
  const bytes = bytesOf(`${name}.bin`)
  expect(await refusalOf(() => (layer === 'frame' ? decodeFrame(bytes) : eventsIn(bytes)))).toEqual({ error, close })
})

/** What the browser reads; what it writes is checked by the server. */
const DECODERS: { readonly [union: string]: (text: string) => object } = {
  ToCollector: decodeToCollector,
  ToViewer: decodeToViewer,
  ToPeer: decodeSignal,
}

test.each(
  ['control.json', 'signals.json'].flatMap((file) => jsonOf<MessageCase[]>(file)).filter(({ union }) => union in DECODERS),
)('$union $text', async ({ union, text = '', message, error, close }) => {
  const decode = DECODERS[union]!
  if (error) expect(await refusalOf(() => decode(text))).toEqual({ error, close })
  else if (message) expect(decode(text)).toEqual(message)
  else expect(decode(text)).toBeDefined()
})
