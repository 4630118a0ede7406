/** What carries frames and control messages, whatever it is made of. */

export type LinkKind = 'rtc' | 'relay'

export interface Link {
  readonly kind: LinkKind
  sendText(text: string): void
  sendFrame(frame: Uint8Array<ArrayBuffer>): void
  /** Bytes given to it that have not left yet. */
  buffered(): number
  /** Nothing is told afterwards. */
  close(): void
}

export interface LinkHandlers {
  onOpen(): void
  onText(text: string): void
  /** What was buffered has become little. */
  onDrain(): void
  /** It is over; `code` is a WebSocket close code where there was one, else 0. */
  onClose(code: number): void
}

/** Begins to open a link. Must not throw: what fails is told by `onClose`. */
export type Connect = (handlers: LinkHandlers) => Link

/** Above this many buffered bytes nothing more is given to a link. */
export const HIGH_WATER_BYTES = 256 * 1024
