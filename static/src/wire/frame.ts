/**
 * The frame: a fixed binary header and a payload. The layout stands in sessions/wire/frame.py; this file reads and
 * writes the same bytes (tests/vectors holds both to it). All numbers are unsigned and big-endian.
 */
import { crc32c } from './crc32c.ts'
import { WireError } from './errors.ts'
import {
  CODEC_DEFLATE,
  CODEC_JSON,
  FLAG_CONTINUED,
  FLAG_END,
  FLAG_MORE,
  FLAG_SNAPSHOT,
  HEADER_BYTES,
  MAX_BATCH_RAW_BYTES,
  MAX_EVENTS_PER_FRAME,
  MAX_FRAME_BYTES,
  WIRE_VERSION,
  WIRE_VERSION_OLDEST,
} from './generated.ts'

const FLAGS_KNOWN = FLAG_MORE | FLAG_CONTINUED | FLAG_SNAPSHOT | FLAG_END
const MAGIC = 0x534c
const STREAM_AT = 8

export interface Frame {
  readonly version: number
  readonly flags: number
  readonly codec: number
  /** Events in the whole batch. */
  readonly count: number
  /** The stream's UUID, lower case with dashes. */
  readonly stream: string
  readonly seq: number
  /** ms since the stream began: of the batch's first event and of its last, without fractions. */
  readonly firstAt: number
  readonly lastAt: number
  /** Bytes of the whole batch as JSON. */
  readonly rawLength: number
  readonly payload: Uint8Array
}

export const isMore = (frame: Frame): boolean => (frame.flags & FLAG_MORE) !== 0
export const isContinued = (frame: Frame): boolean => (frame.flags & FLAG_CONTINUED) !== 0
export const endsStream = (frame: Frame): boolean => (frame.flags & FLAG_END) !== 0

/** The frame as bytes. Throws what `decodeFrame` would for a field out of range. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  checkRange(frame)
  const bytes = new Uint8Array(HEADER_BYTES + frame.payload.length)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, MAGIC)
  view.setUint8(2, frame.version)
  view.setUint8(3, frame.flags)
  view.setUint8(4, frame.codec)
  view.setUint16(6, frame.count)
  bytes.set(uuidBytes(frame.stream), STREAM_AT)
  const numbers = [frame.seq, frame.firstAt, frame.lastAt, frame.rawLength, frame.payload.length, crc32c(frame.payload)]
  numbers.forEach((number, index) => view.setUint32(24 + 4 * index, number))
  bytes.set(frame.payload, HEADER_BYTES)
  return bytes
}

/** One whole wire message as a frame. Throws `WireError`. */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.length > MAX_FRAME_BYTES) throw new WireError('frame_too_large', `${bytes.length} bytes`)
  const [frame, end] = decodeFrameAt(bytes, 0)
  if (end !== bytes.length) throw new WireError('frame_out_of_range', `${bytes.length - end} bytes follow the payload`)
  return frame
}

/** Frames that stand one behind the other, as in a segment, a beacon or an answer of the API. */
export function decodeFrames(bytes: Uint8Array, maxPayload = MAX_BATCH_RAW_BYTES): Frame[] {
  const frames: Frame[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const [frame, end] = decodeFrameAt(bytes, offset, maxPayload)
    frames.push(frame)
    offset = end
  }
  return frames
}

/** The frame that begins at `offset`, and the offset behind it. The payload is a view into `bytes`, no copy. */
export function decodeFrameAt(bytes: Uint8Array, offset: number, maxPayload = MAX_FRAME_BYTES): [Frame, number] {
  const left = bytes.length - offset
  if (left < HEADER_BYTES) throw new WireError('frame_truncated', `${left} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, HEADER_BYTES)
  checkHead(view)
  const length = view.getUint32(40)
  if (length > maxPayload) throw new WireError('frame_too_large', `payload of ${length} bytes`)
  if (left - HEADER_BYTES < length) {
    throw new WireError('frame_truncated', `${left - HEADER_BYTES} of ${length} payload bytes`)
  }
  const end = offset + HEADER_BYTES + length
  const frame = readFields(view, bytes.subarray(offset + HEADER_BYTES, end))
  if (crc32c(frame.payload) !== view.getUint32(44)) throw new WireError('frame_corrupt', `seq ${frame.seq}`)
  if (view.getUint8(5) !== 0) throw new WireError('frame_out_of_range', 'reserved byte')
  checkRange(frame)
  return [frame, end]
}

function checkHead(view: DataView): void {
  if (view.getUint16(0) !== MAGIC) throw new WireError('frame_foreign')
  const version = view.getUint8(2)
  if (version < WIRE_VERSION_OLDEST || version > WIRE_VERSION) throw new WireError('version', `${version}`)
}

function readFields(view: DataView, payload: Uint8Array): Frame {
  return {
    version: view.getUint8(2),
    flags: view.getUint8(3),
    codec: view.getUint8(4),
    count: view.getUint16(6),
    stream: uuidText(view),
    seq: view.getUint32(24),
    firstAt: view.getUint32(28),
    lastAt: view.getUint32(32),
    rawLength: view.getUint32(36),
    payload,
  }
}

function checkRange(frame: Frame): void {
  const wrong = (detail: string): never => {
    throw new WireError('frame_out_of_range', detail)
  }
  if (frame.flags & ~FLAGS_KNOWN) wrong(`flags 0x${frame.flags.toString(16)}`)
  if (frame.codec !== CODEC_JSON && frame.codec !== CODEC_DEFLATE) wrong(`codec ${frame.codec}`)
  if (frame.rawLength > MAX_BATCH_RAW_BYTES) {
    throw new WireError('batch_too_large', `${frame.rawLength} bytes declared`)
  }
  if (!isUint32(frame.firstAt) || !isUint32(frame.lastAt) || frame.firstAt > frame.lastAt) {
    wrong(`at ${frame.firstAt}..${frame.lastAt}`)
  }
  if (!isUint32(frame.seq)) wrong(`seq ${frame.seq}`)
  if (!(frame.count > 0 && frame.count <= MAX_EVENTS_PER_FRAME)) wrong(`${frame.count} events`)
  if (isMore(frame) && endsStream(frame)) wrong('a stream cannot end inside a batch')
}

const isUint32 = (number: number): boolean => number >>> 0 === number

function uuidBytes(uuid: string): Uint8Array {
  const digits = uuid.replaceAll('-', '')
  if (!/^[0-9a-f]{32}$/i.test(digits)) throw new WireError('frame_out_of_range', 'stream')
  return Uint8Array.from({ length: 16 }, (_, index) => parseInt(digits.slice(2 * index, 2 * index + 2), 16))
}

function uuidText(view: DataView): string {
  let text = ''
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += '-'
    text += view.getUint8(STREAM_AT + index).toString(16).padStart(2, '0')
  }
  return text
}
