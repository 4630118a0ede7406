// The `:hover` class on the nodes below the pointer (rrweb adapts `:hover` rules to it). Lifted while events are applied,
// so that what the page does to `class` meets what the page had.

const CLASS = ':hover'

export class Hover {
  private target: Node | null = null
  private marked: Element[] = []

  set(target: Node | null): void {
    if (target === this.target) return
    this.lift()
    this.target = target
    this.lower()
  }

  lift(): void {
    for (const element of this.marked) {
      element.classList.remove(CLASS)
      if (element.getAttribute('class') === '') element.removeAttribute('class')
    }
    this.marked = []
  }

  lower(): void {
    if (!this.target?.isConnected) return
    for (const element of chain(this.target)) {
      // A class of its own that is empty is left alone: lifting could not tell it from none.
      if (element.getAttribute('class') === '') continue
      element.classList.add(CLASS)
      this.marked.push(element)
    }
  }
}

/** The element and all around it, out of shadow roots too. */
function* chain(node: Node): Generator<Element> {
  for (let at: Node | null = node; at; at = at.parentNode ?? (at as ShadowRoot).host ?? null) {
    if (at.nodeType === Node.ELEMENT_NODE) yield at as Element
  }
}
