/** Batches: events to frames and back (sessions/wire/batch.py). A batch is a JSON array of events in one or more frames. */
import { WireError } from './errors.ts'
import { type Frame, isContinued, isMore } from './frame.ts'
import {
  CODEC_DEFLATE,
  CODEC_JSON,
  FLAG_CONTINUED,
  FLAG_END,
  FLAG_MORE,
  HEADER_BYTES,
  type Kinds,
  MAX_BATCH_FRAMES,
  MAX_FRAME_BYTES,
  WIRE_VERSION,
} from './generated.ts'

export type Kind = keyof Kinds

/** An event of a kind that this version knows. */
export type KnownEvent = { [K in Kind]: { at: number; kind: K; data: Kinds[K] } }[Kind]

/** Any event: `data` was written by a stranger and `kind` may be one that only a newer version knows. */
export interface WireEvent {
  /** ms since the stream began; monotonic. */
  readonly at: number
  readonly kind: string
  readonly data: unknown
}

/** The frames of one batch, first to last, without a hole. Never empty. */
export type Batch = readonly [Frame, ...Frame[]]

/**
 * Groups frames of one stream, in order, into whole batches. Throws `batch_corrupt` for one that begins, goes on or
 * ends where it must not. A last batch that is not whole yet is left out; `whole` says how many frames were used.
 */
export function batchesOf(frames: Iterable<Frame>): { batches: Batch[]; whole: number } {
  const batches: Batch[] = []
  let open: Frame[] = []
  let whole = 0
  for (const frame of frames) {
    const before = open.at(-1)
    if (isContinued(frame) !== (before !== undefined) || (before && frame.seq !== before.seq + 1)) {
      throw new WireError('batch_corrupt', `seq ${frame.seq} does not go on where the last frame stopped`)
    }
    open.push(frame)
    if (open.length > MAX_BATCH_FRAMES) throw new WireError('batch_too_large', `${open.length} frames`)
    if (isMore(frame)) continue
    batches.push(open as [Frame, ...Frame[]])
    whole += open.length
    open = []
  }
  return { batches, whole }
}

/** The batch as JSON bytes; inflates no more than was declared. Throws `batch_corrupt` or `batch_too_large`. */
export async function rawOf(batch: Batch): Promise<Uint8Array> {
  const payload = joined(batch.map((frame) => frame.payload))
  const { codec, rawLength } = batch[0]
  const raw = codec === CODEC_JSON ? payload : await inflate(payload, rawLength)
  if (raw.length !== rawLength) {
    throw new WireError('batch_corrupt', `${raw.length} bytes where ${rawLength} were declared`)
  }
  return raw
}

/** The batch's events. Throws `batch_corrupt` where they do not fit the header, and what `rawOf` throws. */
export async function eventsOf(batch: Batch): Promise<WireEvent[]> {
  const head = batch[0]
  const events = parse(await rawOf(batch))
  if (events.length !== head.count) {
    throw new WireError('batch_corrupt', `${events.length} events where ${head.count} were declared`)
  }
  if (events.some((event) => !(event.at >= head.firstAt && event.at < head.lastAt + 1))) {
    throw new WireError('batch_corrupt', 'an event lies outside the declared times')
  }
  return events
}

export interface BatchHead {
  readonly stream: string
  /** Number of the batch's first frame. */
  readonly seq: number
  readonly flags: number
  readonly codec: number
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
  readonly rawLength: number
}

const MAX_PAYLOAD = MAX_FRAME_BYTES - HEADER_BYTES

/** The frames of a batch whose payload was made by `rawBytes` and perhaps `deflate`; `most` bytes of it in each. */
export function framesOf(head: BatchHead, payload: Uint8Array, most: number = MAX_PAYLOAD): Frame[] {
  const parts = Math.max(1, Math.ceil(payload.length / most))
  return Array.from({ length: parts }, (_, index) => ({
    ...head,
    version: WIRE_VERSION,
    seq: head.seq + index,
    firstAt: Math.floor(head.firstAt),
    lastAt: Math.floor(head.lastAt),
    flags: partFlags(head.flags, index === 0, index === parts - 1),
    payload: payload.subarray(index * most, (index + 1) * most),
  }))
}

function partFlags(flags: number, first: boolean, last: boolean): number {
  const begun = first ? flags : flags | FLAG_CONTINUED
  return last ? begun : (begun & ~FLAG_END) | FLAG_MORE
}

/** The batch as JSON bytes, from events that are JSON already. */
export const rawBytes = (events: readonly string[]): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`[${events.join(',')}]`)

/** Raw DEFLATE (RFC 1951). */
export const deflate = (raw: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> =>
  through(raw, new CompressionStream('deflate-raw'), Infinity)

export const canDeflate = (): boolean => {
  try {
    return !!new CompressionStream('deflate-raw')
  } catch {
    return false
  }
}

export { CODEC_DEFLATE, CODEC_JSON }

async function inflate(payload: Uint8Array<ArrayBuffer>, declared: number): Promise<Uint8Array> {
  try {
    return await through(payload, new DecompressionStream('deflate-raw'), declared)
  } catch (error) {
    if (error instanceof WireError) throw error
    throw new WireError('batch_corrupt', 'not a whole DEFLATE stream')
  }
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const writer = stream.writable.getWriter()
  // What goes wrong here is told by the reading side as well.
  writer.write(bytes).catch(() => {})
  writer.close().catch(() => {})
  const reader = stream.readable.getReader()
  const parts: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return joined(parts)
    length += value.length
    if (length > most) {
      reader.cancel().catch(() => {})
      throw new WireError('batch_too_large', `more than the ${most} bytes declared`)
    }
    parts.push(value)
  }
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function parse(raw: Uint8Array): WireEvent[] {
  try {
    const events: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw))
    if (Array.isArray(events) && events.every(isEvent)) return events
  } catch {
    // Said below: neither UTF-8, nor JSON, nor flat enough.
  }
  throw new WireError('batch_corrupt', 'not a JSON array of events')
}

function isEvent(event: unknown): event is WireEvent {
  if (typeof event !== 'object' || event === null) return false
  const { at, kind } = event as Partial<WireEvent>
  return typeof at === 'number' && Number.isFinite(at) && typeof kind === 'string' && 'data' in event
}
