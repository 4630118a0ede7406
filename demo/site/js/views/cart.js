// The cart.

import { picture } from '../art.js'
import { cart, deliveryCost } from '../cart.js'
import { find, html, money, raw } from '../dom.js'
import { tint } from '../tints.js'

const SIZES = { s: 'Small', m: 'Medium', l: 'Large' }
const NOTE = 'fernway-note'

const page = html`<div class="wrap" id="cart">
  <h1>Your cart</h1>
  <div class="cart" id="cart-full">
    <div class="stack">
      <ul class="lines" id="cart-lines"></ul>
      <div><h3 id="note-title">A card with it?</h3><p><small>We write it by hand.</small></p><div class="editable" id="gift-note" contenteditable="plaintext-only" role="textbox" aria-multiline="true" aria-labelledby="note-title" data-placeholder="Happy birthday! Water me on Fridays."></div></div>
    </div>
    <aside class="stack">
      <section class="panel"><h2>Summary</h2><dl class="totals" id="cart-totals"></dl></section>
      <a class="button big" href="/checkout.html" id="checkout-link">Go to checkout</a>
    </aside>
  </div>
  <div class="empty" id="cart-empty" hidden><h2>Still empty</h2><p>The plants are this way.</p><a class="button" href="/">To the shop</a></div>
</div>`

const row = (line, product) => html`<li class="line" data-testid="line-${line.slug}" data-id="${line.id}">
  <div class="frame ${tint(product)}">${raw(picture(product))}</div>
  <div>
    <h3><a href="/p/${line.slug}">${line.name}</a></h3>
    <small>${product.category === 'plants' ? SIZES[line.size] : product.latin}</small>
    <div class="row">
      <div class="stepper"><button data-by="-1" data-testid="less-${line.slug}" aria-label="One less">−</button><output>${line.quantity}</output><button data-by="1" data-testid="more-${line.slug}" aria-label="One more">+</button></div>
      <button class="textual" data-remove data-testid="remove-${line.slug}">Remove</button>
    </div>
  </div>
  <span class="total">${money(line.price * line.quantity)}</span>
</li>`

export const totals = (method) => {
  const cost = deliveryCost(method)
  return html`<dt>Goods</dt><dd id="subtotal">${money(cart.subtotal())}</dd><dt>Delivery</dt><dd id="delivery-cost">${cost ? money(cost) : 'Free'}</dd><dt class="sum">Total</dt><dd class="sum" id="total">${money(cart.subtotal() + cost)}</dd>`
}

export function cartView({ main, products }) {
  document.title = 'Cart · Fernway'
  main.innerHTML = page
  const bySlug = new Map(products.map((product) => [product.slug, product]))

  const show = () => {
    const lines = cart.lines().filter(({ slug }) => bySlug.has(slug))
    find('#cart-full').hidden = lines.length === 0
    find('#cart-empty').hidden = lines.length > 0
    find('#cart-lines').innerHTML = lines.map((line) => row(line, bySlug.get(line.slug))).join('')
    find('#cart-totals').innerHTML = totals('standard')
  }
  find('#cart-lines').onclick = ({ target }) => {
    const id = target.closest('.line')?.dataset.id
    if (target.dataset.by) cart.change(id, Number(target.dataset.by))
    if ('remove' in target.dataset) cart.remove(id)
  }
  const note = find('#gift-note')
  note.textContent = localStorage.getItem(NOTE) ?? ''
  note.oninput = () => localStorage.setItem(NOTE, note.textContent)
  show()
  return { close: cart.onChange(show) }
}
