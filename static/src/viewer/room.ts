// Room: what is held of a recording stays within bounds, however long it is watched. Segments can be loaded again, so the
// ones used longest ago go; what has no segment yet stays.

import type { Chunk } from './chunks.ts'
import type { StreamLog } from './stream-log.ts'

export interface Room {
  events: number
  /** Of JSON; in memory it is several times that. */
  bytes: number
}

export const ROOM: Room = { events: 400_000, bytes: 128 * 1024 * 1024 }

/** Takes the events out of segments until the rest fits; `keep` stays. */
export const makeRoom = (logs: Iterable<StreamLog>, room: Room, keep: Chunk | null = null): void => {
  const held = [...logs].flatMap((log) => log.chunks.filter((chunk) => chunk.events).map((chunk) => ({ log, chunk })))
  let events = held.reduce((sum, { chunk }) => sum + (chunk.events?.length ?? 0), 0)
  let bytes = held.reduce((sum, { chunk }) => sum + chunk.size, 0)
  for (const { log, chunk } of held.sort((a, b) => a.chunk.used - b.chunk.used)) {
    if (events <= room.events && bytes <= room.bytes) return
    if (chunk === keep || chunk.segment === null) continue
    events -= chunk.events?.length ?? 0
    bytes -= chunk.size
    log.fill(chunk, null)
  }
}
