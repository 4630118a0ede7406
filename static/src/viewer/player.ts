// The player: one object that knows where we are in a recording, live or stored. It has no markup: `<sl-player>` shows it.

import { Api, ApiError } from './api.ts'
import { Clock } from './clock.ts'
import { Digest } from './digest.ts'
import { IDLE_MS, skipIdle } from './idle.ts'
import type { RecordingState } from './playlist.ts'
import { Pump } from './pump.ts'
import { Refresher } from './refresher.ts'
import { Segments } from './segments.ts'
import type { StageLink } from './stage-link.ts'
import { Store } from './store.ts'
import type { StreamLog } from './stream-log.ts'
import { Tail } from './tail.ts'
import type { LinkKind } from './tail.ts'
import { activeSpan } from './timeline.ts'
import { Troubles } from './troubles.ts'
import type { Trouble } from './troubles.ts'

export type Phase = 'loading' | 'ready' | 'error'

export interface PlayerOptions {
  recording: string
  state: RecordingState
  startMs: number | null
  workerUrl: string
  stage: StageLink
}

const NO_STAGE = 'The stage, the page that shows the replay, does not answer. Check that STAGE_ORIGIN can be reached from here, then reload.'
const NO_START = 'The player could not start. Reload the page.'

const REFRESH_MS = 15_000
const AFTER_OPEN_MS = 400
/** What is known is worked through at most this often; the stage does not wait for it. */
const DIGEST_MS = 250
const STAGE_BEHIND = 12
const STAGE_TIMEOUT_MS = 12_000

export class Player {
  state: RecordingState
  link: LinkKind = 'none'
  roundTrip: number | null = null
  skipping = true
  following = false
  /** The tab chosen by the member, or null: the one in front. */
  chosenTab: string | null = null
  buffering = false
  /** Something that is shown has changed (not the time alone). */
  onChange: () => void = () => {}
  /** The time has moved. */
  onTick: () => void = () => {}
  readonly store: Store
  readonly known = new Digest()
  readonly clock = new Clock()
  private readonly api: Api
  private readonly stage: StageLink
  private readonly segments: Segments
  private readonly pump: Pump
  private readonly refresher = new Refresher(() => this.refresh())
  private readonly troubles = new Troubles()
  private readonly startMs: number | null
  private timer = 0
  private tail: Tail | null = null
  private begun = false
  /** Why nothing can be shown; '' once it can. */
  private failure = ''
  private stageIsLate = false
  /** Live stopped while it was followed; it is followed again when it goes on. */
  private leftLive = false
  private frame = 0
  private stale = true
  private digested = 0
  private closed = false
  private idleMs = IDLE_MS
  private arrival: number | null = null
  private pumped = false
  private waiters: (() => void)[] = []
  private surveying = false

  constructor({ recording, state, startMs, workerUrl, stage }: PlayerOptions) {
    this.state = state
    this.startMs = startMs
    this.stage = stage
    this.api = new Api(recording)
    this.segments = new Segments(workerUrl)
    this.store = new Store(this.api, this.segments)
    this.pump = new Pump(stage, {
      load: (log, chunk) => void this.store.load(log, chunk),
      fill: (log, hole) => void this.store.fill(log, hole),
    })
    this.store.onChange = () => this.changed()
    this.store.onErrand = (errand, error) => this.trouble(errand, error?.message ?? '')
    stage.onReady = () => this.restage()
    stage.onSettled = () => this.settle()
  }

  // Where we are

  get phase(): Phase {
    return this.error ? 'error' : this.begun ? 'ready' : 'loading'
  }

  get error(): string {
    return this.stageIsLate ? NO_STAGE : this.failure
  }

  /** What is wrong just now and is tried again. */
  get notice(): string {
    return this.phase === 'ready' ? this.troubles.worst : ''
  }

  get time(): number {
    const now = performance.now()
    return this.following ? this.end(now) : Math.min(this.clock.at(now), this.end(now))
  }

  get playing(): boolean {
    return this.following || this.clock.playing
  }

  get speed(): number {
    return this.clock.speed
  }

  get isLive(): boolean {
    return this.state === 'live'
  }

  get idleLimit(): number {
    return this.idleMs
  }

  get stream(): StreamLog | null {
    return this.pump.current
  }

  // What a member does

  play(): void {
    const now = performance.now()
    this.leftLive = false
    if (this.following) return
    if (this.time >= this.end(now) - 10 && !this.isLive) this.jump(0)
    this.clock.play(now)
    this.stage.configure({ playing: true })
    this.wake()
    this.onChange()
  }

  pause(): void {
    const now = performance.now()
    const at = this.time
    this.following = this.leftLive = false
    this.clock.seek(at, now)
    this.clock.pause(now)
    this.stage.configure({ playing: false })
    this.drive()
    this.onChange()
    this.onTick()
  }

