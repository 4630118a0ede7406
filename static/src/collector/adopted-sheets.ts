/**
 * rrweb hears of adopted style sheets when the list is assigned, not when the page changes the list itself
 * (`document.adoptedStyleSheets.push(sheet)`). So the list that the page gets tells of changes, by an assignment of itself.
 */

import { guarded } from './guard.ts'

type Adopter = { adoptedStyleSheets: CSSStyleSheet[] }

/** For the documents and shadow roots of one window; call the result to stop. Begin before rrweb looks at the property. */
export function watchAdoptedSheets(): () => void {
  const stops = [Document.prototype, ShadowRoot.prototype].map(watch)
  return () => stops.forEach((stop) => stop())
}

function watch(prototype: object): () => void {
  const before = Object.getOwnPropertyDescriptor(prototype, 'adoptedStyleSheets')
  const native = before?.get
  if (!native || !before.configurable) return () => {}
  const lists = new WeakMap<object, CSSStyleSheet[]>()
  let active = true

  /** The same object each time, as the page may compare. */
  function listOf(adopter: Adopter, sheets: CSSStyleSheet[]): CSSStyleSheet[] {
    const known = lists.get(sheets)
    if (known) return known
    const list = telling(sheets, guarded(() => {
      if (active) adopter.adoptedStyleSheets = [...sheets]
    }))
    lists.set(sheets, list)
    return list
  }
  function get(this: Adopter): CSSStyleSheet[] {
    const sheets = Reflect.apply(native as () => CSSStyleSheet[], this, [])
    return active ? listOf(this, sheets) : sheets
  }
  Object.defineProperty(prototype, 'adoptedStyleSheets', { ...before, get })
  return () => {
    active = false
    if (Object.getOwnPropertyDescriptor(prototype, 'adoptedStyleSheets')?.get === get) {
      Object.defineProperty(prototype, 'adoptedStyleSheets', before)
    }
  }
}

/** `tell` comes once for all changes of one task, before anything is painted. */
function telling(sheets: CSSStyleSheet[], tell: () => void): CSSStyleSheet[] {
  let told = true
  const changed = (): void => {
    if (!told) return
    told = false
    queueMicrotask(() => {
      told = true
      tell()
    })
  }
  return new Proxy(sheets, {
    set(target, name, value) {
      const done = Reflect.set(target, name, value)
      changed()
      return done
    },
    deleteProperty(target, name) {
      const done = Reflect.deleteProperty(target, name)
      changed()
      return done
    },
  })
}
