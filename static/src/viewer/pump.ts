// The pump: brings the stage to a time. It alone decides when an event is applied; the replayer keeps no clock and no list.
// Forward it applies what lies between; backward, or into another stream, it rebuilds from the last snapshot before. Nothing
// here waits: what must be loaded is asked for, and the pump is driven again when it is there.

import type { WireEvent } from '../wire/batch.ts'
import type { StageEvent } from '../stage/protocol.ts'
import type { Chunk, Place, Range } from './chunks.ts'
import type { StreamLog } from './stream-log.ts'

/** A step further than this is a seek: no trail, only the last pointer and scrolls. */
const FAST_MS = 1500
/** A jump further than this looks for a nearer snapshot to start from. */
const LEAP_MS = 10_000

export interface PumpStage {
  reset(): void
  feed(events: StageEvent[], fast: boolean): void
}

export interface PumpNeeds {
  load(stream: StreamLog, chunk: Chunk): void
  fill(stream: StreamLog, hole: Range): void
}

/** `shown`: the stage was told everything up to the time. Else something is being fetched. */
export type Pumped = 'shown' | 'waiting' | 'nothing'

const STAGED = new Set(['dom', 'pointer', 'click', 'viewport'])

export class Pump {
  private readonly stage: PumpStage
  private readonly needs: PumpNeeds
  private stream: StreamLog | null = null
  private place: Place | null = null
  private at = -1

  constructor(stage: PumpStage, needs: PumpNeeds) {
    this.stage = stage
    this.needs = needs
  }

  get current(): StreamLog | null {
    return this.stream
  }

  /** Forgets what the stage shows, so that the next drive rebuilds it. */
  forget(): void {
    this.place = null
  }

  /** Brings the stage to `at` (ms since the stream began) of `stream`. */
  drive(stream: StreamLog, at: number): Pumped {
    if (this.stream !== stream || !this.place || at < this.at) this.place = null
    if (!this.place || Math.min(at, stream.lastAt) - this.at > LEAP_MS) {
      const started = this.start(stream, at)
      if (started !== 'shown') return started
    }
    return this.forward(stream, at)
  }

  private start(stream: StreamLog, at: number): Pumped {
    const start = stream.startFor(at)
    if (!start) return 'nothing'
    if ('load' in start) {
      this.needs.load(stream, start.load)
      return 'waiting'
    }
    if (this.place && start.at <= this.at) return 'shown'
    this.stream = stream
    this.place = start.place
    this.at = Math.min(start.at, at)
    this.stage.reset()
    const size = stream.sizeAt(at)
    if (size) this.stage.feed([{ at: size.at, kind: 'viewport', data: { width: size.width, height: size.height } }], true)
    return 'shown'
  }

  private forward(stream: StreamLog, at: number): Pumped {
    const read = stream.read(this.place as Place, at)
    const fast = Number.isFinite(at) ? at - this.at > FAST_MS : (read.events.at(-1)?.at ?? 0) - this.at > FAST_MS
    const staged = read.events.filter(isStaged) as StageEvent[]
    if (staged.length > 0) this.stage.feed(staged, fast)
    this.place = read.place
    this.at = Math.max(this.at, read.events.at(-1)?.at ?? this.at, Number.isFinite(at) && read.stop !== 'load' ? at : 0)
    if (read.stop === 'load') this.needs.load(stream, read.chunk)
    else if (read.stop === 'hole') this.needs.fill(stream, read.hole)
    return read.stop === 'load' || read.stop === 'hole' ? 'waiting' : 'shown'
  }
}

const isStaged = (event: WireEvent): boolean => STAGED.has(event.kind)
