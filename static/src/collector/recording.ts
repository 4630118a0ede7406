/** The recorder and all captures, started and stopped together. */
import { clicks } from './captures/clicks.ts'
import { consoleLines } from './captures/console.ts'
import type { Capture, CaptureContext } from './captures/capture.ts'
import { errors } from './captures/errors.ts'
import { navigation } from './captures/navigation.ts'
import { network } from './captures/network.ts'
import { pointer } from './captures/pointer.ts'
import { viewport } from './captures/viewport.ts'
import { visibility } from './captures/visibility.ts'
import { attempt, together } from './guard.ts'
import type { Options } from './options.ts'
import type { Policy } from './privacy/policy.ts'
import { createRrwebRecorder } from './rrweb-recorder.ts'

export interface RecordingParts {
  readonly options: Options
  readonly policy: Policy
  readonly cause: 'load' | 'restore'
  readonly emit: CaptureContext['emit']
}

export interface Recording {
  /** Pauses or resumes the recorder alone; resuming takes a new snapshot. */
  pause(paused: boolean): void
  /** Restores every function that was replaced. */
  stop(): void
}

export function startRecording({ options, policy, cause, emit }: RecordingParts): Recording {
  const recorder = createRrwebRecorder(policy, { emit: (dom) => emit('dom', dom) })
  const context: CaptureContext = { emit, policy, origin: options.origin, idOf: recorder.idOf }
  const captures: Capture[] = [navigation(cause), visibility, viewport, errors, clicks, pointer]
  if (options.console) captures.push(consoleLines)
  if (options.network) captures.push(network)
  const stops = captures.map((capture) => attempt(() => capture(context)) ?? (() => {}))
  let records = false
  const record = (now: boolean) => {
    if (now === records) return
    records = now
    attempt(now ? recorder.start : recorder.stop)
  }
  record(true)
  return {
    pause: (paused) => record(!paused),
    stop() {
      // The last laid over comes off first.
      together(...stops.reverse())()
      record(false)
    },
  }
}
