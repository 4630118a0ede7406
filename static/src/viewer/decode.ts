// From bytes to events. Damaged batches are left out and counted; what stands around them stays readable.

import { batchesOf, eventsOf } from '../wire/batch.ts'
import type { Batch } from '../wire/batch.ts'
import { decodeFrames, endsStream } from '../wire/frame.ts'
import type { Frame } from '../wire/frame.ts'
import type { DecodedBatch } from './chunks.ts'

export interface StreamBatches {
  stream: string
  batches: DecodedBatch[]
  ended: boolean
}

export interface Decoded {
  streams: StreamBatches[]
  damaged: number
}

export const decodeBatch = async (batch: Batch): Promise<DecodedBatch> => {
  const [head, tail] = [batch[0], batch.at(-1) ?? batch[0]]
  return { firstSeq: head.seq, lastSeq: tail.seq, firstAt: head.firstAt, lastAt: head.lastAt, events: await eventsOf(batch) }
}

/** Frames one behind the other, as segments and the frames route answer them. */
export const decodeBytes = async (bytes: Uint8Array): Promise<Decoded> => {
  const byStream = new Map<string, Frame[]>()
  for (const frame of decodeFrames(bytes)) {
    const frames = byStream.get(frame.stream)
    if (frames) frames.push(frame)
    else byStream.set(frame.stream, [frame])
  }
  const decoded: Decoded = { streams: [], damaged: 0 }
  for (const [stream, frames] of byStream) await decodeStream(stream, frames, decoded)
  return decoded
}

const decodeStream = async (stream: string, frames: Frame[], decoded: Decoded): Promise<void> => {
  const own: StreamBatches = { stream, batches: [], ended: frames.some(endsStream) }
  for (const batch of batchesOf(frames).batches) {
    try {
      own.batches.push(await decodeBatch(batch))
    } catch {
      decoded.damaged++
    }
  }
  decoded.streams.push(own)
}
