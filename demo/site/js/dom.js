// Small helpers for building markup safely.

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

class Markup extends String {}

/** Mark a string as markup that `html` must not escape. */
export const raw = (text) => new Markup(text)

const toMarkup = (value) => {
  if (Array.isArray(value)) return value.map(toMarkup).join('')
  if (value instanceof Markup) return String(value)
  return value === false || value == null ? '' : String(value).replace(/[&<>"']/g, (found) => ENTITIES[found])
}

/** A tagged template whose values are escaped, save for arrays and for the results of `html` and `raw`. */
export const html = (strings, ...values) => raw(String.raw({ raw: strings }, ...values.map(toMarkup)))

export const find = (selector, root = document) => root.querySelector(selector)

export function element(markup) {
  const template = document.createElement('template')
  template.innerHTML = markup
  return template.content.firstElementChild
}

let toastTimer
export function toast(text) {
  const place = find('#toast')
  place.textContent = text
  place.classList.add('shown')
  clearTimeout(toastTimer)
  toastTimer = setTimeout(() => place.classList.remove('shown'), 2400)
}

const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' })
export const money = (cents) => euros.format(cents / 100)
