// rrweb events: what may reach the replayer. Everything is copied by an allow-list; what is not understood is left out.

import { RR_NODE, RR_SOURCE, RR_TYPE } from '../../wire/rrweb.ts'
import type { RrEvent } from '../../wire/rrweb.ts'
import { cleanAttributes, cleanStyleChange } from './attributes.ts'
import { cleanCss } from './css.ts'
import { cleanSheet } from './sheet.ts'
import { MAX_DEPTH, MAX_NODES, MAX_TEXT, cleanNode, isId } from './nodes.ts'
import type { CleanNode } from './nodes.ts'

/** What the cleaning must know of the tree that stands. Tags in lower case; undefined where there is no such node. */
export interface Standing {
  tagOf(id: number): string | undefined
  /** Tag of the element above a text. */
  parentTagOf(id: number): string | undefined
  depthOf(id: number): number
  readonly nodes: number
}

type Raw = Record<string, unknown>
type Cleaner = (data: Raw, standing: Standing) => Raw | null

const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value)
const list = (value: unknown): Raw[] => (Array.isArray(value) ? value.filter(isRaw) : [])
const finite = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)
const size = (value: unknown): number => Math.min(Math.max(Math.round(finite(value)), 1), 16_384)
const idOr = (value: unknown): number | null => (isId(value) ? value : null)

/** The event that may be applied, or null where nothing of it may. */
export const cleanEvent = (event: RrEvent, standing: Standing): RrEvent | null => {
  if (!isRaw(event.data)) return null
  const data = CLEANERS_OF_TYPE[event.type]?.(event.data, standing)
  return data ? { type: event.type, data, timestamp: finite(event.timestamp) } : null
}

const snapshot: Cleaner = (data) => {
  const node = cleanNode(data['node'], { nodes: MAX_NODES })
  if (node?.type !== RR_NODE.document) return null
  const offset = isRaw(data['initialOffset']) ? data['initialOffset'] : {}
  return { node, initialOffset: { left: finite(offset['left']), top: finite(offset['top']) } }
}

const meta: Cleaner = (data) => ({ href: 'about:blank', width: size(data['width']), height: size(data['height']) })

const incremental: Cleaner = (data, standing) => {
  const clean = CLEANERS_OF_SOURCE[finite(data['source'])]?.(data, standing)
  return clean ? { source: data['source'], ...clean } : null
}

const mutation: Cleaner = (data, standing) => {
  const tree = new Growing(standing)
  const adds = list(data['adds']).flatMap((add) => tree.add(add) ?? [])
  return {
    adds,
    removes: list(data['removes']).flatMap(cleanRemove),
    texts: list(data['texts']).flatMap((change) => cleanText(change, tree)),
    attributes: list(data['attributes']).flatMap((change) => cleanChange(change, tree)),
    ...(data['isAttachIframe'] === true ? { isAttachIframe: true } : {}),
  }
}

interface Add {
  parentId: number
  previousId: number | null
  nextId: number | null
  node: CleanNode
}

/** The standing tree and what one mutation adds to it. */
class Growing {
  private readonly added = new Map<number, { tag: string; depth: number; parent: number }>()
  private readonly budget: { nodes: number }
  private readonly standing: Standing

  constructor(standing: Standing) {
    this.standing = standing
    this.budget = { nodes: MAX_NODES - standing.nodes }
  }

  add(raw: Raw): Add | null {
    const parentId = idOr(raw['parentId'])
    if (parentId === null) return null
    const depth = this.depthOf(parentId) + 1
    const node = cleanNode(raw['node'], this.budget, depth, this.tagOf(parentId) === 'style')
    if (!node || depth > MAX_DEPTH) return null
    if (node.type === RR_NODE.document && this.tagOf(parentId) !== 'iframe') return null
    this.remember(node, depth, parentId)
    return { parentId, previousId: sibling(raw['previousId']), nextId: sibling(raw['nextId']), node }
  }

  tagOf(id: number): string | undefined {
    return this.added.get(id)?.tag ?? this.standing.tagOf(id)
  }

  parentTagOf(id: number): string | undefined {
    const added = this.added.get(id)
    return added ? this.tagOf(added.parent) : this.standing.parentTagOf(id)
  }

  private depthOf(id: number): number {
    return this.added.get(id)?.depth ?? this.standing.depthOf(id)
  }

  private remember(node: CleanNode, depth: number, parent: number): void {
    this.added.set(node.id, { tag: node.tagName?.toLowerCase() ?? '', depth, parent })
    for (const child of node.childNodes ?? []) this.remember(child, depth + 1, node.id)
  }
}

/** rrweb's -1 means "not known yet". */
const sibling = (value: unknown): number | null => (value === -1 ? -1 : idOr(value))

const cleanRemove = (raw: Raw): Raw[] => {
  const [id, parentId] = [idOr(raw['id']), idOr(raw['parentId'])]
  if (id === null || parentId === null) return []
  return [{ id, parentId, ...(raw['isShadow'] === true ? { isShadow: true } : {}) }]
}

const cleanText = (raw: Raw, tree: Growing): Raw[] => {
  const id = idOr(raw['id'])
  const value = raw['value']
  if (id === null || (typeof value !== 'string' && value !== null)) return []
  if (value === null || value.length > MAX_TEXT) return [{ id, value: value === null ? null : '' }]
  const isCss = tree.parentTagOf(id) === 'style' || tree.tagOf(id) === 'style'
  return [{ id, value: isCss ? cleanSheet(value) : value }]
}

