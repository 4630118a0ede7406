// Written by `manage.py wire` from sessions/wire/*.py. Do not edit.

export const WIRE_VERSION = 1
export const WIRE_VERSION_OLDEST = 1
export const MAX_FRAME_BYTES = 65536
export const GOOD_FRAME_BYTES = 16384
export const MAX_BATCH_RAW_BYTES = 33554432
export const MAX_BATCH_FRAMES = 1024
export const MAX_EVENTS_PER_FRAME = 65535
export const MAX_AT_MS = 4294967295
export const MAX_SEQ = 4294967295
export const MAX_CONTROL_BYTES = 16384
export const MAX_SIGNAL_BYTES = 131072
export const MAX_SDP_BYTES = 65536
export const MAX_CANDIDATE_BYTES = 1024
export const MAX_CANDIDATES = 32
export const MAX_BEACON_BYTES = 65536
export const PING_INTERVAL_MS = 1000
export const PING_INTERVAL_IDLE_MS = 5000
export const LINK_DEAD_MS = 3000
export const FLUSH_IDLE_MS = 500
export const ACK_REPEAT_MS = 100
export const OPEN_TIMEOUT_MS = 5000
export const INITIAL_CREDIT_BYTES = 2097152
export const WATCH_TOOK_BYTES = 262144
export const WATCH_WINDOW_BYTES = 4194304
export const HEADER_BYTES = 48
export const FLAG_MORE = 1
export const FLAG_CONTINUED = 2
export const FLAG_SNAPSHOT = 4
export const FLAG_END = 8
export const CODEC_JSON = 0
export const CODEC_DEFLATE = 1

export const CLOSE_CODES = {
  malformed: 4400,
  frame_truncated: 4400,
  frame_foreign: 4400,
  version: 4426,
  frame_too_large: 4413,
  frame_corrupt: 4400,
  frame_out_of_range: 4400,
  frame_foreign_stream: 4403,
  frame_hole: 4409,
  credit_exceeded: 4413,
  batch_corrupt: 4400,
  batch_too_large: 4413,
  message_malformed: 4400,
  message_too_large: 4413,
  unauthorized: 4401,
  forbidden: 4403,
  open_timeout: 4408,
  superseded: 4409,
  recording_ended: 4410,
  rate_limited: 4429,
  quota_exceeded: 4430,
  unavailable: 4503,
} as const

export interface Click {
  x: number
  y: number
  id: number
  name: string
}

export interface Console {
  level: "debug" | "error" | "info" | "log" | "warn"
  args: string[]
  stack: string
}

/** A change of the page, in rrweb's event model without its timestamp. */
export interface Dom {
  type: number
  data: unknown
}

/** Last event of a stream. */
export interface End {
  reason: "pagehide" | "stopped"
}

/** An uncaught error or an unhandled rejection. */
export interface Failure {
  type: "error" | "rejection"
  message: string
  source: string
  line: number
  column: number
  stack: string
}

export interface Identify {
  id: string
  traits: Record<string, unknown>
}

/** A page or route was entered. */
export interface Page {
  cause: "hash" | "load" | "pop" | "push" | "replace" | "restore"
  url: string
  title: string
  referrer: string
}

/** Where the pointer is. */
export interface Pointer {
  x: number
  y: number
  id: number
}

/** A fetch or XHR. Told twice: when it starts (`phase` "start") and when it is over. */
export interface Request {
  id: number
  phase: "end" | "start"
  initiator: "fetch" | "xhr"
  method: string
  url: string
  status?: number
  duration?: number
  size?: number
  outcome?: "aborted" | "failed" | "ok" | "timeout"
}

/** The collector left something out, and says how much of what, and why. */
export interface Shed {
  what: string
  count: number
  reason: "backpressure" | "rate" | "too_large"
}

/** An event that the site's own script tells. */
export interface Track {
  name: string
  properties: Record<string, unknown>
}

export interface Viewport {
  width: number
  height: number
}

export interface Visibility {
  state: "hidden" | "visible"
}

/** Everything up to and including `seq` is committed. Cumulative; may be repeated. */
export interface Ack {
  t: "ack"
  seq: number
}

/** Somebody watches (flush every animation frame) or nobody does (every FLUSH_IDLE_MS). */
export interface Cadence {
  t: "cadence"
  live: boolean
}

/** Asks for the stream's clock; the server takes the time of the round trip. */
export interface Clock {
  t: "clock"
  n: number
}

/** Answer to `clock`: ms since the stream began, when the question arrived. */
export interface Clocked {
  t: "clocked"
  n: number
  at: number
}

