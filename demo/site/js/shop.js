// The shop: a single page whose routes are changed through the History API.

import './frame.js'
import './rating-stars.js'
import { loadProducts } from './catalogue.js'
import { find, html } from './dom.js'
import { cartView } from './views/cart.js'
import { listView } from './views/list.js'
import { productView } from './views/product.js'

const ROUTES = [
  [/^\/(?:search|index\.html)?$/, listView],
  [/^\/cart$/, cartView],
  [/^\/p\/([a-z0-9-]+)$/, productView],
]
const main = find('#main')
let view
let number = 0

const match = (pathname) => ROUTES.map(([pattern, show]) => [pattern.exec(pathname), show]).find(([found]) => found)

const notFound = () => {
  document.title = 'Not found · Fernway'
  main.innerHTML = html`<div class="wrap empty" id="not-found"><h1>Nothing grows here</h1><p>The page that you were looking for has moved or withered.</p><a class="button" href="/">To the shop</a></div>`
  return {}
}

/** Show what the address says. A view may take over a change of its own parameters with `update`. */
async function show() {
  const url = new URL(location.href)
  markNavigation(url)
  const [found, create] = match(url.pathname) ?? [[], notFound]
  if (view?.update && view.create === create) return view.update(url)
  const mine = ++number
  view?.close?.()
  view = undefined
  try {
    const products = await loadProducts()
    if (mine !== number) return
    view = { create, ...(create({ main, url, products, navigate, slug: found[1] }) ?? notFound()) }
  } catch (error) {
    console.error('The shop could not be shown', error)
    main.innerHTML = html`<div class="wrap empty"><h1>The shop is closed for a moment</h1><p>Please try again soon.</p></div>`
  }
}

function markNavigation(url) {
  for (const link of document.querySelectorAll('.links a')) {
    const { pathname, searchParams } = new URL(link.href)
    const current = pathname === url.pathname && searchParams.get('category') === url.searchParams.get('category')
    link.toggleAttribute('aria-current', current)
  }
}

export function navigate(address, { replace = false } = {}) {
  const leaves = new URL(address, location.href).pathname !== location.pathname
  history[replace ? 'replaceState' : 'pushState']({}, '', address)
  show()
  if (!leaves || replace) return
  scrollTo(0, 0)
  if (document.activeElement?.id !== 'search') main.focus({ preventScroll: true })
}

document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[href]')
  if (!link || link.target || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const url = new URL(link.href)
  if (url.origin !== location.origin || !match(url.pathname) || (url.hash && url.pathname === location.pathname)) return
  event.preventDefault()
  navigate(url.pathname + url.search)
})

const search = find('#search')
const searchAddress = () => `/search?${new URLSearchParams({ q: search.value })}`
search.addEventListener('input', () => navigate(searchAddress(), { replace: location.pathname === '/search' }))
find('#search-form').addEventListener('submit', (event) => {
  event.preventDefault()
  navigate(searchAddress(), { replace: location.pathname === '/search' })
})

addEventListener('popstate', show)
show()
