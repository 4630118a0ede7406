/**
 * rrweb wraps functions of the CSS object model, and calls its error handler for everything thrown inside, be it its
 * own mistake or the answer to a wrong call of the page. Laid beneath the wrappers, this tells the two apart; it also
 * puts back what rrweb leaves replaced.
 */

const CALLS: readonly (readonly [name: string, methods: readonly string[]])[] = [
  ['CSSStyleSheet', ['insertRule', 'deleteRule', 'replace', 'replaceSync', 'addRule', 'removeRule']],
  ['CSSGroupingRule', ['insertRule', 'deleteRule']],
  ['CSSStyleDeclaration', ['setProperty', 'removeProperty']],
]

type Method = (this: unknown, ...args: unknown[]) => unknown

export function keepHostErrors(): { has(error: unknown): boolean; restore(): void } {
  const errors = new WeakSet<object>()
  const restores: (() => void)[] = []
  for (const [name, methods] of CALLS) {
    const prototype = (globalThis as unknown as Record<string, { prototype: object } | undefined>)[name]?.prototype
    for (const method of methods) if (prototype) restores.push(watch(prototype, method, errors))
  }
  restores.push(forget(document, 'adoptedStyleSheets'), forget(customElements, 'define'))
  return {
    has: (error) => typeof error === 'object' && error !== null && errors.has(error),
    restore: () => restores.forEach((restore) => restore()),
  }
}

function watch(prototype: object, name: string, errors: WeakSet<object>): () => void {
  const before = Object.getOwnPropertyDescriptor(prototype, name)
  if (typeof before?.value !== 'function') return () => {}
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
  return () => Object.defineProperty(prototype, name, before)
}

/** rrweb defines these on the object itself and leaves them there. */
function forget(object: object, name: string): () => void {
  const had = Object.hasOwn(object, name)
  return () => {
    if (!had) Reflect.deleteProperty(object, name)
  }
}
