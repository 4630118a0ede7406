// What `GET /api/v1/recordings/{id}/playlist` answers (docs/protocol.md, "REST that the viewer uses").

export type RecordingState = 'live' | 'open' | 'ended'

export interface SegmentEntry {
  n: number
  first_seq: number
  last_seq: number
  /** ms since the stream began, as all `at` here. */
  first_at: number
  last_at: number
  /** A snapshot stands in the segment at this time. */
  snapshot_at: number | null
  size: number
}

export interface GapEntry {
  first_seq: number
  last_seq: number
  at: number
  cause: string
}

export interface StreamEntry {
  id: string
  tab: string
  url: string
  title: string
  /** Places the stream's `at` in the recording. */
  offset_ms: number
  last_at: number
  ended: boolean
  sealed_to: number
  segments: SegmentEntry[]
  hot: { first_seq: number; last_seq: number } | null
  gaps: GapEntry[]
}

export interface MarkerEntry {
  stream: string
  at: number
  kind: string
  label: string
}

export interface Playlist {
  recording: { id: string; state: RecordingState; started_at: string; duration_ms: number; policy: string }
  streams: StreamEntry[]
  markers: MarkerEntry[]
}
