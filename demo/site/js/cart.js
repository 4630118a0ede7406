// The cart, kept in localStorage and shared by all tabs.

const KEY = 'fernway-cart'
const changes = new EventTarget()

function read() {
  try {
    const lines = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(lines) ? lines : []
  } catch {
    return []
  }
}

function write(lines) {
  localStorage.setItem(KEY, JSON.stringify(lines))
  changes.dispatchEvent(new Event('change'))
}

addEventListener('storage', (event) => {
  if (event.key === KEY) changes.dispatchEvent(new Event('change'))
})

export const cart = {
  lines: read,
  count: () => read().reduce((sum, line) => sum + line.quantity, 0),
  subtotal: () => read().reduce((sum, line) => sum + line.quantity * line.price, 0),
  clear: () => write([]),

  /** Returns a function that ends the subscription. */
  onChange(listener) {
    changes.addEventListener('change', listener)
    return () => changes.removeEventListener('change', listener)
  },

  /** A line is `{id, slug, name, size, price, quantity}`; price is in cents. */
  add(line) {
    const lines = read()
    const same = lines.find(({ id }) => id === line.id)
    if (same) same.quantity += line.quantity
    else lines.push(line)
    write(lines)
  },

  change(id, by) {
    const lines = read().map((line) => (line.id === id ? { ...line, quantity: line.quantity + by } : line))
    write(lines.filter((line) => line.quantity > 0))
  },

  remove: (id) => write(read().filter((line) => line.id !== id)),
}

const FREE_FROM = 6000
const RATES = { standard: 490, express: 990, pickup: 0 }

export function deliveryCost(method) {
  return method === 'standard' && cart.subtotal() >= FREE_FROM ? 0 : RATES[method]
}
