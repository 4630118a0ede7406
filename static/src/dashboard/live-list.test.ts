// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineLiveList, LiveList, type LiveRecording } from './live-list.ts'

const recording = (id: string, more: Partial<LiveRecording> = {}): LiveRecording => ({
  id,
  visitor: { name: `Visitor ${id}`, hue: 10, initials: 'V' },
  project: { name: 'Shop' },
  started_at: '2026-11-22T12:00:00Z',
  current_url: 'https://shop.example/',
  current_title: 'The shop',
  browser: 'Chrome 156',
  os: 'Linux',
  device: 'desktop',
  counts: { pages: 1, clicks: 0, errors: 0, failed_requests: 0 },
  ...more,
})

const card = ['face', 'initials', 'name', 'project', 'title', 'url', 'device', 'pages']
  .map((name) => `<span data-field="${name}"></span>`)
  .join('')
const page = `<main tabindex="-1"><p data-online></p><p class="live-state" data-state="live"><span data-words></span></p>
  <sl-live-list src="/live.json"><p role="status"></p>
  <template><li>${card}<time data-field="since" data-since></time><a data-field="watch">Watch</a></li></template>
  <ul class="live-list"></ul><section class="empty"></section></sl-live-list></main>`

let answers: (() => Promise<Response>)[]
const list = (): LiveList => document.querySelector('sl-live-list') as LiveList
const cards = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('.live-list > li')]

beforeEach(() => {
  vi.useFakeTimers()
  answers = []
  vi.stubGlobal('fetch', () => (answers.shift() ?? (() => Promise.reject(new Error('offline'))))())
  defineLiveList()
})

afterEach(() => {
  document.body.replaceChildren()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const answer = (items: LiveRecording[]) => () => Promise.resolve(Response.json({ items }))

describe('<sl-live-list>', () => {
  it('shows who is online and links to the player', async () => {
    answers.push(answer([recording('a')]))
    document.body.innerHTML = page
    await vi.advanceTimersByTimeAsync(0)
    expect(cards().map((each) => each.dataset.id)).toEqual(['a'])
    expect(cards()[0]?.querySelector('a')?.getAttribute('href')).toBe('/sessions/a')
    expect(document.querySelector('[data-online]')?.textContent).toBe('1 visitor online')
    expect(document.querySelector<HTMLElement>('.empty')?.hidden).toBe(true)
  })

  it('keeps cards, and with them the focus, and says who came and left', async () => {
    answers.push(answer([recording('a'), recording('b')]), answer([recording('b', { current_title: 'Cart' }), recording('c')]))
    document.body.innerHTML = page
    await vi.advanceTimersByTimeAsync(0)
    const kept = cards()[1]
    kept?.querySelector('a')?.focus()
    await vi.advanceTimersByTimeAsync(2000)
    expect(cards().map((each) => each.dataset.id)).toEqual(['b', 'c'])
    expect(cards()[0]).toBe(kept)
    expect(document.activeElement).toBe(kept?.querySelector('a'))
    expect(kept?.querySelector('[data-field="title"]')?.textContent).toBe('Cart')
    expect(document.querySelector('[role="status"]')?.textContent).toBe('1 came, 1 left. 2 online now.')
  })

  it('hands the focus on when its card goes', () => {
    document.body.innerHTML = page
    list().show([recording('a'), recording('b')])
    cards()[0]?.querySelector('a')?.focus()
    list().show([recording('b')])
    expect(document.activeElement).toBe(cards()[0]?.querySelector('a'))
  })

  it('puts hostile texts in as texts', () => {
    document.body.innerHTML = page
    const evil = '<img src=x onerror=alert(1)>'
    list().show([
      recording('../x?', { current_title: evil, current_url: evil, visitor: { name: evil, hue: 1, initials: evil } }),
    ])
    expect(document.querySelector('img')).toBeNull()
    expect(cards()[0]?.querySelector('[data-field="title"]')?.textContent).toBe(evil)
    expect(cards()[0]?.querySelector('a')?.getAttribute('href')).toBe('/sessions/..%2Fx%3F')
  })

  it('says that the connection is lost, keeps what it shows, and comes back', async () => {
    const fail = () => Promise.reject(new Error('offline'))
    answers.push(answer([recording('a')]), fail, fail, answer([recording('a')]))
    document.body.innerHTML = page
    await vi.advanceTimersByTimeAsync(0)
    const state = () => document.querySelector<HTMLElement>('.live-state')?.dataset.state
    await vi.advanceTimersByTimeAsync(2000)
    expect(state()).toBe('live')
    await vi.advanceTimersByTimeAsync(2000)
    expect(state()).toBe('lost')
    expect(cards()).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(2000)
    expect(state()).toBe('live')
  })

  it('shows the empty state when nobody is online', async () => {
    answers.push(answer([]))
    document.body.innerHTML = page
    await vi.advanceTimersByTimeAsync(0)
    expect(document.querySelector<HTMLElement>('.empty')?.hidden).toBe(false)
  })
})
