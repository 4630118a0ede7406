/** A value of the page as a bounded text. Calls nothing of the page's: no getter, no `toString`, no `toJSON`. */
import { SENSITIVE_MASK } from '../privacy/mask.ts'

const DEPTH = 3
const ITEMS = 20
const CHARS = 2_000
const SECRET = /pass|pwd|token|secret|auth|cookie|session|csrf|api.?key|card|cvv|cvc|ssn|iban/i

export function describeValue(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, CHARS) : createDescriber()(value, DEPTH).slice(0, CHARS)
}

/** Goes on only while there is room, so that a large value takes no longer than its text. */
function createDescriber(): (value: unknown, depth: number) => string {
  let left = CHARS
  const above = new Set<object>()

  function describe(value: unknown, depth: number): string {
    const told = typeof value === 'object' && value !== null ? within(value, depth) : describeLeaf(value)
    left -= told.length
    return told
  }

  function within(value: object, depth: number): string {
    if (above.has(value)) return '[circular]'
    above.add(value)
    try {
      return describeObject(value, depth)
    } catch {
      // A proxy that refuses, for one.
      return '[object]'
    } finally {
      above.delete(value)
    }
  }

  function describeObject(value: object, depth: number): string {
    const plain = describePlain(value)
    if (plain !== undefined) return plain
    const item = (one: unknown) => describe(one, depth - 1)
    if (Array.isArray(value)) return depth === 0 ? `Array(${value.length})` : `[${list(value, item)}]`
    if (value instanceof Map || value instanceof Set) {
      const name = `${value instanceof Map ? 'Map' : 'Set'}(${value.size})`
      return depth === 0 ? name : `${name} [${list(value, item)}]`
    }
    const name = nameOf(value)
    const inside = depth === 0 ? '…' : list(Object.keys(value), (key) => `${key}: ${describeMember(value, key, item)}`)
    return `${name && `${name} `}{${inside}}`
  }

  function list<T>(items: Iterable<T>, tell: (item: T) => string): string {
    const told: string[] = []
    for (const item of items) {
      const full = told.length === ITEMS || left < 0
      told.push(full ? '…' : tell(item))
      if (full) break
    }
    return told.join(', ')
  }

  return describe
}

function describeLeaf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, CHARS))
  if (typeof value === 'function') return `ƒ ${own(value, 'name') ?? ''}()`
  return typeof value === 'bigint' ? `${value}n` : String(value)
}

/** Objects that are told as one word. */
function describePlain(value: object): string | undefined {
  if (value instanceof Error) return `${String(value.name)}: ${String(own(value, 'message') ?? '')}`
  if (value instanceof Element) return `<${value.localName}${value.id ? `#${value.id}` : ''}>`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  return value instanceof RegExp ? RegExp.prototype.toString.call(value) : undefined
}

function describeMember(value: object, key: string, describe: (member: unknown) => string): string {
  if (SECRET.test(key)) return SENSITIVE_MASK
  const property = Object.getOwnPropertyDescriptor(value, key)
  return property && 'value' in property ? describe(property.value) : '(…)'
}

/** The name of its class, where that is not `Object`. */
function nameOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  const constructor = prototype ? own(prototype as object, 'constructor') : undefined
  const name = typeof constructor === 'function' ? own(constructor, 'name') : ''
  return typeof name === 'string' && name !== 'Object' ? name : ''
}

const own = (value: object, name: string): unknown => Object.getOwnPropertyDescriptor(value, name)?.value
