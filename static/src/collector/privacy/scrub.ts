/**
 * Masks what the recorder tells, before anything else sees it: a pass over rrweb's events with the policy and the markup.
 * It works on the serialised tree, where a mark is inherited on the way down, and asks the page only for what lies above.
 * A node whose masking fails loses its contents.
 */
import { text as clipped, cleanUrl } from '../text.ts'
import { RR_NODE, RR_SOURCE, RR_TYPE } from '../../wire/rrweb.ts'
import { type Attributes, maskAttributes } from './attributes.ts'
import { fieldKind, fieldValue, showsChoice } from './fields.ts'
import { closest, IGNORED, markOf, ownMark } from './marks.ts'
import { hide, masked, SENSITIVE_MASK } from './mask.ts'
import { inputRule, type Mark, type Policy, textRule } from './policy.ts'
import { isSensitive, looksSensitive } from './sensitive.ts'

/** A node as rrweb serialises it. */
export interface SerialNode {
  id: number
  type: number
  tagName?: string
  attributes?: Attributes
  childNodes?: SerialNode[]
  textContent?: string
}

interface Mutation {
  adds: { parentId: number; node: SerialNode }[]
  texts: { id: number; value: string | null }[]
  attributes: { id: number; attributes: Attributes }[]
}

/** What is inherited on the way down. */
interface State {
  readonly mark: Mark
  /** Lower-case name of the parent. */
  readonly tag: string
  /** Inside what the visitor edits like a field. */
  readonly edited: boolean
  /** Inside a select whose choice is hidden. */
  readonly hidesChoice: boolean
}

export interface Scrubber {
  /** Masks the event in place; false: leave it out. */
  scrub(type: number, data: unknown): boolean
}

