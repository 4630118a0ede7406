/** Pages and routes: the load, the History API, the fragment. */
import type { Page } from '../../wire/generated.ts'
import { guarded, listen, together } from '../guard.ts'
import { masked } from '../privacy/mask.ts'
import { textRule } from '../privacy/policy.ts'
import { cleanUrl, text } from '../text.ts'
import { type Capture, type CaptureContext, lay } from './capture.ts'

export const pageOf = (cause: Page['cause'], { policy }: Pick<CaptureContext, 'policy'>): Page => ({
  cause,
  url: cleanUrl(location.href),
  title: text(masked(titleOf(document), textRule(policy, ''))),
  referrer: document.referrer && cleanUrl(document.referrer),
})

/** An element named `title` hides the property of the document. */
const titleOf = (of: Document): string =>
  String(Reflect.get(Document.prototype, 'title', of))

export const navigation =
  (first: 'load' | 'restore'): Capture =>
  (context) => {
    let before = location.href
    const tell = (cause: Page['cause']) => {
      if (cause !== first && location.href === before) return
      before = location.href
      context.emit('page', pageOf(cause, context))
    }
    tell(first)
    return together(
      onHistory(tell),
      // Of a change of the fragment alone the browser tells twice; `hashchange` is the better name for it.
      listen(window, 'popstate', () => {
        if (before.split('#')[0] !== location.href.split('#')[0]) tell('pop')
      }),
      listen(window, 'hashchange', () => tell('hash')),
    )
  }

/** After each call of the History API that succeeded. */
export function onHistory(tell: (cause: 'push' | 'replace') => void): () => void {
  const told = guarded(tell)
  const over = (name: 'pushState' | 'replaceState', cause: 'push' | 'replace') =>
    // Where the page has laid something over it already, that calls what it found before, not what is laid there now.
    lay(Object.hasOwn(history, name) ? history : History.prototype, name, (call) => {
      const result = call()
      told(cause)
      return result
    })
  return together(over('pushState', 'push'), over('replaceState', 'replace'))
}
