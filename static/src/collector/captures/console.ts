/** The console: level, arguments as bounded texts, and where it was called. */
import { failed, together } from '../guard.ts'
import { hide, hidePatterns } from '../privacy/mask.ts'
import { text } from '../text.ts'
import { type Capture, lay } from './capture.ts'
import { describeValue } from './describe.ts'
import { rateOf } from './rate.ts'
import { framesOf } from './stack.ts'

const LEVELS = ['debug', 'log', 'info', 'warn', 'error'] as const
const ARGS_MOST = 10
/** Lines in one second. */
const RATE = 200

export const consoleLines: Capture = (context) => {
  const mayTell = rateOf(context, 'console', RATE)
  const show = context.policy === 'strict' ? hide : context.policy === 'open' ? same : hidePatterns
  let inside = false

  return together(
    ...LEVELS.map((level) =>
      lay(console, level, (call, args) => {
        const result = call()
        if (inside) return result
        inside = true
        try {
          if (mayTell()) {
            const stack = callerStack()
            context.emit('console', { level, args: args.slice(0, ARGS_MOST).map((arg) => text(show(describeValue(arg)))), stack })
          }
        } catch (error) {
          failed(error)
        }
        inside = false
        return result
      }),
    ),
  )
}

const same = (value: string): string => value

/** What stands above this function, the one laid over the console's, and the trap that calls that. */
const callerStack = (): string => text(framesOf(new Error().stack ?? '').slice(3).join('\n'))
