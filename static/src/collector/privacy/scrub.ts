/**
 * Masks what the recorder tells, before anything else sees it: a pass over rrweb's events with the policy and the markup.
 * It works on the serialised tree, where a mark is inherited on the way down, and asks the page only for what lies above.
 * A node whose masking fails loses its contents.
 */
import { text as clipped, cleanUrl } from '../text.ts'
import { RR_NODE, RR_SOURCE, RR_TYPE } from '../../wire/rrweb.ts'
import { type Attributes, maskAttributes } from './attributes.ts'
import { fieldKind, fieldValue, showsChoice } from './fields.ts'
import { closest, EDITED, IGNORED, markOf, ownMark } from './marks.ts'
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
  /** Where what the visitor types leaves no trace, not even its length. */
  readonly ignored: boolean
}

type FieldState = Pick<State, 'mark' | 'ignored' | 'hidesChoice'> & { readonly sensitive: boolean }

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
    const ignored = above.ignored || attributes['data-sl-ignore'] !== undefined
    field(tag, attributes, get('type'), { mark, sensitive, ignored, hidesChoice: above.hidesChoice })
    maskAttributes(tag, attributes, textRule(policy, mark))
    const hidesChoice = tag === 'select' ? sensitive || inputRule(policy, mark) === 'hide' : above.hidesChoice
    const edited = above.edited || isEdited(attributes['contenteditable'])
    for (const child of sn.childNodes ?? []) node(child, { mark, tag, edited, hidesChoice, ignored })
  }

  function field(tag: string, attributes: Attributes, type: string, how: FieldState): void {
    if (tag === 'option' && how.hidesChoice) delete attributes['selected']
    if (!isField(tag)) return
    const kind = fieldKind(tag, type)
    const { value } = attributes
    if (how.ignored) delete attributes['value']
    else if (typeof value === 'string') attributes['value'] = fieldValue(value, kind, how.sensitive, policy, how.mark)
    if (how.ignored || (kind === 'choice' && !showsChoice(policy, how.mark))) delete attributes['checked']
  }

  function text(value: string, { mark, tag, edited, ignored }: State): string {
    if (tag === 'script') return value && 'SCRIPT_PLACEHOLDER'
    if (tag === 'style') return value
    if (!edited && tag !== 'textarea') return masked(value, textRule(policy, mark))
    return ignored ? '' : masked(value, stricterRule(mark))
  }

  /** For a text that the visitor writes: as an input, but never less than a text. */
  const stricterRule = (mark: Mark) => (inputRule(policy, mark) === 'hide' ? 'hide' : textRule(policy, mark))

  function stateAt(above: Element | null): State {
    const select = above?.closest('select')
    return {
      mark: markOf(above),
      tag: above?.localName ?? '',
      edited: !!above?.closest(EDITED),
      ignored: !!closest(above, IGNORED),
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
      const state = stateAt(live)
      const sensitive = !!live && isField(tag) && isSensitive(live)
      field(tag, attributes, live?.getAttribute('type') ?? '', { ...state, sensitive })
      maskAttributes(tag, attributes, textRule(policy, state.mark))
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

/** Custom elements too: a text field of a design system keeps its value as an attribute. */
const isField = (tag: string): boolean => /^(?:input|textarea|select|button)$|-/.test(tag)

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
