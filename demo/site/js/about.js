import './frame.js'
import { picture } from './art.js'
import { loadProducts } from './catalogue.js'
import { find, html, raw } from './dom.js'
import { tint } from './tints.js'

const shown = ['olive-tree', 'watering-can', 'calathea', 'echeveria']
const products = await loadProducts()
find('#about-pictures').innerHTML = shown
  .map((slug) => products.find((product) => product.slug === slug))
  .map((product) => html`<span class="${tint(product)}">${raw(picture(product))}</span>`)
  .join('')
