/** The console: level, arguments as bounded texts, and where it was called. */
import type { Console } from '../../wire/generated.ts'
import { hide, hidePatterns } from '../privacy/mask.ts'
import { text } from '../text.ts'
import { type Capture, lay, together } from './capture.ts'
import { describeValue } from './describe.ts'

const LEVELS = ['debug', 'log', 'info', 'warn', 'error'] as const
const ARGS_MOST = 10
/** Lines in one second; what is more is counted. */
const RATE = 200

export const consoleLines: Capture = (context) => {
  let inside = false
  let second = 0
  let lines = 0
  let dropped = 0

  function isTooMany(): boolean {
    const now = Math.floor(performance.now() / 1000)
    if (now !== second) {
      tellDropped()
      second = now
      lines = 0
    }
    return ++lines > RATE && ++dropped > 0
  }

  function tellDropped(): void {
    if (dropped) context.emit('shed', { what: 'console', count: dropped, reason: 'rate' })
    dropped = 0
  }

  function tell(level: Console['level'], args: unknown[]): void {
    if (inside || isTooMany()) return
    inside = true
    try {
      const show = context.policy === 'strict' ? hide : context.policy === 'open' ? same : hidePatterns
      const told = args.slice(0, ARGS_MOST).map((arg) => text(show(describeValue(arg))))
      context.emit('console', { level, args: told, stack: callerStack() })
    } catch (error) {
      context.onError(error)
    } finally {
      inside = false
    }
  }

  const stop = together(
    ...LEVELS.map((level) =>
      lay(console, level, (native, active) => function (...args) {
        const result = Reflect.apply(native, this, args)
        if (active()) tell(level, args)
        return result
      }),
    ),
  )
  return () => {
    stop()
    tellDropped()
  }
}

const same = (value: string): string => value

/** The frames above the wrapper, without queries in their addresses. */
function callerStack(): string {
  const lines = (new Error().stack ?? '').split('\n').filter((line) => /^\s*at |@/.test(line))
  return text(lines.slice(3).join('\n').replace(/[?#][^\s:)]*/g, ''))
}
