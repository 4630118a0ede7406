/** `Recorder` with @rrweb/record: its options, its events masked, and what it leaves behind put back. */
import { record } from '@rrweb/record'
import { RR_TYPE } from '../wire/rrweb.ts'
import { watchAdoptedSheets } from './adopted-sheets.ts'
import { watchResets } from './form-resets.ts'
import { attempt, failed } from './guard.ts'
import { type Host, keepHost } from './host.ts'
import { BLOCKED, IGNORED } from './privacy/marks.ts'
import { MEDIA, type Policy } from './privacy/policy.ts'
import { createScrubber } from './privacy/scrub.ts'
import type { Recorder, RecorderParts } from './recorder.ts'

const SCROLL_MS = 50

export function createRrwebRecorder(policy: Policy, { emit }: RecorderParts): Recorder {
  const scrubber = createScrubber(policy, (id) => record.mirror.getNode(id))
  let host: Host | undefined
  let stop: (() => void) | undefined
  let unwatch: (() => void) | undefined

  /** `of`: what the page has laid over wrappers of an earlier start keeps them alive. */
  function onEvent(of: Host, { type, data }: { type: number; data: unknown }): void {
    if (of !== host) return
    // Fails closed: an event that could not be masked is not told.
    attempt(() => {
      if (type >= RR_TYPE.snapshot && scrubber.scrub(type, data)) emit({ type, data })
    })
  }

  return {
    start() {
      const mine = (host = keepHost())
      const tell = (event: { type: number; data: unknown }) => onEvent(mine, event)
      unwatch = watchAdoptedSheets()
      stop = record({
        emit: tell as (event: object) => void,
        errorHandler(error: unknown) {
          // True swallows: right for the recorder's own errors, wrong for those that the page's own call earned.
          if (mine.earned(error)) return false
          failed(error)
          return true
        },
        blockSelector: policy === 'strict' ? `${BLOCKED},${UNMASKED_MEDIA}` : BLOCKED,
        blockClass: 'sl-none',
        ignoreSelector: `${IGNORED},${IGNORED} *`,
        ignoreClass: 'sl-none',
        inlineStylesheet: true,
        recordAfter: 'DOMContentLoaded',
        // rrweb calls this for the window of each frame too, when it has replaced what it does there.
        plugins: [
          {
            name: 'resets',
            options: {},
            observer(_, view) {
              if (view === window) mine.laid()
              return watchResets(view, { idOf, tell })
            },
          },
        ],
        sampling: {
          mousemove: false,
          mouseInteraction: { MouseUp: false, MouseDown: false, ContextMenu: false, DblClick: false },
          scroll: SCROLL_MS,
        },
      })
    },
    stop() {
      const mine = host
      host = undefined
      mine?.restore(() => stop?.())
      stop = undefined
      unwatch?.()
      unwatch = undefined
    },
    idOf: (node) => (node instanceof Node ? idOf(node) : -1),
  }
}

const idOf = (node: Node): number => record.mirror.getId(node)

/** The selector is rrweb's, which knows no nearest ancestor: any unmasked one shows the medium. */
const UNMASKED_MEDIA = `:is(${MEDIA}):not([data-sl-unmask],[data-sl-unmask] *)`
