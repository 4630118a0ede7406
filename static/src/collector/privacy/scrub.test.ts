// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest'
import type { Policy } from './policy.ts'
import { createScrubber, type SerialNode } from './scrub.ts'

let nodes: Map<number, Node>
beforeEach(() => {
  nodes = new Map()
  document.body.innerHTML = ''
})

/** Serialises as rrweb does, as far as masking is concerned. */
function serialise(node: Node): SerialNode {
  const id = nodes.size + 1
  nodes.set(id, node)
  if (node.nodeType === 3) return { id, type: 3, textContent: node.nodeValue ?? '' }
  if (node.nodeType === 8) return { id, type: 5, textContent: node.nodeValue ?? '' }
  const element = node as HTMLInputElement
  const attributes: Record<string, string | true> = {}
  for (const { name, value } of element.attributes) attributes[name] = value
  if (/^(input|textarea|select)$/.test(element.localName) && element.value) attributes['value'] = element.value
  if (element.checked) attributes['checked'] = true
  if (element.localName === 'option' && (node as unknown as HTMLOptionElement).selected) attributes['selected'] = true
  return { id, type: 2, tagName: element.localName, attributes, childNodes: [...node.childNodes].map(serialise) }
}

function shown(html: string, policy: Policy = 'balanced'): string {
  document.body.innerHTML = html
  const sn = serialise(document.body)
  createScrubber(policy, (id) => nodes.get(id) ?? null).scrub(2, { node: sn })
  return JSON.stringify(sn)
}

const SECRETS = [
  ['password', '<input type=password value=s3cret>'],
  ['password shown as text', '<input type=text data-rr-is-password=true value=s3cret>'],
  ['card', '<input autocomplete="section-a cc-number" value=s3cret>'],
  ['one-time code', '<input autocomplete=one-time-code value=s3cret>'],
  ['hidden', '<input type=hidden value=s3cret>'],
  ['by name', '<input name=user_passwd value=s3cret>'],
  ['unmasked all the same', '<div data-sl-unmask><input type=password value=s3cret></div>'],
  ['script', '<script>const s3cret = 1</script>'],
  ['comment', '<p><!-- s3cret --></p>'],
  ['handler', '<p onclick="s3cret()">x</p>'],
  ['inner document', '<iframe srcdoc="<p>s3cret</p>"></iframe>'],
  ['masked', '<p data-sl-mask>s3cret<b title=s3cret>s3cret</b></p>'],
  ['masked inside unmasked', '<div data-sl-unmask><p data-sl-mask>s3cret</p></div>'],
] as const

for (const policy of ['open', 'balanced', 'strict'] as const) {
  test.each(SECRETS)(`${policy} hides: %s`, (_, html) => expect(shown(html, policy)).not.toContain('s3cret'))
}

test.each([
  ['input', '<input value=s3cret>'],
  ['text area', '<textarea>s3cret</textarea>'],
  ['editable', '<div contenteditable><b>s3cret</b></div>'],
  ['query', '<a href="/x?token=s3cret">x</a>'],
  ['parameters in a fragment', '<a href="/x#access=s3cret">x</a>'],
  ['mail address', '<a href="mailto:s3cret@example.org" title="s3cret@example.org">s3cret@example.org</a>'],
  ['canonical address', '<link rel=canonical href="/x?token=s3cret">'],
  ['address of a picture', '<img src="/x.png?token=s3cret" srcset="/x.png?t=s3cret 1x, /y.png?t=s3cret#a 2x">'],
  ['address of a video', '<video poster="/x?t=s3cret"><source src="/x?t=s3cret"></video>'],
  ['address in a style', `<p style="background: url('/x?t=s3cret')"></p>`],
  ['description of the page', '<meta property="og:url" content="https://example.org/?token=s3cret">'],
  ['value of a custom element', '<x-input value=s3cret></x-input>'],
])('balanced hides: %s', (_, html) => expect(shown(html)).not.toContain('s3cret'))

test('balanced keeps the page', () => {
  const kept = shown('<h1 class="a 1234567890">Hello</h1><img src="/a.png?v=123" alt=Leaf><a href="/x#part">x</a>')
  for (const part of ['Hello', 'a 1234567890', '/a.png', 'Leaf', '/x#part']) expect(kept).toContain(part)
})

test('strict hides every text and its attributes', () => {
  expect(shown('<p title=s3cret aria-label=s3cret>s3cret</p><input placeholder=s3cret>', 'strict')).not.toContain('s3cret')
  expect(shown('<p data-sl-unmask>welcome</p>', 'strict')).toContain('welcome')
})

test.each([
  ['data', '<p data-name="Mr s3cret"></p>'],
  ['value of an option', '<select><option value=s3cret>x</option></select>'],
  ['short form of a head', '<th abbr=s3cret></th>'],
  ['braille', '<p aria-braillelabel=s3cret></p>'],
  ['content off a meta', '<p content=s3cret></p>'],
  ['name of a download', '<a download="s3cret.pdf" href="/x">x</a>'],
])('strict hides: %s', (_, html) => expect(shown(html, 'strict')).not.toContain('s3cret'))

test('strict keeps what sheets choose by, and measures', () => {
  const kept = shown('<ol data-state=open data-step=3><li value=7></li></ol><meter value=42></meter>', 'strict')
  for (const part of ['"data-state":"open"', '"data-step":"3"', '"value":"7"', '"value":"42"']) expect(kept).toContain(part)
})

