// What every page with the shop's header does: the number in the cart, and a word to Sightline.

import { cart } from './cart.js'
import { find } from './dom.js'

function showCount() {
  const count = cart.count()
  const badge = find('#cart-count')
  badge.textContent = count
  badge.hidden = count === 0
}

cart.onChange(showCount)
showCount()

/** Call Sightline's API, if the snippet is on the page. */
export const sightline = (...call) => window.sightline?.(...call)
