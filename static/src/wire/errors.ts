/**
 * What can be wrong with something a peer sent. The codes and close codes are those of sessions/wire/errors.py;
 * the sentences are said here again, since an error is read where it happens.
 */
import { CLOSE_CODES } from './generated.ts'

export type WireCode = keyof typeof CLOSE_CODES

/** What this side of the wire finds out by itself; the other codes come from the server with a sentence of its own. */
const SENTENCES: { readonly [code in WireCode]?: string } = {
  malformed: 'The message could not be read.',
  frame_truncated: 'The frame is shorter than its header says.',
  frame_foreign: 'The bytes do not begin like a frame.',
  version: 'The frame was written in a version that this end does not read.',
  frame_too_large: 'The frame is larger than the limit.',
  frame_corrupt: "The frame's checksum does not match its payload.",
  frame_out_of_range: "A field of the frame's header is out of range.",
  batch_corrupt: 'The payload is not what its header declares.',
  batch_too_large: 'The payload inflates to more than it declares or than the limit.',
  message_malformed: 'The message is not one of those that are understood here.',
  message_too_large: 'The message is larger than the limit.',
}

export class WireError extends Error {
  override readonly name = 'WireError'
  readonly code: WireCode
  readonly detail: string

  constructor(code: WireCode, detail = '') {
    const sentence = SENTENCES[code] ?? code
    super(detail ? `${sentence} (${detail})` : sentence)
    this.code = code
    this.detail = detail
  }

  /** The WebSocket close code that belongs to it (RFC 6455, 7.4.2, private range). */
  get close(): number {
    return CLOSE_CODES[this.code]
  }
}
