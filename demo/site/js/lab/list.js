// Two thousand rows, appended a portion at a time as the end comes into view.

import { find, html } from '../dom.js'
import { onPress } from './on.js'

const TOTAL = 2000
const PORTION = 100
const SEEDS = ['Chard', 'Borage', 'Runner bean', 'Nasturtium', 'Radish', 'Sweet pea', 'Kale', 'Marigold', 'Spinach', 'Dill', 'Poppy', 'Lettuce', 'Thyme']

const row = (number) => html`<li data-row="${number}"><span>${number}</span><span>${SEEDS[(number * 7) % SEEDS.length]}, lot ${1000 + ((number * 37) % 9000)}</span><span>${(number * 13) % 240} g</span></li>`

export function wireList() {
  const rows = find('#list-rows')
  const scroller = find('#list-scroller')
  let loaded = 0

  const append = (count) => {
    const numbers = Array.from({ length: Math.min(count, TOTAL - loaded) }, (_, index) => loaded + index + 1)
    rows.insertAdjacentHTML('beforeend', numbers.map(row).join(''))
    loaded += numbers.length
    find('#list-count').textContent = loaded.toLocaleString('en')
  }

  scroller.addEventListener('scroll', () => {
    if (scroller.scrollTop + scroller.clientHeight > scroller.scrollHeight - 300) append(PORTION)
  })
  onPress('list-all', () => append(TOTAL))
  onPress('list-shuffle', () => {
    for (const item of [...rows.children]) if (Math.random() < 0.5) rows.prepend(item)
  })
  onPress('list-clear', () => {
    rows.replaceChildren()
    loaded = 0
    scroller.scrollTop = 0
    append(PORTION)
  })
  append(PORTION)
}
