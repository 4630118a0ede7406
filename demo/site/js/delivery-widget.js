// The delivery calculator, which lives in an iframe.

import { find, html } from './dom.js'

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

find('#delivery-form').addEventListener('submit', (event) => {
  event.preventDefault()
  const postcode = find('#delivery-postcode').value.trim()
  const result = find('#delivery-result')
  if (!/^\d{5}$/.test(postcode)) {
    result.textContent = 'A postcode has five digits.'
    return
  }
  const days = 2 + (Number(postcode) % 3)
  const price = 4.9 + Number(find('#delivery-size').value)
  const day = WEEKDAYS[(new Date().getDay() + days) % 7]
  result.innerHTML = html`Arrives on <b>${day}</b> for <b>€${price.toFixed(2)}</b>.`
})