  toggle(): void {
    if (this.playing) this.pause()
    else this.play()
  }

  /** To a time in ms since the recording began. Playing goes on. */
  seek(time: number): void {
    const now = performance.now()
    if (this.following) this.clock.play(now)
    this.following = this.leftLive = false
    this.jump(Math.min(Math.max(0, time), this.end(now)))
    this.onChange()
    this.onTick()
  }

  setSpeed(speed: number): void {
    this.clock.setSpeed(speed, performance.now())
    this.onChange()
  }

  setSkipping(skipping: boolean, limit = this.idleMs): void {
    this.skipping = skipping
    this.idleMs = limit
    this.stale = true
    this.changed()
  }

  goLive(): void {
    if (!this.isLive) return
    this.following = true
    this.clock.setSpeed(1, performance.now())
    this.stage.configure({ playing: true })
    this.drive()
    this.wake()
    this.onChange()
  }

  chooseTab(tab: string | null): void {
    this.chosenTab = tab
    this.drive()
    this.wake()
    this.onChange()
  }

  /** Resolves when the stage shows what belongs to the time: everything loaded, everything applied. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.waiters.push(resolve)
      this.settle()
    })
  }

  // Life

  open(): void {
    if (this.state !== 'ended') this.listen()
    setTimeout(() => this.stageDue(), STAGE_TIMEOUT_MS)
    this.timer = window.setInterval(() => (this.state !== 'ended' || this.troubles.any) && this.refresher.soon(), REFRESH_MS)
    this.refresher.soon()
    window.addEventListener('online', this.back)
    document.addEventListener('visibilitychange', this.back)
  }

  close(): void {
    this.closed = true
    window.removeEventListener('online', this.back)
    document.removeEventListener('visibilitychange', this.back)
    cancelAnimationFrame(this.frame)
    clearInterval(this.timer)
    this.refresher.close()
    this.tail?.close()
    this.store.close()
    this.segments.close()
    this.stage.close()
  }

  /** The network or the member is back, perhaps from signing in again: what was refused may be granted now. */
  private readonly back = (): void => {
    if (document.hidden || !(this.troubles.any || this.failure)) return
    this.refresher.hurry()
    this.tail?.hurry()
  }

  private begin(): void {
    const now = performance.now()
    this.begun = true
    this.digest()
    if (this.isLive) this.follow(this.known.duration)
    if (this.isLive && this.startMs === null) return this.goLive()
    this.clock.seek(Math.min(this.startMs ?? 0, this.known.duration), now)
    this.clock.play(now)
    this.stage.configure({ playing: true })
    this.drive()
    this.wake()
    this.onChange()
  }

  private listen(): void {
    this.tail = new Tail(this.api, {
      onBatch: (stream, batch, ended) => this.arrived(stream, batch.lastAt, () => this.store.add(stream, batch, ended)),
      onStream: (stream, state) => this.streamed(stream, state),
      onOpen: () => this.caughtUp(),
      onLink: (kind) => {
        this.link = kind
        if (kind === 'none') this.roundTrip = null
        this.onChange()
      },
      onRoundTrip: (ms) => {
        this.roundTrip = ms
        this.onChange()
      },
      onTrouble: (message) => this.trouble('tail', message),
    })
    this.tail.open()
  }

  /** Everything from now on comes by the tail; what was on its way before is in the log a moment later. */
  private caughtUp(): void {
    this.refresher.hurry()
    setTimeout(() => this.refresher.soon(), AFTER_OPEN_MS)
  }

  private streamed(stream: string, state: 'opened' | 'closed' | 'ended'): void {
    const log = this.store.streams.get(stream)
    if (state === 'ended' && log) log.ended = true
    this.refresher.soon()
  }

  private arrived(stream: string, lastAt: number, add: () => void): void {
    const log = this.store.streams.get(stream)
    if (log?.entry) this.follow(log.offset + lastAt)
    if (!log?.entry || this.leftLive) this.refresher.soon()
    add()
  }

  /** The live time runs on the visitor's clock: the shortest way a frame ever took sets it. */
  private follow(time: number): void {
    const ahead = performance.now() - time
    this.arrival = Math.min(this.arrival ?? ahead, ahead)
  }

  private liveTime(now: number): number {
    return this.arrival === null ? this.known.duration : Math.max(this.known.duration, now - this.arrival)
  }

  private end(now: number): number {
    return this.isLive ? this.liveTime(now) : this.known.duration
  }

  /** Whether the server could tell all. */
  private async refresh(): Promise<boolean> {
    const error: unknown = await this.store.refresh().then(() => null, (reason: unknown) => reason)
    if (this.closed) return true
    this.failure = this.store.playlist ? '' : error instanceof ApiError ? error.message : NO_START
    if (!this.store.playlist) this.failed()
    else if (!this.begun) this.begin()
    if (this.isLive) this.follow(this.known.duration)
    void this.survey()
    return error === null
  }

