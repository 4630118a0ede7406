/**
 * Events in, numbered frames out, each kept until it is acked.
 *
 *     add ─▶ queue ─ drain ─▶ open batch ─ cut ─▶ being deflated ─▶ frames ─ ack ─▶ gone
 *
 * Batches are deflated one after the other, so that numbers follow the order of events. Nothing here knows links or
 * timers. When too much is kept, pointer positions are left out first, then the bodies of console lines; past the last
 * bound everything is, and `onOverflow` asks for the recorder to pause. What was left out is counted.
 */
import { canDeflate, CODEC_DEFLATE, CODEC_JSON, deflate, framesOf, rawBytes } from '../wire/batch.ts'
import { encodeFrame } from '../wire/frame.ts'
import {
  type Console,
  type Dom,
  FLAG_END,
  FLAG_SNAPSHOT,
  GOOD_FRAME_BYTES,
  HEADER_BYTES,
  type Kinds,
  MAX_BATCH_FRAMES,
  MAX_BATCH_RAW_BYTES,
  MAX_EVENTS_PER_FRAME,
  MAX_FRAME_BYTES,
  type Shed,
} from '../wire/generated.ts'
import { RR_TYPE } from '../wire/rrweb.ts'
import { failed } from './guard.ts'
import { toJson } from './json.ts'

/** What is kept for a server that does not ack: whole up to this, and nothing more from OVERFLOW_BYTES on. */
export const KEEP_BYTES = 4 * 1_048_576
const POINTER_BYTES = KEEP_BYTES * 0.75
const OVERFLOW_BYTES = KEEP_BYTES * 4
/** Events not packed yet, which no byte is counted for. */
const QUEUE_MOST = 1_000
/** Kinds that look the same under every policy. */
const FREE = /^(?:identify|track)$/
/** JSON in a batch, so that it fits a good frame once it is deflated; smaller ones are not worth it. */
const CUT_CHARS = 4 * GOOD_FRAME_BYTES
const DEFLATE_CHARS = 512

interface Packed {
  readonly kind: keyof Kinds
  readonly json: string
  readonly at: number
  readonly flags: number
}

interface Batch {
  readonly events: readonly Packed[]
  readonly chars: number
  done: boolean
}

export interface Outbox {
  /** `at` in ms since the stream began; an earlier one than the last counts as the last. */
  add<K extends keyof Kinds>(kind: K, data: Kinds[K], at: number): void
  /** The stream's id is known: frames can be made. */
  open(stream: string): void
  /** Makes frames of what was added; while nothing can be sent (`all` false), of full batches only. */
  flush(all: boolean): void
  /** The same at once, without deflating, and with the end of the stream. */
  end(): void
  /** The encoded frame, undefined when it is acked or not made yet. */
  frame(seq: number): Uint8Array<ArrayBuffer> | undefined
  /** Everything up to and including `seq` is stored. */
  ack(seq: number): void
  /**
   * A link is being opened: what others ack meanwhile is kept, since it may be asked for. Call the answer, once, with what
   * the server has by the new link's word; without it where the link came to nothing.
   */
  hold(): (have?: number) => void
  /** Number of the oldest frame that is kept. */
  readonly first: number
  /** Whether something is not acked. */
  readonly waiting: boolean
  /** Forgets what was recorded under another policy; only before `open`, when nothing has a number yet. */
  discard(): void
  /** New frames are there. */
  onFrames: () => void
  /** Too much is kept (true), or little enough again (false). */
  onOverflow: (over: boolean) => void
}

