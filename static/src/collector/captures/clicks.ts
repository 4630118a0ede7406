/** Clicks, with a name of the target that a reader understands, masked like the page. */
import { listen } from '../guard.ts'
import { BLOCKED, closest, EDITED, IGNORED, markOf } from '../privacy/marks.ts'
import { hidePatterns, masked } from '../privacy/mask.ts'
import { type Policy, textRule } from '../privacy/policy.ts'
import { short } from '../text.ts'
import type { Capture } from './capture.ts'

const NAMED = 'a,button,summary,label,select,input,textarea,[role=button],[role=link],[role=tab],[role=menuitem],[role=option]'
/** What is in them is no text of the page, or not to be told. */
const MUTE = `script,style,textarea,select,${BLOCKED}`
const PICTURE = `[alt]:not(${BLOCKED},${BLOCKED} *)`
/** The text of a whole page section names nothing. */
const NAME_CHARS = 80
/** Of one text: more than a name needs, and no pattern that it begins is cut. */
const TEXT_CHARS = 1_000

export const clicks: Capture = (context) =>
  listen<MouseEvent>(document, 'click', (event) => {
    const target = event.composedPath()[0] ?? event.target
    if (!(target instanceof Element) || closest(target, IGNORED)) return
    const name = closest(target, BLOCKED) ? '' : nameOf(target, context.policy)
    context.emit('click', { ...placeOf(event, target), id: context.idOf(target), name: short(name) }, event.timeStamp)
  })

/** Clicks by keyboard or by script have no place of their own: the target's middle. */
function placeOf(event: MouseEvent, target: Element): { x: number; y: number } {
  if (event.detail || event.clientX || event.clientY) return { x: event.clientX, y: event.clientY }
  const { left, top, width, height } = target.getBoundingClientRect()
  return { x: Math.round(left + width / 2), y: Math.round(top + height / 2) }
}

/** Each part is masked by the mark of the element that it comes from. Never what a visitor typed. */
export function nameOf(target: Element, policy: Policy): string {
  const mask = (value: string | null, from: Element) =>
    masked((value ?? '').slice(0, TEXT_CHARS), textRule(policy, markOf(from))).replace(/\s+/g, ' ')
  const said = (from: Element | null, name: string) => (from ? mask(from.getAttribute(name), from) : '')

  function textOf(node: Element): string {
    let text = ''
    for (const child of node.childNodes) {
      if (text.length > NAME_CHARS) break
      if (child.nodeType === 3) text += mask(child.nodeValue, node)
      else if (child.nodeType === 1 && !(child as Element).matches(MUTE)) text += textOf(child as Element)
    }
    return text
  }

  function shownText(element: Element): string {
    if (isEdited(element)) return ''
    const field = element as HTMLInputElement
    if (!/^(?:input|select|textarea)$/.test(field.localName)) {
      const text = textOf(field).trim()
      return text.length <= NAME_CHARS || field.matches(NAMED) ? text : ''
    }
    if (/^(?:submit|button|reset)$/.test(field.type)) return mask(field.value, field)
    return (field.labels?.[0] && textOf(field.labels[0])) || said(field, 'placeholder') || hidePatterns(field.name)
  }

  const element = target.closest(NAMED) ?? target
  const name =
    said(element, 'aria-label') ||
    shownText(element).trim() ||
    said(element, 'title') ||
    said(element.querySelector(PICTURE), 'alt') ||
    said(element, 'alt') ||
    hidePatterns(element.localName + (element.id ? `#${element.id}` : ''))
  return name.trim().slice(0, NAME_CHARS)
}

/** Inside of what a visitor edits, or around it. */
const isEdited = (element: Element): boolean =>
  (element as HTMLElement).isContentEditable || !!closest(element, EDITED) || !!element.querySelector(EDITED)