/** `nodeOf` finds the page's node by its id. */
export function createScrubber(policy: Policy, nodeOf: (id: number) => Node | null): Scrubber {
  const elementOf = (id: number): Element | null => {
    const node = nodeOf(id)
    return node && (node.nodeType === 1 ? (node as Element) : (node.parentElement ?? hostOf(node)))
  }

  function node(sn: SerialNode, above: State): void {
    try {
      if (sn.type === RR_NODE.element) element(sn, above)
      else if (sn.type === RR_NODE.text) sn.textContent = text(sn.textContent ?? '', above)
      else if (sn.type === RR_NODE.comment) sn.textContent = ''
      else for (const child of sn.childNodes ?? []) node(child, above)
    } catch {
      empty(sn)
    }
  }

  function element(sn: SerialNode, above: State): void {
    const attributes = (sn.attributes ??= {})
    const tag = sn.tagName ?? ''
    const mark = ownMark({ hasAttribute: (name) => attributes[name] !== undefined }) ?? above.mark
    const live = isField(tag) ? nodeOf(sn.id) : null
    const get = (name: string) => String(attributes[name] ?? '')
    const sensitive = isField(tag) && (live ? isSensitive(live as Element) : looksSensitive(get))
    field(tag, attributes, get('type'), mark, sensitive, above.hidesChoice)
    if (live) ignored(live as Element, attributes)
    maskAttributes(tag, attributes, textRule(policy, mark))
    const hidesChoice = tag === 'select' ? sensitive || inputRule(policy, mark) === 'hide' : above.hidesChoice
    const edited = above.edited || isEdited(attributes['contenteditable'])
    for (const child of sn.childNodes ?? []) node(child, { mark, tag, edited, hidesChoice })
  }

  function field(
    tag: string,
    attributes: Attributes,
    type: string,
    mark: Mark,
    sensitive: boolean,
    hidesChoice: boolean,
  ): void {
    if (tag === 'option') {
      if (hidesChoice) delete attributes['selected']
      return
    }
    if (!isField(tag)) return
    const kind = fieldKind(tag, type)
    const { value } = attributes
    if (typeof value === 'string') attributes['value'] = fieldValue(value, kind, sensitive, policy, mark)
    if (kind === 'choice' && !showsChoice(policy, mark)) delete attributes['checked']
  }

  /** What is in an ignored field leaves no trace, not even its length. */
  function ignored(field: Element, attributes: Attributes): void {
    if (!closest(field, IGNORED)) return
    delete attributes['value']
    delete attributes['checked']
  }

  function text(value: string, { mark, tag, edited }: State): string {
    if (tag === 'script') return value && 'SCRIPT_PLACEHOLDER'
    if (tag === 'style') return value
    return masked(value, edited || tag === 'textarea' ? stricterRule(mark) : textRule(policy, mark))
  }

  /** For a text that the visitor writes: as an input, but never less than a text. */
  const stricterRule = (mark: Mark) => (inputRule(policy, mark) === 'hide' ? 'hide' : textRule(policy, mark))

  function stateAt(above: Element | null): State {
    const select = above?.closest('select')
    return {
      mark: markOf(above),
      tag: above?.localName ?? '',
      edited: !!above?.closest('[contenteditable]:not([contenteditable=false])'),
      hidesChoice: !!select && (isSensitive(select) || inputRule(policy, markOf(select)) === 'hide'),
    }
  }

  function mutation(change: Mutation): void {
    const states = new Map<number, State>()
    for (const { parentId, node: sn } of change.adds) {
      let state = states.get(parentId)
      if (!state) states.set(parentId, (state = stateAt(elementOf(parentId))))
      node(sn, state)
    }
    for (const entry of change.texts) {
      if (entry.value) entry.value = guarded(() => text(entry.value ?? '', stateAt(elementOf(entry.id))))
    }
    for (const entry of change.attributes) attributeChange(entry.id, entry.attributes)
  }

  function attributeChange(id: number, attributes: Attributes): void {
    const live = elementOf(id)
    try {
      const tag = live?.localName ?? ''
      const { mark, hidesChoice } = stateAt(live)
      const sensitive = !!live && isField(tag) && isSensitive(live)
      field(tag, attributes, live?.getAttribute('type') ?? '', mark, sensitive, hidesChoice)
      if (live && isField(tag)) ignored(live, attributes)
      maskAttributes(tag, attributes, textRule(policy, mark))
    } catch {
      for (const name of Object.keys(attributes)) delete attributes[name]
    }
  }

  function input(data: { id: number; text: string; isChecked: boolean }): boolean {
    const live = elementOf(data.id)
    if (live && closest(live, IGNORED)) return false
    const mark = markOf(live)
    const kind = live ? fieldKind(live.localName, live.getAttribute('type') ?? '') : 'typed'
    data.text = fieldValue(data.text, kind, !live || isSensitive(live), policy, mark)
    if (kind === 'choice' && !showsChoice(policy, mark)) data.isChecked = false
    return true
  }

  return {
    scrub(type, data) {
      if (type === RR_TYPE.meta) {
        const meta = data as { href: string }
        meta.href = policy === 'open' ? clipped(meta.href) : cleanUrl(meta.href)
      } else if (type === RR_TYPE.snapshot) {
        node((data as { node: SerialNode }).node, stateAt(null))
      } else if (type === RR_TYPE.incremental) {
        const { source } = data as { source: number }
        if (source === RR_SOURCE.mutation) mutation(data as Mutation)
        if (source === RR_SOURCE.input) return input(data as { id: number; text: string; isChecked: boolean })
      } else return false
      return true
    },
  }
}

const isField = (tag: string): boolean => /^(?:input|textarea|select|button)$/.test(tag)

const isEdited = (value: unknown): boolean => typeof value === 'string' && value.toLowerCase() !== 'false'

const hostOf = (node: Node): Element | null => {
  const parent = node.parentNode ?? node
  if ('host' in parent) return (parent as ShadowRoot).host
  return node.nodeType === 9 ? frameOf(node as Document) : null
}

const frameOf = (document: Document): Element | null => document.defaultView?.frameElement ?? null

function guarded(mask: () => string): string {
  try {
    return mask()
  } catch {
    return SENSITIVE_MASK
  }
}

function empty(sn: SerialNode): void {
  if (sn.textContent) sn.textContent = hide(sn.textContent)
  if (sn.attributes) sn.attributes = {}
  for (const child of sn.childNodes ?? []) empty(child)
}