export function createOutbox(packs: boolean = canDeflate()): Outbox {
  let stream = ''
  let queue: { kind: keyof Kinds; data: unknown; at: number }[] = []
  let open: Packed[] = []
  let openChars = 0
  let packing: Batch[] = []
  let chain = Promise.resolve()
  const frames: Uint8Array<ArrayBuffer>[] = []
  let first = 0
  let acked = -1
  let holders = 0
  let kept = 0
  let lastAt = 0
  let over = false
  /**
   * Size of the last snapshot, and its last frame once it has one. It is not held against the bounds: what is larger
   * than they are would else be left out, taken again, left out again.
   */
  let snapshot = 0
  let snapshotTo = Infinity
  const shed = new Map<string, Shed>()

  function add(kind: keyof Kinds, data: unknown, at: number): void {
    lastAt = Math.max(lastAt, at)
    const wanted = relieved(kind, data)
    if (wanted && queue.push({ kind, data: wanted, at: lastAt }) > QUEUE_MOST) drain()
  }

  /** The data as it may be kept just now; undefined: not at all. */
  function relieved(kind: keyof Kinds, data: unknown): unknown {
    if (kind === 'shed') return count(data as Shed)
    const held = kept - snapshot
    if (kind === 'end' || (!over && held <= POINTER_BYTES)) return data
    const strips = kind === 'console' && held > KEEP_BYTES
    if (over || strips || kind === 'pointer') count({ what: kind, reason: 'backpressure', count: 1 })
    if (over || kind === 'pointer') return undefined
    return strips ? { ...(data as Console), args: [], stack: '' } : data
  }

  function count({ what, reason, count: more }: Shed): void {
    const so = shed.get(`${what} ${reason}`)?.count ?? 0
    shed.set(`${what} ${reason}`, { what, reason, count: so + more })
  }

  function drain(): void {
    const events = queue
    queue = []
    for (const { kind, data, at } of events) pack(kind, data, at)
  }

  function tellShed(): void {
    for (const told of shed.values()) pack('shed', told, lastAt)
    shed.clear()
  }

  function pack(kind: keyof Kinds, data: unknown, at: number): void {
    const json = toJson({ at: Math.round(at * 10) / 10, kind, data })
    if (isTooLarge(json)) return count({ what: kind, reason: 'too_large', count: 1 })
    const flags = kind === 'dom' && (data as Dom).type === RR_TYPE.snapshot ? FLAG_SNAPSHOT : 0
    if (flags) {
      snapshot = json.length
      snapshotTo = Infinity
    }
    put({ kind, json, at, flags })
  }

  function put(event: Packed): void {
    const { length } = event.json
    if (openChars + length > CUT_CHARS || open.length === MAX_EVENTS_PER_FRAME) cut()
    open.push(event)
    openChars += length
    keep(length)
  }

  function cut(): void {
    if (!open.length) return
    const batch = { events: open, chars: openChars, done: false }
    open = []
    openChars = 0
    packing.push(batch)
    if (stream) process(batch)
  }

  function process(batch: Batch): void {
    if (!packs || (batch.chars < DEFLATE_CHARS && packing[0] === batch)) finish(batch, CODEC_JSON, rawOf(batch), 0)
    else chain = chain.then(() => deflated(batch)).catch(failed)
  }

  async function deflated(batch: Batch): Promise<void> {
    if (batch.done) return
    const raw = rawOf(batch)
    let payload: Uint8Array | undefined
    try {
      payload = await deflate(raw)
    } catch {
      // Then it goes as it is.
    }
    // Meanwhile the page may have gone, and the batch with it, undeflated.
    if (!batch.done) finish(batch, payload ? CODEC_DEFLATE : CODEC_JSON, payload ?? raw, 0, raw.length)
  }

  function finish(batch: Batch, codec: number, payload: Uint8Array, flags: number, rawLength = payload.length): void {
    batch.done = true
    packing = packing.filter((other) => other !== batch)
    const { events } = batch
    const head = {
      stream,
      seq: first + frames.length,
      flags: events.reduce((all, event) => all | event.flags, flags),
      codec,
      count: events.length,
      firstAt: Math.round(events[0]!.at * 10) / 10,
      lastAt: Math.round(events.at(-1)!.at * 10) / 10,
      rawLength,
    }
    const before = kept
    for (const frame of framesOf(head, payload, partBytes(payload.length)).map(encodeFrame)) {
      frames.push(frame)
      kept += frame.length
    }
    if (head.flags & FLAG_SNAPSHOT) {
      snapshot = kept - before
      snapshotTo = first + frames.length - 1
    }
    keep(-batch.chars)
    box.onFrames()
  }

  function keep(more: number): void {
    kept += more
    const now = kept - snapshot > (over ? KEEP_BYTES / 2 : OVERFLOW_BYTES)
    if (now === over) return
    over = now
    if (over) count({ what: 'dom', reason: 'backpressure', count: 1 })
    box.onOverflow(over)
  }

  function letGo(): void {
    if (holders) return
    const gone = frames.splice(0, Math.max(0, acked + 1 - first))
    first += gone.length
    if (acked >= snapshotTo) snapshot = 0
    keep(-gone.reduce((sum, frame) => sum + frame.length, 0))
  }

  const box: Outbox = {
    add,
    open(id) {
      stream = id
      for (const batch of packing) process(batch)
    },
    flush(all) {
      drain()
      if (!over) tellShed()
      if (stream && (all || openChars >= CUT_CHARS)) cut()
    },
    end() {
      drain()
      tellShed()
      if (!stream) return
      const rest = [...packing]
      if (open.length) rest.push({ events: open, chars: openChars, done: false })
      open = []
      openChars = 0
      const last = rest.at(-1)
      for (const batch of rest) finish(batch, CODEC_JSON, rawOf(batch), batch === last ? FLAG_END : 0)
    },
    frame: (seq) => frames[seq - first],
    ack(seq) {
      acked = Math.max(acked, seq)
      letGo()
    },
    hold() {
      holders++
      return (have = acked) => {
        holders--
        acked = have
        letGo()
      }
    },
    get first() {
      return first
    },
    get waiting() {
      return frames.length > 0
    },
    discard() {
      const free = [...packing.flatMap((batch) => batch.events), ...open].filter(({ kind }) => FREE.test(kind))
      queue = queue.filter(({ kind }) => FREE.test(kind))
      open = []
      packing = []
      openChars = kept = snapshot = 0
      free.forEach(put)
      keep(0)
    },
    onFrames: () => {},
    onOverflow: () => {},
  }
  return box
}

const rawOf = (batch: Batch): Uint8Array<ArrayBuffer> => rawBytes(batch.events.map((event) => event.json))

/** In UTF-8; most texts need not be counted. */
function isTooLarge(json: string): boolean {
  const most = MAX_BATCH_RAW_BYTES - 2
  return json.length > most || (json.length * 3 > most && new TextEncoder().encode(json).length > most)
}

/** Payload of one frame: a good size for a DataChannel, unless that takes more frames than a batch may have. */
const partBytes = (payload: number): number =>
  (payload > (MAX_BATCH_FRAMES * GOOD_FRAME_BYTES) / 2 ? MAX_FRAME_BYTES : GOOD_FRAME_BYTES) - HEADER_BYTES
