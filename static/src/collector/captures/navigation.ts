/** Pages and routes: the load, the History API, the fragment. */
import type { Page } from '../../wire/generated.ts'
import { masked } from '../privacy/mask.ts'
import { textRule } from '../privacy/policy.ts'
import { cleanUrl, text } from '../text.ts'
import { type Capture, type CaptureContext, guarded, lay, listen, together } from './capture.ts'

export const pageOf = (cause: Page['cause'], { policy }: Pick<CaptureContext, 'policy'>): Page => ({
  cause,
  url: cleanUrl(location.href),
  title: text(masked(document.title, textRule(policy, ''))),
  referrer: document.referrer && cleanUrl(document.referrer),
})

export const navigation =
  (first: 'load' | 'restore'): Capture =>
  (context) => {
    let before = location.href
    const tell = guarded(context, (cause: Page['cause']) => {
      if (cause !== first && location.href === before) return
      before = location.href
      context.emit('page', pageOf(cause, context))
    })
    tell(first)
    const history = (name: 'pushState' | 'replaceState', cause: Page['cause']) =>
      lay(window.history, name, (native, active) => function (...args) {
        const result = Reflect.apply(native, this, args)
        if (active()) tell(cause)
        return result
      })
    return together(
      history('pushState', 'push'),
      history('replaceState', 'replace'),
      // Of a change of the fragment alone the browser tells twice; `hashchange` is the better name for it.
      listen(context, window, 'popstate', () => {
        if (before.split('#')[0] !== location.href.split('#')[0]) tell('pop')
      }),
      listen(context, window, 'hashchange', () => tell('hash')),
    )
  }