  /** What the playlist says of the recording's life. */
  private learn(): void {
    const was = this.state
    this.state = this.store.playlist?.recording.state ?? was
    if (this.state === was) return
    const followed = this.following
    if (!this.isLive && followed) this.pause()
    if (this.state === 'open') this.leftLive = followed
    if (this.state === 'ended') this.ended()
    if (this.isLive && this.leftLive) this.goLive()
    this.onChange()
  }

  private ended(): void {
    this.tail?.close()
    this.link = 'none'
    this.trouble('tail', '')
  }

  private async survey(): Promise<void> {
    if (this.surveying) return
    this.surveying = true
    await this.store.survey()
    this.surveying = false
  }

  // Moving

  private jump(time: number): void {
    this.clock.seek(time, performance.now())
    this.pumped = false
    this.drive()
    this.wake()
  }

  private restage(): void {
    this.stageIsLate = false
    this.pump.forget()
    this.drive()
    this.wake()
    this.onChange()
  }

  private changed(): void {
    if (this.closed) return
    this.learn()
    this.stale = true
    const streams = this.streams()
    this.known.grow(streams)
    if (this.known.spans.length < streams.length || performance.now() - this.digested > DIGEST_MS) this.digest()
    this.drive()
    this.wake()
  }

  private wake(): void {
    if (!this.closed) this.frame ||= requestAnimationFrame(this.tick)
  }

  private readonly tick = (): void => {
    this.frame = 0
    if (this.closed || this.phase !== 'ready') return
    // Before all else: one frame that goes wrong must not be the last.
    if (this.playing || this.isLive || this.stale) this.wake()
    if (this.stale && performance.now() - this.digested > DIGEST_MS) this.digest()
    this.step()
    this.onTick()
  }

  private step(): void {
    const now = performance.now()
    if (!this.following && this.clock.playing) {
      const at = this.clock.at(now)
      if (this.skipping && !this.buffering) this.skip(at, now)
      if (at >= this.end(now)) this.reachEnd(now)
    }
    this.drive()
  }

  private skip(at: number, now: number): void {
    const to = skipIdle(this.known.idle, at)
    if (to > at) this.clock.seek(to, now)
  }

  private reachEnd(now: number): void {
    if (this.isLive) return this.goLive()
    this.clock.seek(this.end(now), now)
    this.clock.pause(now)
    this.stage.configure({ playing: false })
    this.onChange()
  }

  /** Brings the stage to where we are. While it lags or waits, the clock holds. */
  private drive(): void {
    if (this.closed || !this.stage.isReady || !this.begun) return
    const now = performance.now()
    const log = this.front(this.time)
    if (!log) return this.waiting(this.store.streams.size > 0, now)
    const at = this.following ? Number.POSITIVE_INFINITY : this.time - log.offset
    const pumped = this.pump.drive(log, Math.max(at, 0))
    this.pumped = pumped !== 'waiting'
    this.waiting(pumped === 'waiting' || this.stage.behind > STAGE_BEHIND, now)
    this.settle()
  }

  private front(time: number): StreamLog | null {
    const spans = this.chosenTab === null ? this.known.spans : this.known.spans.filter((span) => this.tabOf(span.id) === this.chosenTab)
    const span = activeSpan(spans.length > 0 ? spans : this.known.spans, time)
    return span ? (this.store.streams.get(span.id) ?? null) : null
  }

  private tabOf(stream: string): string {
    return this.store.streams.get(stream)?.entry?.tab ?? ''
  }

  private waiting(waiting: boolean, now: number): void {
    this.clock.hold(waiting, now)
    if (waiting === this.buffering) return
    this.buffering = waiting
    this.onChange()
  }

  private settle(): void {
    if (this.phase !== 'error' && (!this.pumped || this.stage.behind > 0 || !this.stage.isReady)) return
    for (const resolve of this.waiters.splice(0)) resolve()
  }

  // What is known

  private streams(): StreamLog[] {
    return [...this.store.streams.values()].filter((log) => log.entry)
  }

  private digest(): void {
    this.stale = false
    this.digested = performance.now()
    this.known.update(this.streams(), this.store.playlist?.recording.duration_ms ?? 0, this.idleMs)
    this.onChange()
  }

  /** '' where it is over. */
  private trouble(trouble: Trouble, message: string): void {
    if (!this.troubles.note(trouble, message)) return
    if (!message) void this.survey()
    this.onChange()
  }

  private stageDue(): void {
    if (this.closed || this.stage.isReady) return
    this.stageIsLate = true
    this.failed()
  }

  /** Who waits for a picture waits no longer. */
  private failed(): void {
    this.onChange()
    this.settle()
  }
}
