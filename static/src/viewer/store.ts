// All streams of a recording: merges the playlist and the tail, loads what is asked for, makes room.

import type { Api } from './api.ts'
import { ApiError } from './api.ts'
import type { Chunk, DecodedBatch, Range } from './chunks.ts'
import type { Decoded } from './decode.ts'
import type { Playlist } from './playlist.ts'
import { ROOM, makeRoom } from './room.ts'
import type { Room } from './room.ts'
import { StreamLog } from './stream-log.ts'

/** Answers without the missing frames, until they are taken for lost. */
const FILL_TRIES = 6
const FILL_WAIT_MS = [150, 300, 600, 1200, 2400, 4000]
const LOAD_AGAIN_MS = 2000

export interface Loader {
  load(url: string): Promise<Decoded>
}

/** What was asked for; each can fail by itself. */
export type Errand = 'playlist' | 'segment' | 'frames'

export class Store {
  readonly streams = new Map<string, StreamLog>()
  playlist: Playlist | null = null
  /** Something was added. */
  onChange: () => void = () => {}
  /** An errand failed and will be tried again; null: it went well. */
  onErrand: (errand: Errand, error: ApiError | null) => void = () => {}
  private readonly api: Api
  private readonly loader: Loader
  private readonly room: Room
  private readonly loading = new Map<Chunk, Promise<boolean>>()
  /** Could not be loaded, and are left alone for a moment. */
  private readonly resting = new Set<Chunk>()
  private readonly filling = new Set<string>()
  private refreshing: Promise<void> | null = null
  private uses = 0
  private closed = false

  constructor(api: Api, loader: Loader, room: Room = ROOM) {
    this.api = api
    this.loader = loader
    this.room = room
  }

  /** Nothing is asked for from now on. */
  close(): void {
    this.closed = true
  }

  /** Reads the playlist, then fetches the hot frames it names. Rejects with `ApiError` where one of the two failed. */
  refresh(): Promise<void> {
    this.refreshing ??= this.read().finally(() => (this.refreshing = null))
    return this.refreshing
  }

  /** A batch of the tail. */
  add(stream: string, batch: DecodedBatch, ended: boolean): void {
    const log = this.stream(stream)
    const fresh = log.add(batch)
    if (ended) log.ended = true
    if (fresh || ended) this.onChange()
  }

  /** Loads a segment's events; again, when they made room. False: it could not be had and is worth another try. */
  load(log: StreamLog, chunk: Chunk): Promise<boolean> {
    chunk.used = ++this.uses
    if (chunk.events || chunk.segment === null) return Promise.resolve(true)
    if (this.resting.has(chunk)) return Promise.resolve(false)
    const known = this.loading.get(chunk)
    if (known) return known
    const loading = this.fetchSegment(log, chunk, chunk.segment).finally(() => this.loading.delete(chunk))
    this.loading.set(chunk, loading)
    return loading
  }

  /** Fetches frames that are missing. A hole is lost when the server has answered and does not have them. */
  async fill(log: StreamLog, hole: Range): Promise<void> {
    const key = `${log.id} ${hole.from}`
    if (this.filling.has(key)) return
    this.filling.add(key)
    try {
      let answers = 0
      for (let i = 0; answers < FILL_TRIES && !this.closed && this.lacks(log, hole); i++) {
        if (i > 0) await wait(FILL_WAIT_MS[Math.min(i, FILL_WAIT_MS.length - 1)] as number)
        if ((await this.fetchHole(log, hole)) === null) answers++
        if (i % 2 === 1 && this.lacks(log, hole)) await this.refresh().catch(() => {})
      }
      if (!this.closed && this.lacks(log, hole)) log.lose(hole, 'lost')
    } finally {
      this.filling.delete(key)
      this.onChange()
    }
  }

  private lacks(log: StreamLog, hole: Range): boolean {
    return log.missing().some((missing) => missing.from <= hole.from && missing.to >= hole.from)
  }

  /** Loads everything once, in order, so that panels, markers and idle time know the whole recording. */
  async survey(): Promise<void> {
    const all = [...this.streams.values()].flatMap((log) => log.chunks.map((chunk) => ({ log, chunk })))
    for (const { log, chunk } of all.sort((a, b) => a.log.offset + a.chunk.firstAt - b.log.offset - b.chunk.firstAt)) {
      if (this.closed || (!chunk.summary && !(await this.load(log, chunk)))) return
    }
  }

