// One product: sizes, stock, delivery, how it grows.

import { picture } from '../art.js'
import { cart } from '../cart.js'
import { getJson } from '../catalogue.js'
import { find, html, money, raw, toast } from '../dom.js'
import { sightline } from '../frame.js'
import { drawGrowth, growChart } from '../growth-chart.js'
import { tint } from '../tints.js'

const SIZES = [['s', 'Small', 0.8], ['m', 'Medium', 1], ['l', 'Large', 1.6]]
const NAMES = { plants: 'Plants', tools: 'Tools', care: 'Pots & care' }

const sizes = html`<fieldset class="sizes" id="sizes"><legend>Size</legend>${SIZES.map(([value, label]) => html`<label><input type="radio" name="size" value="${value}" id="size-${value}" ${value === 'm' && 'checked'}> ${label}</label>`)}</fieldset>`

const question = (product) => html`<dialog id="question-dialog" aria-labelledby="question-title">
  <form method="dialog" id="question-form">
    <h2 id="question-title">Ask about ${product.name}</h2>
    <label>Your e-mail <input type="email" name="email" id="question-email" autocomplete="email" required></label>
    <label>Question <textarea name="question" id="question-text" rows="3" required></textarea></label>
    <div class="actions"><button class="button quiet" type="button" id="question-cancel">Cancel</button><button class="button" value="send" id="question-send">Send</button></div>
  </form>
</dialog>`

const page = (product) => html`<div class="wrap" id="product">
  <p class="crumbs"><a href="/">Shop</a> / <a href="/?category=${product.category}" id="crumb-category">${NAMES[product.category]}</a></p>
  <article class="product">
    <div class="frame ${tint(product)}">${raw(picture(product, { label: product.name }))}</div>
    <div class="stack">
      <div><h1 id="product-name">${product.name}</h1><p class="latin">${product.latin}</p></div>
      <rating-stars value="${product.rating}" count="${product.reviews}"></rating-stars>
      <p class="price" id="price">${money(product.price)}</p>
      <p>${product.description}</p>
      ${product.category === 'plants' && sizes}
      <div class="buy">
        <div class="stepper"><button id="quantity-less" aria-label="One less">−</button><output id="quantity" aria-live="polite">1</output><button id="quantity-more" aria-label="One more">+</button></div>
        <button class="button big" id="add-to-cart" ${product.stock === 0 && 'disabled'}>Add to cart</button>
      </div>
      <p class="stock" id="stock" aria-live="polite">Looking at the shelf…</p>
      <dl class="facts"><div><dt>${product.growth ? 'Light' : 'Made'}</dt><dd>${product.light}</dd></div><div><dt>${product.growth ? 'Water' : 'Care'}</dt><dd>${product.water}</dd></div><div><dt>Size</dt><dd>${product.height}</dd></div></dl>
      <div>
        <details class="fold" id="details-delivery"><summary>Delivery</summary><p>Two to four working days in cardboard and straw. Free from €60.</p></details>
        <details class="fold" id="details-returns"><summary>Returns</summary><p>Tools for a year, plants for a week. A picture is enough.</p></details>
      </div>
      <p><button class="textual" id="ask-question">Ask a question about this product</button></p>
      <div><b>Have one already?</b> <span id="rated-text">Rate it.</span><br><rating-stars editable value="0" id="rate" data-testid="rate"></rating-stars></div>
    </div>
  </article>
  <div class="more">
    ${product.growth && html`<section class="panel"><h2>Through the year</h2><canvas id="growth" role="img" aria-label="Height in centimetres by month"></canvas><p><button class="textual" id="grow">Play the year</button></p></section>`}
    <section class="panel"><h2>When would it arrive?</h2><iframe src="/widgets/delivery.html" title="Delivery calculator" id="delivery-frame"></iframe></section>
  </div>
  ${question(product)}
</div>`

export function productView({ main, products, slug }) {
  const product = products.find((candidate) => candidate.slug === slug)
  if (!product) return undefined
  document.title = `${product.name} · Fernway`
  main.innerHTML = page(product)
  showStock(slug)
  wirePurchase(product)
  wireQuestion(product)
  find('#rate').addEventListener('rate', ({ detail }) => {
    find('#rated-text').textContent = `${detail} of 5. Thank you!`
  })
  return { close: wireChart(product) }
}

async function showStock(slug) {
  const line = find('#stock')
  try {
    const { in_stock: count } = await getJson(`/api/stock/${slug}`)
    line.dataset.state = count === 0 ? 'out' : count < 10 ? 'low' : 'in'
    line.textContent = count === 0 ? 'Sold out, back in a few weeks' : count < 10 ? `Only ${count} left` : 'In stock, leaves tomorrow'
  } catch {
    line.textContent = 'We could not look at the shelf just now'
  }
}

function wirePurchase({ slug, name, price }) {
  let quantity = 1
  const size = () => SIZES.find(([value]) => value === find('[name=size]:checked')?.value) ?? SIZES[1]
  const priceNow = () => Math.round((price * size()[2]) / 10) * 10
  const step = (by) => {
    quantity = Math.min(Math.max(quantity + by, 1), 20)
    find('#quantity').textContent = quantity
  }
  find('#quantity-less').onclick = () => step(-1)
  find('#quantity-more').onclick = () => step(1)
  find('#sizes')?.addEventListener('change', () => { find('#price').textContent = money(priceNow()) })
  find('#add-to-cart').onclick = () => {
    cart.add({ id: `${slug}:${size()[0]}`, slug, name, size: size()[0], price: priceNow(), quantity })
    sightline('track', 'added to cart', { slug, size: size()[0], quantity, price: priceNow() })
    toast(quantity === 1 ? `${name} is in your cart` : `${quantity} × ${name} are in your cart`)
  }
}

function wireQuestion({ name }) {
  const dialog = find('#question-dialog')
  find('#ask-question').onclick = () => dialog.showModal()
  find('#question-cancel').onclick = () => dialog.close()
  dialog.onclose = () => {
    if (dialog.returnValue === 'send') toast(`Thank you, we will write to you about ${name}`)
    find('#question-form').reset()
    dialog.returnValue = ''
  }
}

/** Returns a function that stops the drawing. */
function wireChart({ growth }) {
  const canvas = find('#growth')
  if (!canvas) return () => {}
  let stop = () => {}
  const draw = () => drawGrowth(canvas, growth)
  const play = () => {
    stop()
    stop = growChart(canvas, growth)
  }
  const scheme = matchMedia('(prefers-color-scheme: dark)')
  draw()
  find('#grow').onclick = play
  addEventListener('resize', draw)
  scheme.addEventListener('change', draw)
  return () => {
    stop()
    removeEventListener('resize', draw)
    scheme.removeEventListener('change', draw)
  }
}