/** A stream's link went away; `ended` when its last frame was told. */
export interface Closed {
  t: "closed"
  stream: string
  ended: boolean
}

/** Bytes of frames the collector may send on this link in all, counted from its beginning. */
export interface Credit {
  t: "credit"
  bytes: number
}

/** This end will close; move to another link within `after` ms. */
export interface Goaway {
  t: "goaway"
  after: number
}

/** Answer to `resume`: go on behind `seq` (-1: from the first frame). */
export interface Have {
  t: "have"
  seq: number
  credit: number
  live: boolean
}

/** A stream was opened or resumed; the playlist knows it. */
export interface Opened {
  t: "opened"
  stream: string
}

export interface Ping {
  t: "ping"
  n: number
}

export interface Pong {
  t: "pong"
  n: number
}

/** Last message of a link that is closed for a reason. */
export interface Refused {
  t: "error"
  code: string
  message: string
}

/** First message of a link: which stream, and the right to write it. */
export interface Resume {
  t: "resume"
  token: string
  version: number
}

/** Bytes of frames taken in on this watch link in all, said at least every WATCH_TOOK_BYTES. A viewer that has WATCH_WINDOW_BYTES on the way and as much waiting is closed with `unavailable`, and goes on from the log. */
export interface Took {
  t: "took"
  bytes: number
}

/** First message of a watch link; the frames of all the recording's streams follow as they come. */
export interface Watch {
  t: "watch"
  token: string
}

/** The tail is on: every frame taken in from now on comes here. */
export interface Watching {
  t: "watching"
  recording: string
}

export interface SignalAnswer {
  t: "answer"
  sdp: string
  connection: string
}

/** The peer connection of this name is not wanted any more. */
export interface SignalBye {
  t: "bye"
  connection: string
}

/** One trickled ICE candidate (RFC 8838); an empty one is the end of candidates. */
export interface SignalCandidate {
  t: "candidate"
  connection: string
  candidate: string
  mid?: string
}

/** CSS pixels; `language` is a BCP 47 tag, `timezone` an IANA name. */
export interface SignalDeviceInfo {
  user_agent: string
  language: string
  timezone: string
  screen_width: number
  screen_height: number
  viewport_width: number
  viewport_height: number
}

/** First message of a collector. */
export interface SignalHello {
  t: "hello"
  key: string
  versions: [number, number]
  collector: string
  at: number
  tab: string
  page: SignalPageInfo
  device: SignalDeviceInfo
  handle?: string
  token?: string
}

/** As in RTCIceServer of the WebRTC specification. */
export interface SignalIceServer {
  urls: string[]
  username?: string
  credential?: string
}

export interface SignalOffer {
  t: "offer"
  sdp: string
  connection: string
}

export interface SignalPageInfo {
  url: string
  title: string
  referrer: string
}

/** `code` is one of the wire's errors. The socket closes behind it unless a `connection` is named. */
export interface SignalRefused {
  t: "error"
  code: string
  message: string
  connection?: string
}

/** The agent is there (again): offer anew when you are not on `rtc`. */
export interface SignalRestart {
  t: "restart"
}

/** First message of a viewer. The token comes from `POST /api/v1/recordings/{id}/watch`. */
export interface SignalWatchHello {
  t: "watch"
  token: string
}

export interface SignalWatchWelcome {
  t: "watching"
  ice_servers: SignalIceServer[]
  rtc: boolean
}

/** Answer to `hello`: the stream's identity and all that a collector needs to send. */
export interface SignalWelcome {
  t: "welcome"
  recording: string
  stream: string
  token: string
  handle: string
  url: string
  ice_servers: SignalIceServer[]
  rtc: boolean
  policy: "balanced" | "open" | "strict"
  version: number
}

export type FromCollector = Resume | Ping | Clocked

export type ToCollector = Have | Ack | Credit | Cadence | Pong | Clock | Goaway | Refused

export type FromViewer = Watch | Ping | Took

export type ToViewer = Watching | Opened | Closed | Pong | Goaway | Refused

export type SignalFromPeer = SignalHello | SignalWatchHello | SignalOffer | SignalCandidate | SignalBye

export type SignalToPeer = SignalWelcome | SignalWatchWelcome | SignalAnswer | SignalCandidate | SignalRestart | SignalBye | SignalRefused

export interface Kinds {
  dom: Dom
  pointer: Pointer
  click: Click
  console: Console
  error: Failure
  request: Request
  page: Page
  visibility: Visibility
  viewport: Viewport
  identify: Identify
  track: Track
  shed: Shed
  end: End
}
