/** `Recorder` with @rrweb/record: its options, its events masked, and what it leaves behind put back. */
import { record } from '@rrweb/record'
import { RR_TYPE } from '../wire/rrweb.ts'
import { watchAdoptedSheets } from './adopted-sheets.ts'
import { watchResets } from './form-resets.ts'
import { keepHostErrors } from './host-errors.ts'
import { BLOCKED, IGNORED } from './privacy/marks.ts'
import { MEDIA, type Policy } from './privacy/policy.ts'
import { createScrubber } from './privacy/scrub.ts'
import type { Recorder, RecorderParts } from './recorder.ts'

const SCROLL_MS = 50

export function createRrwebRecorder(policy: Policy, { emit, onError }: RecorderParts): Recorder {
  const scrubber = createScrubber(policy, (id) => record.mirror.getNode(id))
  let stopped = true
  let stop: (() => void) | undefined
  let host: ReturnType<typeof keepHostErrors> | undefined
  let unwatch: (() => void) | undefined

  function onEvent({ type, data }: { type: number; data: unknown }): void {
    if (stopped) return
    try {
      if (type >= RR_TYPE.snapshot && scrubber.scrub(type, data)) emit({ type, data })
    } catch (error) {
      // Fails closed: an event that could not be masked is not told.
      onError(error)
    }
  }

  /** True swallows: right for the recorder's own errors, wrong for those that the page's own call earned. */
  function onRecorderError(error: unknown): boolean {
    if (host?.has(error)) return false
    onError(error)
    return true
  }

  return {
    start() {
      stopped = false
      host = keepHostErrors()
      unwatch = watchAdoptedSheets(onError)
      stop = record({
        emit: onEvent as (event: object) => void,
        errorHandler: onRecorderError,
        blockSelector: policy === 'strict' ? `${BLOCKED},${UNMASKED_MEDIA}` : BLOCKED,
        blockClass: 'sl-none',
        ignoreSelector: `${IGNORED},${IGNORED} *`,
        ignoreClass: 'sl-none',
        inlineStylesheet: true,
        recordAfter: 'DOMContentLoaded',
        // rrweb calls this for the window of each frame too.
        plugins: [{ name: 'resets', options: {}, observer: (_, view) => watchResets(view, { idOf, tell: onEvent }) }],
        sampling: {
          mousemove: false,
          mouseInteraction: { MouseUp: false, MouseDown: false, ContextMenu: false, DblClick: false },
          scroll: SCROLL_MS,
        },
      })
    },
    stop() {
      stopped = true
      try {
        stop?.()
      } catch (error) {
        onError(error)
      }
      stop = undefined
      unwatch?.()
      unwatch = undefined
      host?.restore()
      host = undefined
    },
    idOf: (node) => (node instanceof Node ? idOf(node) : -1),
  }
}

const idOf = (node: Node): number => record.mirror.getId(node)

/** The selector is rrweb's, which knows no nearest ancestor: any unmasked one shows the medium. */
const UNMASKED_MEDIA = `:is(${MEDIA}):not([data-sl-unmask],[data-sl-unmask] *)`

