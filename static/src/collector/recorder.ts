/** The part that reads the page. Everything else knows only this interface. */
import type { Dom } from '../wire/generated.ts'

export interface Recorder {
  /** Takes a snapshot and tells every change from then on. */
  start(): void
  /** Restores every function it replaced. */
  stop(): void
  /** The node's id in the recording, -1 where it is not recorded. */
  idOf(node: unknown): number
}

export interface RecorderParts {
  /** Called within the page's own task, masked already: must be quick and must not throw. */
  readonly emit: (dom: Dom) => void
}
