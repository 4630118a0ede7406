import { onPress } from './on.js'

const order = { number: 'FW-10412', lines: [{ slug: 'pilea', quantity: 2 }, { slug: 'garden-twine', quantity: 1 }], paid: true, note: null }

function oddObjects() {
  const circular = { name: 'root', leaves: [] }
  circular.leaves.push({ name: 'leaf', parent: circular })
  console.log('circular', circular)
  console.log('kept apart', new Map([['monstera', 14]]), new Set(['pot', 'soil']), new Date(0), /fern/gi, Symbol('seed'), 12345678901234567890n)
  console.log('nothing', undefined, null, Number.NaN, -0, '')
  console.log('an element', document.body, 'a function', oddObjects)
  console.log('deep', { a: { b: { c: { d: { e: { f: 'bottom' } } } } } }, 'long', 'x'.repeat(20_000))
  console.error('an error', new TypeError('Soil is not a function'))
  console.log('%cstyled %s of %d', 'color: green', 'leaf', 7)
  console.table([{ plant: 'pilea', stock: 9 }, { plant: 'olive', stock: 5 }])
}

export function wireConsole() {
  onPress('console-log', () => console.log('Order packed', order))
  onPress('console-info', () => console.info('Greenhouse at', 21.5, '°C'))
  onPress('console-warn', () => console.warn('Stock is low', { slug: 'olive-tree', left: 5 }))
  onPress('console-error', () => console.error('Label printer is out of paper', order))
  onPress('console-debug', () => console.debug('Cart read from localStorage'))
  onPress('console-objects', oddObjects)
  onPress('console-flood', () => {
    for (let line = 1; line <= 1000; line += 1) console.log('Line', line, 'of 1000')
  })
}
