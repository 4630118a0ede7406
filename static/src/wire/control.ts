/** Control and signaling messages: small JSON objects that name themselves in `t` (sessions/wire/control.py, signals.py). */
import { WireError } from './errors.ts'
import {
  MAX_CONTROL_BYTES,
  MAX_SIGNAL_BYTES,
  type SignalToPeer,
  type ToCollector,
  type ToViewer,
} from './generated.ts'

interface Named {
  readonly t: string
}

/** Names of the fields that a message must have, and their type; more may come with it. */
type Shape = Record<string, 'string' | 'number' | 'boolean' | 'object'>
type Shapes<M extends Named> = { readonly [T in M['t']]: Shape }

const TO_BOTH = {
  pong: { n: 'number' },
  goaway: { after: 'number' },
  error: { code: 'string', message: 'string' },
} as const

const TO_COLLECTOR: Shapes<ToCollector> = {
  ...TO_BOTH,
  have: { seq: 'number', credit: 'number', live: 'boolean' },
  ack: { seq: 'number' },
  credit: { bytes: 'number' },
  cadence: { live: 'boolean' },
  clock: { n: 'number' },
}

const TO_VIEWER: Shapes<ToViewer> = {
  ...TO_BOTH,
  watching: { recording: 'string' },
  opened: { stream: 'string' },
  closed: { stream: 'string', ended: 'boolean' },
}

const TO_PEER: Shapes<SignalToPeer> = {
  welcome: { recording: 'string', stream: 'string', token: 'string', handle: 'string', ice_servers: 'object' },
  watching: { ice_servers: 'object', rtc: 'boolean' },
  answer: { sdp: 'string', connection: 'string' },
  candidate: { connection: 'string', candidate: 'string' },
  restart: {},
  bye: { connection: 'string' },
  error: { code: 'string', message: 'string' },
}

/** What the server says to a collector's link. Throws `message_malformed` or `message_too_large`. */
export const decodeToCollector = (text: string): ToCollector => decode(text, MAX_CONTROL_BYTES, TO_COLLECTOR)

/** What the server says to a watch link. Throws `message_malformed` or `message_too_large`. */
export const decodeToViewer = (text: string): ToViewer => decode(text, MAX_CONTROL_BYTES, TO_VIEWER)

/** What the server says over signaling. Throws `message_malformed` or `message_too_large`. */
export const decodeSignal = (text: string): SignalToPeer => decode(text, MAX_SIGNAL_BYTES, TO_PEER)

function decode<M extends Named>(text: string, most: number, shapes: Shapes<M>): M {
  if (text.length > most) throw new WireError('message_too_large', `${text.length} characters`)
  const message = parse(text)
  const shape = Object.hasOwn(shapes, message.t) ? shapes[message.t as M['t']] : undefined
  if (!shape) throw new WireError('message_malformed', 'unknown name')
  for (const [field, type] of Object.entries(shape)) {
    const value = (message as unknown as Record<string, unknown>)[field]
    if (typeof value !== type || value === null) throw new WireError('message_malformed', field)
  }
  return message as M
}

function parse(text: string): Named {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && typeof (value as Named).t === 'string') return value as Named
  } catch {
    // Said below.
  }
  throw new WireError('message_malformed', 'not a JSON object with a name')
}
