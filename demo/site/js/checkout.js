// The checkout, a document of its own.

import { picture } from './art.js'
import { cart } from './cart.js'
import { loadProducts } from './catalogue.js'
import { find, html, money, raw } from './dom.js'
import { sightline } from './frame.js'
import { tint } from './tints.js'
import { totals } from './views/cart.js'

const form = find('#checkout-form')
const products = new Map((await loadProducts()).map((product) => [product.slug, product]))

const line = ({ slug, name, quantity, price }) => html`<li><span class="frame ${tint(products.get(slug))}">${raw(picture(products.get(slug)))}</span><span>${name}<br><small>${quantity} × ${money(price)}</small></span><b>${money(price * quantity)}</b></li>`

function showSummary() {
  const lines = cart.lines().filter(({ slug }) => products.has(slug))
  find('#summary').innerHTML = lines.length ? lines.map(line).join('') : html`<li style="display: block">Your cart is empty. <a href="/">To the shop</a></li>`
  find('#totals').innerHTML = totals(form.delivery.value)
  find('#place-order').disabled = lines.length === 0
}

function showAddress() {
  const country = form.country.selectedOptions[0].text
  const label = [form.elements.name.value, form.address.value, `${form.postcode.value} ${form.city.value}`.trim(), country]
  const filled = form.elements.name.value || form.address.value || form.city.value
  find('#address-preview').textContent = filled ? label.filter(Boolean).join('\n') : 'Fill in the form and the label appears here.'
}

function showPassword() {
  const wanted = find('#create-account').checked
  find('#password-field').hidden = !wanted
  find('#password').required = wanted
}

async function placeOrder() {
  const fields = Object.fromEntries(new FormData(form))
  const response = await fetch('/api/order', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...fields, lines: cart.lines() }),
  })
  if (!response.ok) throw new Error(`The order was answered with ${response.status}`)
  return (await response.json()).order
}

function showThanks(order) {
  find('#checkout').hidden = true
  find('#thanks').hidden = false
  find('#order-number').textContent = order
  find('#checkout-title').textContent = 'Thank you. The nursery has your order.'
  document.title = 'Thank you · Fernway'
  scrollTo(0, 0)
  find('#thanks').focus({ preventScroll: true })
}

form.addEventListener('input', () => {
  showAddress()
  showPassword()
})
form.addEventListener('change', showSummary)
form.addEventListener('submit', async (event) => {
  event.preventDefault()
  find('#place-order').disabled = true
  try {
    const order = await placeOrder()
    sightline('identify', form.email.value, { name: form.elements.name.value })
    sightline('track', 'ordered', { order, total: cart.subtotal() })
    history.replaceState({}, '', `?order=${encodeURIComponent(order)}`)
    cart.clear()
    showThanks(order)
  } catch (error) {
    console.error('The order failed', error)
    find('#checkout-error').hidden = false
    find('#checkout-error').textContent = 'That did not work. Nothing was charged; please try again.'
    find('#place-order').disabled = false
  }
})
cart.onChange(showSummary)

const ordered = new URLSearchParams(location.search).get('order')
if (ordered) showThanks(ordered)
else showSummary()
showPassword()
