/** A form that is reset changes its fields without a word that rrweb hears. Tells the fields' new values as inputs. */
import { RR_SOURCE, RR_TYPE } from '../wire/rrweb.ts'
import { later } from './guard.ts'

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

export interface ResetParts {
  idOf(node: Node): number
  /** An event as the recorder makes them, not masked yet. */
  tell(event: { type: number; data: object }): void
}

/** In one window; call the result to stop. */
export function watchResets(view: Window, { idOf, tell }: ResetParts): () => void {
  const listener = (event: Event): void => {
    const form = event.target
    // Not before the event has passed all listeners are the fields reset, or is the reset prevented.
    later(() => stopped || event.defaultPrevented || tellFields(form), 0)
  }
  let stopped = false
  const tellFields = (form: unknown): void => {
    // A field named `elements` hides the property of the form.
    for (const element of Reflect.get(HTMLFormElement.prototype, 'elements', form) as HTMLFormControlsCollection) {
      const data = inputOf(element)
      const id = data ? idOf(element) : -1
      if (data && id !== -1) tell({ type: RR_TYPE.incremental, data: { source: RR_SOURCE.input, id, ...data } })
    }
  }
  view.addEventListener('reset', listener, true)
  return () => {
    stopped = true
    view.removeEventListener('reset', listener, true)
  }
}

function inputOf(element: Element): { text: string; isChecked: boolean } | undefined {
  if (!/^(?:input|textarea|select)$/.test(element.localName)) return undefined
  const field = element as Field
  return { text: field.value, isChecked: 'checked' in field && field.checked }
}
