// The products: loaded once, then searched, filtered and sorted in the page.

let loading

export function loadProducts() {
  loading ??= getJson('/api/products').then(({ products }) => products, (error) => {
    loading = undefined
    throw error
  })
  return loading
}

export async function getJson(url) {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.json()
}

const ORDERS = {
  popular: (a, b) => b.reviews - a.reviews,
  cheap: (a, b) => a.price - b.price,
  dear: (a, b) => b.price - a.price,
  name: (a, b) => a.name.localeCompare(b.name),
}

/** The products that match the parameters `q`, `category`, `stock` and `sort` of a URL. */
export function select(products, parameters) {
  const words = (parameters.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  const category = parameters.get('category')
  const text = ({ name, latin, blurb, description }) => `${name} ${latin} ${blurb} ${description}`.toLowerCase()
  return products
    .filter((product) => !category || product.category === category)
    .filter((product) => !parameters.has('stock') || product.stock > 0)
    .filter((product) => words.every((word) => text(product).includes(word)))
    .sort(ORDERS[parameters.get('sort')] ?? ORDERS.popular)
}