  private stream(id: string): StreamLog {
    let log = this.streams.get(id)
    if (!log) this.streams.set(id, (log = new StreamLog(id)))
    return log
  }

  private async read(): Promise<void> {
    this.playlist = await this.errand('playlist', this.api.playlist())
    for (const entry of this.playlist.streams) this.stream(entry.id).merge(entry)
    makeRoom(this.streams.values(), this.room)
    this.onChange()
    const failed = await Promise.all(this.playlist.streams.map((entry) => this.fetchHot(this.stream(entry.id))))
    for (const error of failed) if (error) throw error
    if (this.filling.size === 0) this.onErrand('frames', null)
    if (this.resting.size === 0) this.onErrand('segment', null)
  }

  private async fetchHot(log: StreamLog): Promise<ApiError | null> {
    const hot = log.entry?.hot
    if (!hot) return null
    for (const hole of log.missing()) {
      if (hole.to < hot.first_seq || hole.from > hot.last_seq) continue
      const error = await this.fetchHole(log, { from: Math.max(hole.from, hot.first_seq), to: Math.min(hole.to, hot.last_seq) })
      if (error) return error
    }
    return null
  }

  /** The error where the server did not answer; null where it did, with frames or without. */
  private async fetchHole(log: StreamLog, hole: Range): Promise<ApiError | null> {
    try {
      await this.errand('frames', this.fetchFrames(log, hole.from, hole.to))
      return null
    } catch (error) {
      return error instanceof ApiError && !isAnswer(error) ? error : null
    }
  }

  /** The route answers at most 4 MiB at a time, so it is asked until the range is whole or nothing more comes. */
  private async fetchFrames(log: StreamLog, from: number, to: number): Promise<void> {
    for (let next = from; next <= to; ) {
      const decoded = await this.loader.load(this.api.framesUrl(log.id, next, to))
      const last = this.take(decoded).get(log.id)
      if (last === undefined || last < next) return
      next = last + 1
    }
  }

  /** Adds what was decoded; the last seq of each stream. */
  private take(decoded: Decoded): Map<string, number> {
    const last = new Map<string, number>()
    for (const { stream, batches, damaged, ended } of decoded.streams) {
      const log = this.stream(stream)
      for (const batch of batches) log.add(batch)
      for (const range of damaged) log.lose(range, 'corrupt', range.at)
      log.ended ||= ended
      last.set(stream, Math.max(-1, ...[batches.at(-1)?.lastSeq, damaged.at(-1)?.to].filter((seq) => seq !== undefined)))
    }
    this.onChange()
    return last
  }

  private async fetchSegment(log: StreamLog, chunk: Chunk, n: number): Promise<boolean> {
    try {
      const decoded = await this.errand('segment', this.loader.load(this.api.segmentUrl(n)))
      const own = decoded.streams.find(({ stream }) => stream === log.id)
      log.fill(chunk, own?.batches ?? [])
      for (const range of own?.damaged ?? []) log.lose(range, 'corrupt', range.at)
      makeRoom(this.streams.values(), this.room, chunk)
    } catch (error) {
      if (!(error instanceof ApiError) || !isAnswer(error)) return this.rest(chunk)
      log.fill(chunk, [])
      log.lose({ from: chunk.firstSeq, to: chunk.lastSeq }, 'corrupt', chunk.firstAt)
      // Where it is gone, so may be the recording.
      if (error.status === 404) void this.refresh().catch(() => {})
    }
    this.onChange()
    return true
  }

  private rest(chunk: Chunk): false {
    this.resting.add(chunk)
    setTimeout(() => {
      this.resting.delete(chunk)
      this.onChange()
    }, LOAD_AGAIN_MS)
    return false
  }

  private async errand<T>(errand: Errand, doing: Promise<T>): Promise<T> {
    try {
      const done = await doing
      this.onErrand(errand, null)
      return done
    } catch (error) {
      if (error instanceof ApiError) this.onErrand(errand, errand !== 'playlist' && isAnswer(error) ? null : error)
      throw error
    }
  }
}

/** Damaged, or not there: to ask again would bring the same. */
const isAnswer = (error: ApiError): boolean => error.status === 200 || error.status === 404

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
