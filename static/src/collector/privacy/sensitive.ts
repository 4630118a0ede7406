/** Fields that are masked whatever the policy or the markup says. Once sensitive, always sensitive. */

const NAMES =
  /pass(?:w|phrase|code|\b|_|-)|pwd|social.?sec|security.?code|cvv|cvc|cvn|iban|credit.?card|card.?(?:num|no|code)|one.?time|(?:verif\w*|sms|auth).?code|totp|mfa|token|csrf|secret/i
/** Too short to be looked for inside of words; `userPin` is two. */
const SHORT_NAMES = /(?:^|[^a-z])(?:pin|ssn|csc|otp|2fa|cc[-_]?(?:n|no|num|number|exp|csc|cvv?))(?:code|[^a-z]|$)/i
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
  const names = `${attribute('name')} ${attribute('id')}`.replace(/([a-z\d])([A-Z])/g, '$1-$2')
  return AUTOCOMPLETE.test(attribute('autocomplete')) || NAMES.test(names) || SHORT_NAMES.test(names)
}
