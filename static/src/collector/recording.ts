/** The recorder and all captures, started and stopped together. */
import { clicks } from './captures/clicks.ts'
import { consoleLines } from './captures/console.ts'
import { type Capture, type CaptureContext, guarded } from './captures/capture.ts'
import { errors } from './captures/errors.ts'
import { navigation } from './captures/navigation.ts'
import { network } from './captures/network.ts'
import { pointer } from './captures/pointer.ts'
import { viewport } from './captures/viewport.ts'
import { visibility } from './captures/visibility.ts'
import type { Options } from './options.ts'
import type { Policy } from './privacy/policy.ts'
import { createRrwebRecorder } from './rrweb-recorder.ts'

export interface RecordingParts {
  readonly options: Options
  readonly policy: Policy
  readonly cause: 'load' | 'restore'
  readonly emit: CaptureContext['emit']
  readonly onError: (error: unknown) => void
}

export interface Recording {
  /** Pauses or resumes the recorder alone; resuming takes a new snapshot. */
  pause(paused: boolean): void
  /** Restores every function that was replaced. */
  stop(): void
}

export function startRecording({ options, policy, cause, emit, onError }: RecordingParts): Recording {
  const recorder = createRrwebRecorder(policy, { emit: (dom) => emit('dom', dom), onError })
  const context: CaptureContext = { emit, policy, origin: options.origin, onError, idOf: recorder.idOf }
  const captures: Capture[] = [navigation(cause), visibility, viewport, errors, clicks, pointer]
  if (options.console) captures.push(consoleLines)
  if (options.network) captures.push(network)
  const stops: (() => void)[] = []
  for (const capture of captures) guarded(context, () => void stops.push(capture(context)))()
  const start = guarded(context, recorder.start)
  start()
  return {
    pause: (paused) => (paused ? recorder.stop() : start()),
    stop() {
      // The last laid over comes off first.
      for (const stop of stops.reverse()) guarded(context, stop)()
      guarded(context, recorder.stop)()
    },
  }
}