test('a picture that is its own address stays whole', () => {
  const picture = "data:image/svg+xml,<svg id='a?b'/>"
  expect(shown(`<img src="${picture}"><use href="/sheet.svg?v=1#leaf"></use>`)).toContain(picture)
  expect(shown('<img srcset="a.png?x 1x"><use href="/sheet.svg?v=1#leaf"></use>')).toContain('"/sheet.svg#leaf"')
})

test('a style that changes is told without queries, with its priorities', () => {
  const style = { background: 'url("/x?t=s3cret")', color: ['red', 'important'], top: false }
  const change = { source: 0, adds: [], texts: [], attributes: [{ id: 1, attributes: { style, hidden: null } }] }
  createScrubber('balanced', () => null).scrub(3, change)
  expect(change.attributes[0]!.attributes).toEqual({
    style: { background: 'url("/x")', color: ['red', 'important'], top: false },
    hidden: null,
  })
})

test('what is edited in an ignored place leaves no trace, whatever the other marks say', () => {
  const html = '<div data-sl-unmask><div data-sl-ignore>kept<div contenteditable>s3cret</div><textarea>s3cret</textarea></div></div>'
  const told = shown(html, 'open')
  expect(told).toContain('kept')
  expect(told).not.toMatch(/s3cret|\*/)
  document.body.innerHTML = html
  const sn = serialise(document.body)
  const edited = document.querySelector('[contenteditable]')!.firstChild
  const id = [...nodes].find(([, node]) => node === edited)![0]
  const change = { source: 0, adds: [], texts: [{ id, value: 's3cret too' }], attributes: [] }
  createScrubber('open', (of) => nodes.get(of) ?? null).scrub(3, change)
  expect(change.texts[0]!.value).toBe('')
  expect(sn).toBeDefined()
})

test('unmask shows inputs', () => {
  expect(shown('<div data-sl-unmask><input value=fern></div>')).toContain('fern')
})

test('the choice of a masked select is not told, of an open one it is', () => {
  const html = '<select><option>a</option><option selected>b</option></select>'
  expect(shown(html)).not.toContain('selected":true')
  expect(shown(html, 'open')).toContain('selected":true')
})

test('boxes are shown in balanced, hidden where marked or strict', () => {
  expect(shown('<input type=checkbox checked>')).toContain('"checked":true')
  expect(shown('<div data-sl-mask><input type=checkbox checked></div>')).not.toContain('"checked":true')
  expect(shown('<input type=checkbox checked>', 'strict')).not.toContain('"checked":true')
})

test('a sensitive value hides its length', () => {
  expect(shown('<input type=password value=abc>')).toContain('"value":"********"')
})

test('once sensitive, always sensitive', () => {
  document.body.innerHTML = '<input type=password value=s3cret>'
  const sn = serialise(document.body)
  const scrubber = createScrubber('open', (id) => nodes.get(id) ?? null)
  scrubber.scrub(2, { node: sn })
  document.querySelector('input')!.type = 'text'
  const input = { source: 5, id: 2, text: 's3cret', isChecked: false }
  scrubber.scrub(3, input)
  expect(input.text).toBe('********')
})

test('changes are masked by where they happen', () => {
  document.body.innerHTML = '<div data-sl-mask><p>x</p></div><script>1</script><div id=host></div>'
  serialise(document.body)
  const scrubber = createScrubber('balanced', (id) => nodes.get(id) ?? null)
  const idOf = (selector: string) => [...nodes].find(([, node]) => node === document.querySelector(selector))![0]
  const script = document.querySelector('script')!.firstChild!
  nodes.set(90, script)
  const root = document.querySelector('#host')!.attachShadow({ mode: 'open' })
  root.innerHTML = 's3cret<p>s3cret</p>'
  document.querySelector('#host')!.setAttribute('data-sl-mask', '')
  nodes.set(91, root.firstChild!)
  nodes.set(92, root.querySelector('p')!.firstChild!)
  const change = {
    source: 0,
    adds: [{ parentId: idOf('p'), node: { id: 50, type: 3, textContent: 's3cret' } }],
    texts: [
      { id: 90, value: 's3cret' },
      { id: 91, value: 's3cret' },
      { id: 92, value: 's3cret' },
    ],
    attributes: [{ id: idOf('p'), attributes: { title: 's3cret', class: 'kept', onclick: 's3cret' } }],
  }
  scrubber.scrub(3, change)
  expect(JSON.stringify(change)).not.toContain('s3cret')
  expect(JSON.stringify(change)).toContain('kept')
})

test('inputs that are ignored are not told, and unknown ones are hidden', () => {
  document.body.innerHTML = '<div data-sl-ignore><input></div>'
  serialise(document.body)
  const scrubber = createScrubber('open', (id) => nodes.get(id) ?? null)
  expect(scrubber.scrub(3, { source: 5, id: 3, text: 'x', isChecked: false })).toBe(false)
  const unknown = { source: 5, id: 77, text: 's3cret', isChecked: false }
  scrubber.scrub(3, unknown)
  expect(unknown.text).toBe('********')
})

test('a node whose masking fails loses its contents', () => {
  const attributes = new Proxy({ title: 's3cret' } as Record<string, string>, {
    ownKeys() {
      throw new Error('no')
    },
  })
  const sn: SerialNode = { id: 1, type: 2, tagName: 'p', attributes, childNodes: [{ id: 2, type: 3, textContent: 's3cret' }] }
  createScrubber('open', () => null).scrub(2, { node: sn })
  expect(JSON.stringify(sn)).not.toContain('s3cret')
})

test('the address of the page loses its query', () => {
  const meta = { href: 'https://shop.example/a?token=s3cret#access_token=s3cret', width: 1, height: 1 }
  createScrubber('balanced', () => null).scrub(4, meta)
  expect(meta.href).toBe('https://shop.example/a')
})
