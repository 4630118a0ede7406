/** Clicks, with a name of the target that a reader understands, masked like the page. */
import { closest, BLOCKED, IGNORED, markOf } from '../privacy/marks.ts'
import { masked } from '../privacy/mask.ts'
import { textRule } from '../privacy/policy.ts'
import { short } from '../text.ts'
import { type Capture, listen } from './capture.ts'

const NAMED = 'a,button,summary,label,select,input,textarea,[role=button],[role=link],[role=tab],[role=menuitem],[role=option]'
/** The text of a whole page section names nothing. */
const NAME_CHARS = 80

export const clicks: Capture = (context) =>
  listen<MouseEvent>(context, document, 'click', (event) => {
    const target = event.composedPath()[0] ?? event.target
    if (!(target instanceof Element) || closest(target, IGNORED)) return
    const name = closest(target, BLOCKED) ? '' : masked(nameOf(target), textRule(context.policy, markOf(target)))
    context.emit('click', { ...placeOf(event, target), id: context.idOf(target), name: short(name) }, event.timeStamp)
  })

/** Clicks by keyboard or by script have no place of their own: the target's middle. */
function placeOf(event: MouseEvent, target: Element): { x: number; y: number } {
  if (event.detail || event.clientX || event.clientY) return { x: event.clientX, y: event.clientY }
  const { left, top, width, height } = target.getBoundingClientRect()
  return { x: Math.round(left + width / 2), y: Math.round(top + height / 2) }
}

export function nameOf(target: Element): string {
  const element = target.closest(NAMED) ?? target
  const said = element.getAttribute('aria-label') || labelOf(element) || textOf(element)
  const name = said || element.getAttribute('title') || element.querySelector('[alt]')?.getAttribute('alt') || element.getAttribute('alt')
  return (name || describe(element)).replace(/\s+/g, ' ').trim().slice(0, NAME_CHARS)
}

/** Never what a visitor typed: only buttons are named by their value. */
function labelOf(element: Element): string {
  if (element instanceof HTMLInputElement && /^(?:submit|button|reset)$/.test(element.type)) return element.value
  if (element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement) {
    return element.labels?.[0]?.textContent || element.getAttribute('placeholder') || element.name || describe(element)
  }
  return ''
}

const textOf = (element: Element): string => {
  const text = element.textContent?.trim() ?? ''
  return text.length <= NAME_CHARS ? text : element.matches(NAMED) ? text.slice(0, NAME_CHARS) : ''
}

const describe = (element: Element): string => element.localName + (element.id ? `#${element.id}` : '')
