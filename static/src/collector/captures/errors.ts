/** Uncaught errors and unhandled rejections. */
import type { Failure } from '../../wire/generated.ts'
import { listen, together } from '../guard.ts'
import { hide, hidePatterns } from '../privacy/mask.ts'
import type { Policy } from '../privacy/policy.ts'
import { cleanUrl, text } from '../text.ts'
import type { Capture } from './capture.ts'
import { rateOf } from './rate.ts'
import { framesOf } from './stack.ts'

/** In one second. */
const RATE = 50

export const errors: Capture = (context) => {
  const mayTell = rateOf(context, 'error', RATE)
  return together(
    listen<ErrorEvent>(window, 'error', (event) => {
      // The same event tells of pictures and scripts that did not load; those have no message.
      if (!(event instanceof ErrorEvent) || !mayTell()) return
      context.emit('error', failureOf(event, context.policy), event.timeStamp)
    }),
    listen<PromiseRejectionEvent>(window, 'unhandledrejection', (event) => {
      if (mayTell()) context.emit('error', rejectionOf(event.reason, context.policy), event.timeStamp)
    }),
  )
}

export interface ErrorLike {
  readonly message?: string
  readonly filename?: string
  readonly lineno?: number
  readonly colno?: number
  readonly error?: unknown
}

export const failureOf = (event: ErrorLike, policy: Policy): Failure => ({
  type: 'error',
  message: shown(event.message || messageOf(event.error), policy),
  source: event.filename ? cleanUrl(event.filename) : '',
  line: event.lineno ?? 0,
  column: event.colno ?? 0,
  stack: shownStack(event.error, policy),
})

export const rejectionOf = (reason: unknown, policy: Policy): Failure => ({
  type: 'rejection',
  message: shown(messageOf(reason), policy),
  source: '',
  line: 0,
  column: 0,
  stack: shownStack(reason, policy),
})

/** `strict` keeps the error's name only: messages quote what visitors typed. */
function shown(message: string, policy: Policy): string {
  if (policy === 'open') return text(message)
  if (policy === 'balanced') return text(hidePatterns(message))
  const name = /^(?:Uncaught )?(?:\(in promise\) )?\w*(?:Error|Exception)\b/.exec(message)?.[0] ?? ''
  return text(name + hide(message.slice(name.length)))
}

/** A stack begins with the message. */
function shownStack(error: unknown, policy: Policy): string {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return ''
  return text(policy === 'open' ? error.stack : hidePatterns(framesOf(error.stack, String(error.message)).join('\n')))
}

const messageOf = (thrown: unknown): string => {
  if (thrown instanceof Error) return `${thrown.name}: ${thrown.message}`
  return typeof thrown === 'object' && thrown !== null ? Object.prototype.toString.call(thrown) : String(thrown)
}
