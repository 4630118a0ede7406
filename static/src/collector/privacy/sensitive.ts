/** Fields that are masked whatever the policy or the markup says. Once sensitive, always sensitive. */

const NAMES =
  /pass(?:w|phrase|code|\b|_|-)|pwd|\bssn\b|social.?sec|cvv|cvc|\bcsc\b|iban|card.?(?:num|no)|ccn|\botp\b|one.?time|token|csrf|secret/i
const AUTOCOMPLETE = /\bcc-|one-time-code|(?:current|new)-password/i

const seen = new WeakSet<Element>()

/** Takes note as well: a password that is shown as text later stays sensitive. */
export function isSensitive(element: Element): boolean {
  if (seen.has(element)) return true
  const sensitive = looksSensitive((name) => element.getAttribute(name) ?? '')
  if (sensitive) seen.add(element)
  return sensitive
}

/** By the attributes alone. */
export function looksSensitive(attribute: (name: string) => string): boolean {
  const type = attribute('type').toLowerCase()
  if (type === 'password' || type === 'hidden' || attribute('data-rr-is-password')) return true
  return AUTOCOMPLETE.test(attribute('autocomplete')) || NAMES.test(attribute('name')) || NAMES.test(attribute('id'))
}
