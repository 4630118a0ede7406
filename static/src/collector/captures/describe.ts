/** A value of the page as a bounded text. Calls nothing of the page's: no getter, no `toString`, no `toJSON`. */
import { SENSITIVE_MASK } from '../privacy/mask.ts'

const DEPTH = 3
const KEYS = 20
const CHARS = 2_000
const SECRET = /pass|pwd|token|secret|auth|cookie|session|csrf|api.?key|card|cvv|cvc|ssn|iban/i

export function describeValue(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, CHARS) : describe(value, DEPTH, new Set()).slice(0, CHARS)
}

function describe(value: unknown, depth: number, above: Set<object>): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, CHARS))
  if (typeof value === 'function') return `ƒ ${own(value, 'name') ?? ''}()`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return String(value)
  if (above.has(value)) return '[circular]'
  above.add(value)
  try {
    return describeObject(value, depth, above)
  } catch {
    // A proxy that refuses, for one.
    return '[object]'
  } finally {
    above.delete(value)
  }
}

function describeObject(value: object, depth: number, above: Set<object>): string {
  if (value instanceof Error) return `${String(value.name)}: ${String(own(value, 'message') ?? '')}`
  if (value instanceof Element) return `<${value.localName}${value.id ? `#${value.id}` : ''}>`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof RegExp) return RegExp.prototype.toString.call(value)
  if (value instanceof Map || value instanceof Set) return describeCollection(value, depth, above)
  if (Array.isArray(value)) return describeArray(value, depth, above)
  const name = nameOf(value)
  if (depth === 0) return name ? `${name} {…}` : '{…}'
  return `${name && `${name} `}{${members(value, depth, above).join(', ')}}`
}

function describeArray(value: unknown[], depth: number, above: Set<object>): string {
  if (depth === 0) return `Array(${value.length})`
  const items = value.slice(0, KEYS).map((item) => describe(item, depth - 1, above))
  return `[${items.join(', ')}${value.length > KEYS ? ', …' : ''}]`
}

function describeCollection(value: Map<unknown, unknown> | Set<unknown>, depth: number, above: Set<object>): string {
  const name = `${value instanceof Map ? 'Map' : 'Set'}(${value.size})`
  if (depth === 0) return name
  const items = [...value].slice(0, KEYS)
  return `${name} ${describeArray(items, depth, above)}`
}

function members(value: object, depth: number, above: Set<object>): string[] {
  const keys = Object.keys(value)
  const told = keys.slice(0, KEYS).map((key) => {
    if (SECRET.test(key)) return `${key}: ${SENSITIVE_MASK}`
    const property = Object.getOwnPropertyDescriptor(value, key)
    return `${key}: ${property && 'value' in property ? describe(property.value, depth - 1, above) : '(…)'}`
  })
  return keys.length > KEYS ? [...told, '…'] : told
}

/** The name of its class, where that is not `Object`. */
function nameOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  const constructor = prototype ? own(prototype as object, 'constructor') : undefined
  const name = typeof constructor === 'function' ? own(constructor, 'name') : ''
  return typeof name === 'string' && name !== 'Object' ? name : ''
}

const own = (value: object, name: string): unknown => Object.getOwnPropertyDescriptor(value, name)?.value
