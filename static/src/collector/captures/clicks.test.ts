// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import type { Policy } from '../privacy/policy.ts'
import { nameOf } from './clicks.ts'

/** The name of the element `#at`. */
function named(html: string, policy: Policy = 'balanced'): string {
  document.body.innerHTML = html
  return nameOf(document.querySelector('#at')!, policy)
}

test.each([
  ['<button id=at>Pay <b>now</b></button>', 'Pay now'],
  ['<a href=#><i id=at>Plants</i></a>', 'Plants'],
  ['<button id=at aria-label=Close>x</button>', 'Close'],
  ['<label for=at>Full name</label><input id=at>', 'Full name'],
  ['<label>City <input id=at name=city></label>', 'City'],
  ['<input id=at placeholder=Search name=q value=typed>', 'Search'],
  ['<input id=at name=q value=typed>', 'q'],
  ['<input id=at type=submit value=Send>', 'Send'],
  ['<button id=at><img alt=Basket></button>', 'Basket'],
  ['<button id=at title=Menu></button>', 'Menu'],
  ['<div id=at></div>', 'div#at'],
  [`<div id=at>${'a long text '.repeat(20)}</div>`, 'div#at'],
  [`<button id=at>${'a long text '.repeat(20)}</button>`, 'a long text '.repeat(20).slice(0, 80)],
])('%s', (html, name) => expect(named(html)).toBe(name))

test.each([
  ['an edited element', '<div id=at contenteditable>s3cret</div>'],
  ['inside of one', '<div contenteditable><b id=at>s3cret</b></div>'],
  ['around one', '<button id=at>Note <span contenteditable>s3cret</span></button>'],
  ['a text area in its label', '<label id=at>Note <textarea>s3cret</textarea></label>'],
  ['a masked child', '<button id=at>Hello <span data-sl-mask>s3cret</span></button>'],
  ['a blocked child', '<button id=at>Hello <i data-sl-block>s3cret</i></button>'],
  ['a masked label', '<label for=at data-sl-mask>s3cret</label><input id=at>'],
  ['a picture in a blocked child', '<button id=at><i data-sl-block><img alt=s3cret></i></button>'],
  ['a masked picture', '<button id=at><img alt=s3cret data-sl-mask></button>'],
  ['a script', '<div id=at><script>s3cret</script></div>'],
])('not told: %s', (_, html) => {
  for (const policy of ['open', 'balanced', 'strict'] as const) expect(named(html, policy)).not.toContain('s3cret')
})

test('each text is masked by its own mark', () => {
  const html = '<button id=at data-sl-mask>Hello <span data-sl-unmask>there</span> ada@example.org</button>'
  expect(named(html)).toBe('***** there ***************')
  expect(named('<button id=at>Pay 4111 1111 1111 1111</button>')).toBe('Pay **** **** **** ****')
  expect(named('<button id=at>Pay</button>', 'strict')).toBe('***')
})

test('the text of a large section is not read to its end', () => {
  document.body.innerHTML = `<div id=at>${'<p>some text</p>'.repeat(20_000)}</div>`
  let reads = 0
  for (const text of document.querySelectorAll('p')) {
    Object.defineProperty(text.firstChild!, 'nodeValue', { get: () => `${++reads}` })
  }
  nameOf(document.querySelector('#at')!, 'open')
  expect(reads).toBeLessThan(200)
})
