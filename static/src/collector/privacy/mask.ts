/** Masks over texts. They keep white space and length, so that the layout stays; a sensitive value loses its length too. */
import type { Rule } from './policy.ts'

/** Instead of a sensitive value that is not empty. */
export const SENSITIVE_MASK = '********'

// Quantifiers are bounded, so that no text makes them slow.
const EMAIL = /[^\s@<>"'(),:;]{1,64}@[^\s@<>"'(),:;]{1,255}\.[^\s@<>"'(),:;.]{2,24}/g
/** Nine digits and more in a row, twelve and more in groups (cards), US social security, international phone. */
const NUMBER = /\d(?:[ -]?\d){11,}|\d{9,}|\b\d{3}-\d{2}-\d{4}\b|\+\d(?:[ ().-]{0,2}\d){7,}/g

export const hide = (value: string): string => value.replace(/\S/gu, '*')

export const hideEmails = (value: string): string => (value.includes('@') ? value.replace(EMAIL, hide) : value)

export const hidePatterns = (value: string): string =>
  hideEmails(value).replace(NUMBER, (number) => number.replace(/\d/g, '*'))

export function masked(value: string, rule: Rule): string {
  if (rule === 'keep' || !value) return value
  return rule === 'hide' ? hide(value) : hidePatterns(value)
}