const cleanChange = (raw: Raw, tree: Growing): Raw[] => {
  const id = idOr(raw['id'])
  const tag = id === null ? undefined : tree.tagOf(id)
  if (id === null || tag === undefined || !isRaw(raw['attributes'])) return []
  const { style } = raw['attributes']
  const attributes: Raw = cleanAttributes(tag, raw['attributes'])
  if (isRaw(style)) attributes['style'] = cleanStyleChange(style)
  return [{ id, attributes }]
}

const scroll: Cleaner = (data) => {
  const id = idOr(data['id'])
  return id === null ? null : { id, x: finite(data['x']), y: finite(data['y']) }
}

const viewport: Cleaner = (data) => ({ width: size(data['width']), height: size(data['height']) })

const input: Cleaner = (data) => {
  const id = idOr(data['id'])
  if (id === null || typeof data['text'] !== 'string') return null
  return { id, text: data['text'].slice(0, MAX_TEXT), isChecked: data['isChecked'] === true }
}

const media: Cleaner = (data) => {
  const id = idOr(data['id'])
  if (id === null) return null
  const numbers = ['type', 'currentTime', 'playbackRate'].filter((name) => typeof data[name] === 'number')
  const clean: Raw = { id, type: 0 }
  for (const name of numbers) clean[name] = Math.max(finite(data[name]), 0)
  if (typeof data['volume'] === 'number') clean['volume'] = Math.min(Math.max(finite(data['volume']), 0), 1)
  for (const name of ['muted', 'loop']) if (typeof data[name] === 'boolean') clean[name] = data[name]
  return clean
}

const MAX_NESTING = 64

const index = (value: unknown): number | number[] | undefined => {
  if (Array.isArray(value)) return value.slice(0, MAX_NESTING).map(finite)
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined
}

const addedRule = (raw: Raw): Raw[] =>
  typeof raw['rule'] === 'string' ? [{ rule: cleanSheet(raw['rule'].slice(0, MAX_TEXT)), index: index(raw['index']) }] : []

const removedRule = (raw: Raw): Raw[] => {
  const at = index(raw['index'])
  return at === undefined ? [] : [{ index: at }]
}

/** `id` names the style element, `styleId` a constructed sheet. */
const sheetOf = (data: Raw): Raw => ({
  ...(isId(data['id']) ? { id: data['id'] } : {}),
  ...(isId(data['styleId']) ? { styleId: data['styleId'] } : {}),
})

const sheetRule: Cleaner = (data) => {
  const clean: Raw = { ...sheetOf(data), adds: list(data['adds']).flatMap(addedRule), removes: list(data['removes']).flatMap(removedRule) }
  for (const name of ['replace', 'replaceSync'] as const) {
    const text = data[name]
    // Both at once in the replayer: `replace` is asynchronous and would come behind later rules.
    if (typeof text === 'string') clean['replaceSync'] = cleanSheet(text.slice(0, MAX_TEXT))
  }
  return clean
}

const styleDeclaration: Cleaner = (data) => {
  const at = Array.isArray(data['index']) ? data['index'].slice(0, MAX_NESTING).map(finite) : []
  const { set, remove } = data
  const clean: Raw = { ...sheetOf(data), index: at }
  if (isRaw(set) && typeof set['property'] === 'string')
    clean['set'] = {
      property: set['property'],
      value: typeof set['value'] === 'string' ? cleanCss(set['value']) : null,
      priority: set['priority'] === 'important' ? 'important' : '',
    }
  if (isRaw(remove) && typeof remove['property'] === 'string') clean['remove'] = { property: remove['property'] }
  return clean
}

const adopted: Cleaner = (data) => {
  const id = idOr(data['id'])
  if (id === null || !Array.isArray(data['styleIds'])) return null
  const styles = list(data['styles']).flatMap((style) =>
    isId(style['styleId']) ? [{ styleId: style['styleId'], rules: list(style['rules']).flatMap(addedRule) }] : [],
  )
  return { id, styleIds: data['styleIds'].filter(isId), styles }
}

const selection: Cleaner = (data) => ({
  ranges: list(data['ranges']).flatMap((range) =>
    isId(range['start']) && isId(range['end'])
      ? [{ start: range['start'], startOffset: finite(range['startOffset']), end: range['end'], endOffset: finite(range['endOffset']) }]
      : [],
  ),
})

/** Fonts only from data that stands in the event. */
const font: Cleaner = (data) => {
  const { family, fontSource } = data
  if (typeof family !== 'string' || typeof fontSource !== 'string') return null
  if (data['buffer'] === true) return /^\[[\d,\s]*\]$/.test(fontSource) ? { family, fontSource, buffer: true } : null
  const source = cleanCss(fontSource)
  return source === fontSource && /^url\(/i.test(source) ? { family, fontSource: source, buffer: false } : null
}

const CLEANERS_OF_TYPE: Record<number, Cleaner> = {
  [RR_TYPE.snapshot]: snapshot,
  [RR_TYPE.incremental]: incremental,
  [RR_TYPE.meta]: meta,
}

// Mouse events and canvas commands are not here: the pointer is drawn by the stage, and canvas commands are never run.
const CLEANERS_OF_SOURCE: Record<number, Cleaner> = {
  [RR_SOURCE.mutation]: mutation,
  [RR_SOURCE.scroll]: scroll,
  [RR_SOURCE.viewportResize]: viewport,
  [RR_SOURCE.input]: input,
  [RR_SOURCE.mediaInteraction]: media,
  [RR_SOURCE.styleSheetRule]: sheetRule,
  [RR_SOURCE.styleDeclaration]: styleDeclaration,
  [RR_SOURCE.adoptedStyleSheet]: adopted,
  [RR_SOURCE.selection]: selection,
  [RR_SOURCE.font]: font,
}
