// All streams of a recording: merges the playlist and the tail, loads what is asked for, makes room.

import type { Api } from './api.ts'
import { ApiError } from './api.ts'
import type { Chunk, DecodedBatch, Range } from './chunks.ts'
import type { Decoded } from './decode.ts'
import type { Playlist } from './playlist.ts'
import { StreamLog } from './stream-log.ts'

/** Events kept at most, over all streams, before the least used segments make room. */
const MAX_EVENTS = 400_000
const FILL_TRIES = 6
const FILL_WAIT_MS = [150, 300, 600, 1200, 2400, 4000]

export interface Loader {
  load(url: string): Promise<Decoded>
}

export class Store {
  readonly streams = new Map<string, StreamLog>()
  playlist: Playlist | null = null
  damaged = 0
  /** Something was added; `stream` where only that one changed. */
  onChange: () => void = () => {}
  onError: (error: ApiError) => void = () => {}
  private readonly api: Api
  private readonly loader: Loader
  private readonly loading = new Map<Chunk, Promise<void>>()
  private readonly filling = new Set<string>()
  private refreshing: Promise<void> | null = null
  private uses = 0

  constructor(api: Api, loader: Loader) {
    this.api = api
    this.loader = loader
  }

  /** Reads the playlist, then fetches the hot frames it names. Rejects with `ApiError`. */
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

  /** Loads a segment's events; again, when they made room. */
  load(log: StreamLog, chunk: Chunk): Promise<void> {
    chunk.used = ++this.uses
    if (chunk.events || chunk.segment === null) return Promise.resolve()
    const known = this.loading.get(chunk)
    if (known) return known
    const loading = this.fetchSegment(log, chunk, chunk.segment).finally(() => this.loading.delete(chunk))
    this.loading.set(chunk, loading)
    return loading
  }

  /** Fetches frames that are missing; a hole that stays is marked as lost. */
  async fill(log: StreamLog, hole: Range): Promise<void> {
    const key = `${log.id} ${hole.from}`
    if (this.filling.has(key)) return
    this.filling.add(key)
    try {
      for (let i = 0; i < FILL_TRIES && this.lacks(log, hole); i++) {
        if (i > 0) await wait(FILL_WAIT_MS[i] as number)
        await this.fetchFrames(log, hole.from, hole.to).catch(() => {})
        if (i % 2 === 1 && this.lacks(log, hole)) await this.refresh().catch(() => {})
      }
      if (this.lacks(log, hole)) log.lose(hole, 'missing')
    } finally {
      this.filling.delete(key)
      this.onChange()
    }
  }

  private lacks(log: StreamLog, hole: Range): boolean {
    return log.missing().some((missing) => missing.from <= hole.from && missing.to >= hole.from)
  }

  /** Loads everything once, in order, so that panels, markers and idle time know the whole recording. */
  async survey(going: () => boolean): Promise<void> {
    const all = [...this.streams.values()].flatMap((log) => log.chunks.map((chunk) => ({ log, chunk })))
    for (const { log, chunk } of all.sort((a, b) => a.log.offset + a.chunk.firstAt - b.log.offset - b.chunk.firstAt)) {
      if (!going()) return
      if (!chunk.summary) await this.load(log, chunk).catch(() => {})
    }
  }

  private stream(id: string): StreamLog {
    let log = this.streams.get(id)
    if (!log) this.streams.set(id, (log = new StreamLog(id)))
    return log
  }

  private async read(): Promise<void> {
    this.playlist = await this.api.playlist()
    for (const entry of this.playlist.streams) this.stream(entry.id).merge(entry)
    this.onChange()
    await Promise.all(this.playlist.streams.map((entry) => this.fetchHot(this.stream(entry.id))))
  }

  private async fetchHot(log: StreamLog): Promise<void> {
    const hot = log.entry?.hot
    if (!hot) return
    for (const hole of log.missing()) {
      if (hole.to < hot.first_seq || hole.from > hot.last_seq) continue
      await this.fetchFrames(log, Math.max(hole.from, hot.first_seq), Math.min(hole.to, hot.last_seq)).catch((error: unknown) => {
        if (error instanceof ApiError) this.onError(error)
      })
    }
  }

  /** The route answers at most 4 MiB at a time, so it is asked until the range is whole or nothing more comes. */
  private async fetchFrames(log: StreamLog, from: number, to: number): Promise<void> {
    for (let next = from; next <= to; ) {
      const decoded = await this.loader.load(this.api.framesUrl(log.id, next, to))
      const own = this.take(decoded)
      const last = own.get(log.id)
      if (last === undefined || last < next) return
      next = last + 1
    }
  }

  /** Adds what was decoded; the last seq of each stream. */
  private take(decoded: Decoded): Map<string, number> {
    const last = new Map<string, number>()
    this.damaged += decoded.damaged
    for (const { stream, batches, ended } of decoded.streams) {
      const log = this.stream(stream)
      for (const batch of batches) log.add(batch)
      log.ended ||= ended
      const end = batches.at(-1)?.lastSeq
      if (end !== undefined) last.set(stream, end)
    }
    this.onChange()
    return last
  }

  private async fetchSegment(log: StreamLog, chunk: Chunk, n: number): Promise<void> {
    try {
      const decoded = await this.loader.load(this.api.segmentUrl(n))
      this.damaged += decoded.damaged
      log.fill(chunk, decoded.streams.find(({ stream }) => stream === log.id)?.batches ?? [])
      this.makeRoom(chunk)
      this.onChange()
    } catch (error) {
      if (error instanceof ApiError) this.failed(log, chunk, error)
    }
  }

  /** What is damaged or gone is shown as a gap; what could not be reached is asked for again. */
  private failed(log: StreamLog, chunk: Chunk, error: ApiError): void {
    this.onError(error)
    if (error.status === 200 || error.status === 404) {
      this.damaged++
      log.fill(chunk, [])
      log.lose({ from: chunk.firstSeq, to: chunk.lastSeq }, 'damaged')
      this.onChange()
    } else setTimeout(() => this.onChange(), 2000)
  }

  private makeRoom(keep: Chunk): void {
    const loaded = [...this.streams.values()].flatMap((log) => log.chunks.map((chunk) => ({ log, chunk })))
    let total = loaded.reduce((sum, { chunk }) => sum + (chunk.events?.length ?? 0), 0)
    for (const { log, chunk } of loaded.sort((a, b) => a.chunk.used - b.chunk.used)) {
      if (total <= MAX_EVENTS) return
      if (chunk === keep || !chunk.events || chunk.segment === null) continue
      total -= chunk.events.length
      log.fill(chunk, null)
    }
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
