// The catalogue: on the front page with a welcome, under /search without.

import { picture } from '../art.js'
import { cart } from '../cart.js'
import { select } from '../catalogue.js'
import { element, find, html, money, raw, toast } from '../dom.js'
import { sightline } from '../frame.js'
import { tint } from '../tints.js'

const CATEGORIES = [['', 'Everything'], ['plants', 'Plants'], ['tools', 'Tools'], ['care', 'Pots & care']]
const SORTS = [['popular', 'Most loved'], ['cheap', 'Price, rising'], ['dear', 'Price, falling'], ['name', 'Name']]

const hero = (products) => html`<section class="hero" id="hero">
  <div class="hero-text">
    <p class="eyebrow">Spring has stock</p>
    <h1>Room for one more plant.</h1>
    <p>Plants and good tools for small gardens, balconies and windowsills.</p>
    <a class="button big" href="/?category=plants" id="hero-link">Find your plant</a>
  </div>
  <div class="hero-art">${['boston-fern', 'monstera-deliciosa', 'lavender'].map((slug) => raw(picture(products.find((product) => product.slug === slug))))}</div>
</section>`

const promises = html`<section class="promises" aria-label="Our promises">
  <div><h3>Grown close by</h3><p>Four greenhouses and a few neighbours. No plant travels further than a morning.</p></div>
  <div><h3>Tools that last</h3><p>Each part can be bought alone, and we sharpen for the price of a coffee.</p></div>
  <div><h3>Alive on arrival</h3><p>If it comes broken, a picture is enough and a new one is on its way.</p></div>
</section>`

const page = (products) => html`<div class="wrap" id="catalogue">
  ${hero(products)}
  <div class="bar">
    <h2 id="list-title">All we have</h2>
    <div class="chips" role="group" aria-label="Category">${CATEGORIES.map(([value, label]) => html`<button class="chip" data-category="${value}" data-testid="category-${value || 'all'}">${label}</button>`)}</div>
    <label class="tick"><input type="checkbox" id="in-stock"> In stock</label>
    <label><span class="hidden-text">Order</span><select id="sort">${SORTS.map(([value, label]) => html`<option value="${value}">${label}</option>`)}</select></label>
  </div>
  <p class="hidden-text" role="status" id="result-count"></p>
  <ul class="grid" id="products"></ul>
  <div class="empty" id="no-results" hidden><h2>No match</h2><p>Try a shorter word, or look at everything we have.</p><a class="button quiet" href="/">Show everything</a></div>
  ${promises}
</div>`

const card = (product) => element(html`<li class="card" data-testid="product-${product.slug}">
  ${product.stock === 0 && html`<span class="badge">Sold out</span>`}
  <div class="frame ${tint(product)}">${raw(picture(product))}</div>
  <h3><a href="/p/${product.slug}">${product.name}</a><span class="price">${money(product.price)}</span></h3>
  <p class="blurb">${product.blurb}</p>
  <div class="foot">
    <rating-stars value="${product.rating}" count="${product.reviews}"></rating-stars>
    <button class="button quiet add" data-slug="${product.slug}" data-testid="add-${product.slug}" aria-label="Add ${product.name} to the cart" ${product.stock === 0 && 'disabled'}>Add</button>
  </div>
</li>`)

export function listView({ main, url, products, navigate }) {
  main.innerHTML = page(products)
  const cards = new Map(products.map((product) => [product.slug, card(product)]))
  const current = () => new URLSearchParams(location.search)

  const set = (name, value) => {
    const parameters = current()
    if (value) parameters.set(name, value)
    else parameters.delete(name)
    const query = parameters.toString()
    navigate(location.pathname + (query && `?${query}`), { replace: name !== 'category' })
  }

  main.onclick = ({ target }) => {
    const { category, slug } = target.dataset
    if (category !== undefined) set('category', category)
    if (slug) addOne(products.find((product) => product.slug === slug))
  }
  find('#sort').onchange = ({ target }) => set('sort', target.value === 'popular' ? '' : target.value)
  find('#in-stock').onchange = ({ target }) => set('stock', target.checked && 'in')

  const update = ({ pathname, searchParams }) => {
    const found = select(products, searchParams)
    const words = searchParams.get('q')?.trim()
    const category = CATEGORIES.find(([value]) => value === searchParams.get('category'))
    document.title = words ? `“${words}” · Fernway` : 'Fernway · Plants and good tools'
    find('#hero').hidden = pathname === '/search' || Boolean(category)
    find('#list-title').textContent = words ? `Results for “${words}”` : (category?.[1] ?? 'All we have')
    find('#products').replaceChildren(...found.map(({ slug }) => cards.get(slug)))
    find('#result-count').textContent = `${found.length} products`
    find('#no-results').hidden = found.length > 0
    find('#sort').value = searchParams.get('sort') ?? 'popular'
    find('#in-stock').checked = searchParams.has('stock')
    if (document.activeElement?.id !== 'search') find('#search').value = searchParams.get('q') ?? ''
    for (const chip of document.querySelectorAll('.chip')) {
      chip.setAttribute('aria-pressed', chip.dataset.category === (searchParams.get('category') ?? ''))
    }
  }
  update(url)
  return { update, close: () => { main.onclick = null } }
}

function addOne({ slug, name, price }) {
  cart.add({ id: `${slug}:m`, slug, name, size: 'm', price, quantity: 1 })
  sightline('track', 'added to cart', { slug, price })
  toast(`${name} is in your cart`)
}
