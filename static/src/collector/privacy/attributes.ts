/** What the attributes of an element may show. */
import { cleanUrl } from '../text.ts'
import { hide, hidePatterns, masked } from './mask.ts'
import type { Rule } from './policy.ts'

const TEXTS =
  /^(?:title|placeholder|alt|label|summary|abbr|download|content|value|aria-(?:\w*label|description|placeholder|valuetext|\w*roledescription))$/
const ADDRESSES = /^(?:href|xlink:href|action|formaction|ping|cite|src|rr_src|data|srcset|imagesrcset|poster|background|style)$/
/** Their addresses lead on or frame a page. Those of pictures and sheets only lose what may be secret. */
const LINKING = /^(?:a|area|form|button|input|iframe|frame|embed|object|blockquote|q|ins|del)$/
const PLAIN_METAS = /^(?:viewport|color-scheme|theme-color|generator|robots)$/i
/** Their value is a measure. */
const MEASURES = /^(?:li|progress|meter)$/
/** What sheets choose by, such as `data-state=open`: short and plain. */
const STATE = /^[a-z\d_-]{0,24}$/

export type AttributeValue = string | number | true | null | object | undefined
export type Attributes = Record<string, AttributeValue>

/** Masks in place. `value` of fields, `checked` and `selected` are the fields' business. */
export function maskAttributes(tag: string, attributes: Attributes, rule: Rule): void {
  for (const name of Object.keys(attributes)) {
    const value = attributes[name]
    if (isScript(name, value)) delete attributes[name]
    else if (rule === 'keep') continue
    else if (typeof value === 'string') attributes[name] = maskAttribute(tag, name, value, rule, attributes)
    // A style that changes comes as its properties, each a text or a text with its priority.
    else if (name === 'style') attributes[name] = JSON.parse(withoutQuery(JSON.stringify(value ?? null)))
  }
}

/** Handlers, inner documents and `javascript:` addresses are code or markup of their own, and one-time nonces secrets. */
function isScript(name: string, value: AttributeValue): boolean {
  if (name.startsWith('on') || name === 'srcdoc' || name === 'nonce') return true
  return ADDRESSES.test(name) && typeof value === 'string' && /^\s*javascript:/i.test(value)
}

function maskAttribute(tag: string, name: string, value: string, rule: Rule, all: Attributes): string {
  if (name === 'content' && tag === 'meta') return PLAIN_METAS.test(String(all['name'])) ? value : hide(value)
  if (TEXTS.test(name)) return MEASURES.test(tag) ? value : masked(value, rule)
  if (ADDRESSES.test(name)) return name !== 'style' && LINKING.test(tag) ? maskLink(value) : withoutQuery(value)
  if (!name.startsWith('data-')) return value
  return rule === 'hide' && !STATE.test(value) ? hide(value) : hidePatterns(value)
}

function maskLink(value: string): string {
  const scheme = /^\s*(?:mailto|tel|sms):/i.exec(value)?.[0]
  return scheme ?? (/^\s*#/.test(value) || !value ? value : cleanUrl(value))
}

/** All addresses in a text, one or a list or those of a style; but data, which is the picture itself, stays. */
const withoutQuery = (value: string): string =>
  /data:/i.test(value) ? value : value.replace(/\?[^#\s,"'\\)]*/g, '')
