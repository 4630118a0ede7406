/** Reads the site's markup of an element: the nearest marked ancestor wins, through shadow roots and frames. */
import type { Mark } from './policy.ts'

const MARKED = '[data-sl-mask],[data-sl-unmask]'
export const BLOCKED = '[data-sl-block]'
export const IGNORED = '[data-sl-ignore]'
/** What a visitor edits like a field. */
export const EDITED = '[contenteditable]:not([contenteditable=false])'

export function markOf(element: Element | null): Mark {
  const marked = closest(element, `${MARKED},${BLOCKED}`)
  return marked ? (ownMark(marked) ?? '') : ''
}

/** What the element itself says. `mask` wins over `unmask`; what is blocked is masked wherever it shows all the same. */
export function ownMark(element: { hasAttribute(name: string): boolean }): Mark | undefined {
  if (element.hasAttribute('data-sl-mask') || element.hasAttribute('data-sl-block')) return 'mask'
  return element.hasAttribute('data-sl-unmask') ? 'unmask' : undefined
}

/** `Element.closest`, on through the hosts of shadow roots and the elements of frames. */
export function closest(element: Element | null, selector: string): Element | null {
  for (let from = element; from; from = outerOf(from)) {
    const found = from.closest(selector)
    if (found) return found
  }
  return null
}

function outerOf(element: Element): Element | null {
  const root = element.getRootNode()
  if ('host' in root) return (root as ShadowRoot).host
  const document = root as Document
  try {
    return document.defaultView?.frameElement ?? null
  } catch {
    return null
  }
}
