// Requests that succeed, fail, hang and are given up, by fetch and by XMLHttpRequest.

import { find } from '../dom.js'
import { onPress } from './on.js'

const hanging = new Set()

/** Add a line to the panel; returns a function that writes the outcome into it. */
function note(label) {
  const line = document.createElement('li')
  const outcome = document.createElement('b')
  line.append(label, outcome)
  outcome.textContent = 'waiting…'
  const log = find('#network-log')
  log.prepend(line)
  while (log.children.length > 8) log.lastChild.remove()
  return (text, good) => {
    outcome.textContent = text
    line.dataset.state = good ? 'good' : 'bad'
  }
}

async function send(url, options) {
  const done = note(`fetch ${url}`)
  try {
    const response = await fetch(url, options)
    await response.text()
    done(`${response.status} ${response.statusText}`, response.ok)
  } catch (error) {
    done(error.name, false)
  }
}

function sendXhr(url, { timeout = 0, onSent } = {}) {
  const done = note(`XHR ${url}`)
  const request = new XMLHttpRequest()
  request.open('GET', url)
  request.timeout = timeout
  request.onload = () => done(`${request.status} ${request.statusText}`, request.status < 400)
  request.onerror = () => done('error', false)
  request.ontimeout = () => done('timed out', false)
  request.onabort = () => done('aborted', false)
  request.send()
  onSent?.(request)
}

function fetchAndHang(then) {
  const controller = new AbortController()
  send('/api/hang', { signal: controller.signal })
  then(controller)
}

const json = (method, body) => ({ method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })

export function wireNetwork() {
  onPress('fetch-ok', () => send('/api/products/pilea'))
  onPress('fetch-post', () => send('/api/order', json('POST', { slug: 'pilea', password: 'correct horse', card_number: '4242 4242 4242 4242' })))
  onPress('fetch-500', () => send('/api/fail'))
  onPress('fetch-404', () => send('/api/missing'))
  onPress('fetch-hang', () => fetchAndHang((controller) => hanging.add(controller)))
  onPress('fetch-abort', () => fetchAndHang((controller) => setTimeout(() => controller.abort(), 400)))
  onPress('fetch-refused', () => send('http://127.0.0.1:47111/'))
  onPress('xhr-ok', () => sendXhr('/api/stock/pilea'))
  onPress('xhr-500', () => sendXhr('/api/fail'))
  onPress('xhr-404', () => sendXhr('/api/missing'))
  onPress('xhr-hang', () => sendXhr('/api/hang', { onSent: (request) => hanging.add(request) }))
  onPress('xhr-timeout', () => sendXhr('/api/hang', { timeout: 600 }))
  onPress('hang-cancel', () => {
    for (const request of hanging) request.abort()
    hanging.clear()
  })
}
