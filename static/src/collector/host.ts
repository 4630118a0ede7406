/**
 * What rrweb replaces in the page, and how it is put back. Laid beneath rrweb's wrappers, this tells its own errors from
 * those that a wrong call of the page has earned, as rrweb calls its error handler for both. And what the page has laid
 * over those wrappers meanwhile stays.
 */
import { attempt } from './guard.ts'

type Names = readonly (readonly [owner: string, names: readonly string[]])[]

const STYLES: Names = [
  ['CSSStyleSheet', ['insertRule', 'deleteRule', 'replace', 'replaceSync', 'addRule', 'removeRule']],
  ['CSSGroupingRule', ['insertRule', 'deleteRule']],
  ['CSSStyleDeclaration', ['setProperty', 'removeProperty']],
]
const OTHERS: Names = [
  ['HTMLInputElement', ['value', 'checked']],
  ['HTMLTextAreaElement', ['value']],
  ['HTMLSelectElement', ['value', 'selectedIndex']],
  ['HTMLOptionElement', ['selected']],
  ['Element', ['attachShadow']],
]

type Method = (this: unknown, ...args: unknown[]) => unknown

export interface Host {
  /** Whether the browser threw it at a call of the page's own. */
  earned(error: unknown): boolean
  /** rrweb has replaced now all that it does. */
  laid(): void
  /** Runs `stop`, which stops rrweb, and puts back what that leaves. */
  restore(stop: () => void): void
}

export function keepHost(): Host {
  const errors = new WeakSet<object>()
  const places = [placeOf(document, 'adoptedStyleSheets'), placeOf(customElements, 'define')]
  each(OTHERS, (prototype, name) => places.push(placeOf(prototype, name)))
  each(STYLES, (prototype, name) => {
    const place = placeOf(prototype, name)
    watch(prototype, name, errors)
    place.under()
    places.push(place)
  })
  return {
    earned: (error) => typeof error === 'object' && error !== null && errors.has(error),
    laid: () => places.forEach((place) => place.laid()),
    restore(stop) {
      const restores = places.map((place) => place.restore())
      attempt(stop)
      restores.forEach(attempt)
    },
  }
}

function each(owners: Names, run: (prototype: object, name: string) => void): void {
  for (const [owner, names] of owners) {
    const prototype = (globalThis as unknown as Record<string, { prototype: object } | undefined>)[owner]?.prototype
    if (prototype) names.forEach((name) => run(prototype, name))
  }
}

function watch(prototype: object, name: string, errors: WeakSet<object>): void {
  const before = Object.getOwnPropertyDescriptor(prototype, name)
  if (typeof before?.value !== 'function') return
  const native = before.value as Method
  const watched: Method = function (...args) {
    try {
      return Reflect.apply(native, this, args)
    } catch (error) {
      if (typeof error === 'object' && error !== null) errors.add(error)
      throw error
    }
  }
  Object.defineProperty(prototype, name, { ...before, value: watched })
}

/** One property through the four states that it may have: before, beneath rrweb, with rrweb, and with the page above that. */
function placeOf(object: object, name: string) {
  const now = (owner = object) => Object.getOwnPropertyDescriptor(owner, name)
  const before = now()
  let under = before
  let laid = before
  const put = (to: PropertyDescriptor | undefined): void => {
    if (to) Object.defineProperty(object, name, to)
    else Reflect.deleteProperty(object, name)
  }
  return {
    under() {
      under = laid = now()
    },
    laid() {
      laid = now()
    },
    restore() {
      const last = now()
      return () => {
        if (!isSame(last, laid)) put(last)
        // rrweb leaves some as they are, and an own property where there was an inherited one.
        else if ([under, laid, inherited(object, name)].some((ours) => isSame(now(), ours))) put(before)
      }
    },
  }
}

function inherited(object: object, name: string): PropertyDescriptor | undefined {
  const above = Object.getPrototypeOf(object) as object | null
  return above ? (Object.getOwnPropertyDescriptor(above, name) ?? inherited(above, name)) : undefined
}

const isSame = (one?: PropertyDescriptor, other?: PropertyDescriptor): boolean =>
  one?.value === other?.value && one?.get === other?.get && one?.set === other?.set
