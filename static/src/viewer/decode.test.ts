import { expect, test } from 'vitest'
import { framesOf, rawBytes } from '../wire/batch.ts'
import { encodeFrame } from '../wire/frame.ts'
import { CODEC_JSON } from '../wire/generated.ts'
import { decodeBytes } from './decode.ts'

const STREAM = '01890a5d-ac96-774b-bcce-b302099a8057'

/** A batch whose payload says `text`. */
const frame = (seq: number, text: string): Uint8Array => {
  const raw = rawBytes([text])
  const head = { stream: STREAM, seq, flags: 0, codec: CODEC_JSON, count: 1, firstAt: seq * 10, lastAt: seq * 10, rawLength: raw.length }
  return encodeFrame(framesOf(head, raw)[0] as Parameters<typeof encodeFrame>[0])
}

test('a batch that cannot be read is named, and those around it are there', async () => {
  const parts = [frame(0, '{"at":0,"kind":"track","data":null}'), frame(1, 'no JSON'), frame(2, '{"at":20,"kind":"track","data":null}')]
  const { streams } = await decodeBytes(new Uint8Array(parts.flatMap((part) => [...part])))
  expect(streams).toMatchObject([{ stream: STREAM, damaged: [{ from: 1, to: 1, at: 10 }], batches: [{ firstSeq: 0, size: 37 }, { firstSeq: 2, size: 38 }] }])
})
