// Serialised nodes: copied field by field from an allow-list, with bounds; what is not understood is left out.

import { RR_NODE } from '../../wire/rrweb.ts'
import { cleanAttributes } from './attributes.ts'
import type { Value } from './attributes.ts'
import { cleanSheet } from './sheet.ts'

export const MAX_DEPTH = 512
export const MAX_NODES = 200_000
export const MAX_TEXT = 8_388_608
const MAX_ID = 2 ** 31

/** What rrweb's rebuild reads. */
export interface CleanNode {
  type: number
  id: number
  rootId?: number
  tagName?: string
  attributes?: Record<string, Value>
  childNodes?: CleanNode[]
  textContent?: string
  isSVG?: true
  isCustom?: true
  isShadowHost?: boolean
  isShadow?: boolean
  isStyle?: true
  name?: string
  publicId?: string
  systemId?: string
  compatMode?: string
}

export interface Budget {
  nodes: number
}

const TAG = /^[a-z][-.\w\u00b7\u00c0-\uffff]*$/i
/** HTML's "valid custom element name", without the names that it reserves. */
const CUSTOM = /^[a-z][-.\w\u00b7\u00c0-\uffff]*-[-.\w\u00b7\u00c0-\uffff]*$/
const RESERVED = new Set([
  'annotation-xml', 'color-profile', 'font-face', 'font-face-src', 'font-face-uri', 'font-face-format', 'font-face-name',
  'missing-glyph',
])
/** They would load or run a document of their own. Shown as elements that mean nothing. */
const INERT = new Set(['object', 'embed', 'applet', 'portal', 'fencedframe', 'frame', 'param'])

/** The tag to build: scripts become `noscript`, foreign documents `sl-NAME`, names that cannot be built `div`. */
export const cleanTag = (tag: unknown): string => {
  if (typeof tag !== 'string' || tag.length > 128 || !TAG.test(tag)) return 'div'
  const low = tag.toLowerCase()
  if (low === 'script') return 'noscript'
  return INERT.has(low) ? `sl-${low}` : tag
}

export const isId = (id: unknown): id is number => typeof id === 'number' && Number.isInteger(id) && id > 0 && id < MAX_ID

const text = (value: unknown): string => (typeof value === 'string' && value.length <= MAX_TEXT ? value : '')

/** A copy that may be built, or null. `styled`: the parent is a style element, so text is CSS. */
export const cleanNode = (raw: unknown, budget: Budget, depth = 0, styled = false): CleanNode | null => {
  if (typeof raw !== 'object' || raw === null || depth > MAX_DEPTH || budget.nodes <= 0) return null
  const node = raw as Record<string, unknown>
  if (!isId(node['id'])) return null
  budget.nodes--
  const clean: CleanNode = { type: Number(node['type']), id: node['id'] }
  if (isId(node['rootId'])) clean.rootId = node['rootId']
  if (node['isShadow'] === true) clean.isShadow = true
  return fill(clean, node, budget, depth, styled)
}

const fill = (clean: CleanNode, node: Record<string, unknown>, budget: Budget, depth: number, styled: boolean): CleanNode | null => {
  switch (clean.type) {
    case RR_NODE.document:
      if (node['compatMode'] === 'BackCompat') clean.compatMode = 'BackCompat'
      clean.childNodes = children(node, budget, depth, false)
      if (clean.childNodes.length === 0) delete clean.compatMode
      return clean
    case RR_NODE.doctype:
      return Object.assign(clean, doctype(node))
    case RR_NODE.element:
      return element(clean, node, budget, depth)
    case RR_NODE.text:
      styled ||= node['isStyle'] === true
      if (styled) clean.isStyle = true
      clean.textContent = styled ? cleanSheet(text(node['textContent'])) : text(node['textContent'])
      return clean
    case RR_NODE.comment:
      clean.textContent = text(node['textContent'])
      return clean
    default:
      return null
  }
}

const NAME_OF_DOCTYPE = /^[a-z][\w.-]{0,63}$/i
const ID_OF_DOCTYPE = /^[-\w\s'()+,./:=?;!*#@$%]{0,256}$/

const doctype = (node: Record<string, unknown>): { name: string; publicId: string; systemId: string } => ({
  name: NAME_OF_DOCTYPE.test(text(node['name'])) ? text(node['name']) : 'html',
  publicId: ID_OF_DOCTYPE.test(text(node['publicId'])) ? text(node['publicId']) : '',
  systemId: ID_OF_DOCTYPE.test(text(node['systemId'])) ? text(node['systemId']) : '',
})

const element = (clean: CleanNode, node: Record<string, unknown>, budget: Budget, depth: number): CleanNode => {
  const tag = cleanTag(node['tagName'])
  const low = tag.toLowerCase()
  clean.tagName = tag
  clean.attributes = cleanAttributes(low, node['attributes'])
  if (node['isSVG'] === true) clean.isSVG = true
  if (node['isCustom'] === true && CUSTOM.test(tag) && !RESERVED.has(tag)) clean.isCustom = true
  if (node['isShadowHost'] === true && canHost(low, clean)) clean.isShadowHost = true
  clean.childNodes = isScript(node['tagName']) ? [] : children(node, budget, depth, low === 'style')
  return clean
}

const isScript = (tag: unknown): boolean => typeof tag === 'string' && tag.toLowerCase() === 'script'

/** Elements that take a shadow root (DOM, "attach a shadow root"); others throw. */
const HOSTS = new Set([
  'article', 'aside', 'blockquote', 'body', 'div', 'footer', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header', 'main', 'nav', 'p',
  'section', 'span',
])
const canHost = (low: string, node: CleanNode): boolean =>
  !node.isSVG && (HOSTS.has(low) || (CUSTOM.test(low) && !RESERVED.has(low)))

const children = (node: Record<string, unknown>, budget: Budget, depth: number, styled: boolean): CleanNode[] => {
  const raw = node['childNodes']
  if (!Array.isArray(raw)) return []
  const clean: CleanNode[] = []
  for (const child of raw) {
    const copy = cleanNode(child, budget, depth + 1, styled)
    // A document is never a child: rrweb would build it in place of the page. That of a frame is added by a mutation.
    if (copy && copy.type !== RR_NODE.document) clean.push(copy)
  }
  return clean
}
