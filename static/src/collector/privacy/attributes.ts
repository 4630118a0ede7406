/** What the attributes of an element may show. */
import { cleanUrl } from '../text.ts'
import { hidePatterns, masked } from './mask.ts'
import type { Rule } from './policy.ts'

const TEXTS = /^(?:title|placeholder|alt|label|summary|aria-(?:label|description|placeholder|valuetext|roledescription))$/
const LINKS = /^(?:href|xlink:href|action|formaction|ping|cite|src|rr_src|data)$/
/** Their addresses lead on or frame a page; those of pictures and sheets stay whole, since replay needs them. */
const LINKING = /^(?:a|area|form|button|input|iframe|frame|embed|object|blockquote|q|ins|del)$/
const PLAIN_METAS = /^(?:viewport|color-scheme|theme-color|generator|robots)$/i

export type AttributeValue = string | number | true | null | object | undefined
export type Attributes = Record<string, AttributeValue>

/** Masks in place. `value`, `checked` and `selected` are the fields' business. */
export function maskAttributes(tag: string, attributes: Attributes, rule: Rule): void {
  for (const name of Object.keys(attributes)) {
    const value = attributes[name]
    if (isScript(name, value)) delete attributes[name]
    else if (typeof value === 'string') attributes[name] = maskAttribute(tag, name, value, rule, attributes)
  }
}

/** Handlers, inner documents and `javascript:` addresses are code or markup of their own, and one-time nonces secrets. */
function isScript(name: string, value: AttributeValue): boolean {
  if (name.startsWith('on') || name === 'srcdoc' || name === 'nonce') return true
  return LINKS.test(name) && typeof value === 'string' && /^\s*javascript:/i.test(value)
}

function maskAttribute(tag: string, name: string, value: string, rule: Rule, all: Attributes): string {
  if (rule === 'keep') return value
  if (TEXTS.test(name)) return masked(value, rule)
  if (name === 'content' && tag === 'meta') return PLAIN_METAS.test(String(all['name'])) ? value : masked(value, rule)
  if (LINKS.test(name) && LINKING.test(tag)) return maskLink(value)
  return name.startsWith('data-') ? hidePatterns(value) : value
}

function maskLink(value: string): string {
  const scheme = /^\s*(?:mailto|tel|sms):/i.exec(value)?.[0]
  return scheme ?? (/^\s*#/.test(value) || !value ? value : cleanUrl(value))
}
