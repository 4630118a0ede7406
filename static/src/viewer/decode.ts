// From bytes to events. Damaged batches are left out and named; what stands around them stays readable.

import { batchesOf, eventsOf } from '../wire/batch.ts'
import type { Batch } from '../wire/batch.ts'
import { decodeFrames, endsStream } from '../wire/frame.ts'
import type { Frame } from '../wire/frame.ts'
import type { DecodedBatch, Range } from './chunks.ts'

export interface StreamBatches {
  stream: string
  batches: DecodedBatch[]
  /** What cannot be read, and where it would have stood. */
  damaged: (Range & { at: number })[]
  ended: boolean
}

export interface Decoded {
  streams: StreamBatches[]
}

export const decodeBatch = async (batch: Batch): Promise<DecodedBatch> => {
  const [head, tail] = [batch[0], batch.at(-1) ?? batch[0]]
  const { seq: firstSeq, firstAt, lastAt, rawLength: size } = head
  return { firstSeq, lastSeq: tail.seq, firstAt, lastAt, size, events: await eventsOf(batch) }
}

/** Frames one behind the other, as segments and the frames route answer them. */
export const decodeBytes = async (bytes: Uint8Array): Promise<Decoded> => {
  const byStream = new Map<string, Frame[]>()
  for (const frame of decodeFrames(bytes)) {
    const frames = byStream.get(frame.stream)
    if (frames) frames.push(frame)
    else byStream.set(frame.stream, [frame])
  }
  const streams: StreamBatches[] = []
  for (const [stream, frames] of byStream) streams.push(await decodeStream(stream, frames))
  return { streams }
}

const decodeStream = async (stream: string, frames: Frame[]): Promise<StreamBatches> => {
  const own: StreamBatches = { stream, batches: [], damaged: [], ended: frames.some(endsStream) }
  for (const batch of batchesOf(frames).batches) {
    try {
      own.batches.push(await decodeBatch(batch))
    } catch {
      const [head, tail] = [batch[0], batch.at(-1) ?? batch[0]]
      own.damaged.push({ from: head.seq, to: tail.seq, at: head.firstAt })
    }
  }
  return own
}
