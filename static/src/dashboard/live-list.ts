// <sl-live-list src>: visitors online now. Asks the API every 2 s and changes only what changed, so that focus and
// selection stay. Every text in it was written by a stranger: it goes in as text, never as markup.
import { refreshTimes } from './times.ts'

const EVERY_MS = 2000
const LOST_AFTER = 2

type Counts = { readonly pages: number; readonly clicks: number; readonly errors: number; readonly failed_requests: number }
export type LiveRecording = {
  readonly id: string
  readonly visitor: { readonly name: string; readonly hue: number; readonly initials: string }
  readonly project: { readonly name: string }
  readonly started_at: string
  readonly current_url: string
  readonly current_title: string
  readonly browser: string
  readonly os: string
  readonly device: string
  readonly counts: Counts
}

const field = (card: Element, name: string): HTMLElement | null => card.querySelector<HTMLElement>(`[data-field="${name}"]`)

const setText = (card: Element, name: string, text: string): void => {
  const element = field(card, name)
  if (element && element.textContent !== text) element.textContent = text
}

export const fillCard = (card: HTMLElement, recording: LiveRecording): void => {
  const { visitor } = recording
  card.dataset.id = recording.id
  setText(card, 'name', visitor.name)
  setText(card, 'initials', visitor.initials)
  field(card, 'face')?.style.setProperty('--hue', String(visitor.hue))
  setText(card, 'project', recording.project.name)
  setText(card, 'title', recording.current_title || 'Untitled page')
  setText(card, 'url', recording.current_url)
  setText(card, 'device', [recording.browser, recording.os].filter(Boolean).join(' · ') || 'Unknown browser')
  setText(card, 'pages', `${recording.counts.pages} ${recording.counts.pages === 1 ? 'page' : 'pages'}`)
  const time = field(card, 'since')
  if (time instanceof HTMLTimeElement) time.dateTime = recording.started_at
  const watch = field(card, 'watch')
  if (watch instanceof HTMLAnchorElement) {
    watch.href = `/sessions/${encodeURIComponent(recording.id)}`
    watch.ariaLabel = `Watch ${visitor.name} live`
  }
}

export class LiveList extends HTMLElement {
  #timer = 0
  #failures = 0
  #stopped = true

  connectedCallback(): void {
    this.#stopped = false
    document.addEventListener('visibilitychange', this.#onVisibility)
    void this.#poll()
  }

  disconnectedCallback(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    document.removeEventListener('visibilitychange', this.#onVisibility)
  }

  readonly #onVisibility = (): void => {
    if (document.hidden) return
    clearTimeout(this.#timer)
    void this.#poll()
  }

  async #poll(): Promise<void> {
    try {
      const answer = await fetch(this.getAttribute('src') ?? '', { headers: { Accept: 'application/json' } })
      if (answer.status === 401) return location.reload() // signed out meanwhile
      if (!answer.ok) throw new Error(String(answer.status))
      const body = (await answer.json()) as { items: LiveRecording[] }
      this.#failures = 0
      this.show(body.items)
      this.#tell('live')
    } catch {
      this.#failures += 1
      if (this.#failures >= LOST_AFTER) this.#tell('lost')
    }
    if (this.#stopped || document.hidden) return
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => void this.#poll(), EVERY_MS)
  }

  show(recordings: readonly LiveRecording[]): void {
    const list = this.querySelector('.live-list')
    const template = this.querySelector('template')
    if (!list || !template) return
    const known = new Map([...list.children].map((card) => [(card as HTMLElement).dataset.id, card as HTMLElement]))
    const before = new Set(known.keys())
    const fresh: string[] = []
    for (const recording of recordings) {
      let card = known.get(recording.id)
      if (!card) {
        card = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement
        list.append(card)
        if (before.size > 0 || this.dataset.loaded) fresh.push(recording.visitor.name)
      }
      known.delete(recording.id)
      fillCard(card, recording)
    }
    this.#drop(known)
    this.dataset.loaded = 'true'
    this.querySelector<HTMLElement>('.empty')!.hidden = recordings.length > 0
    refreshTimes(this)
    this.#announce(fresh, known.size, recordings.length)
  }

  // A card that has the focus is not pulled away: its neighbour gets it.
  #drop(gone: ReadonlyMap<string | undefined, HTMLElement>): void {
    for (const card of gone.values()) {
      const had = card.contains(document.activeElement)
      const next = card.nextElementSibling ?? card.previousElementSibling
      card.remove()
      if (had) (next?.querySelector<HTMLElement>('a') ?? this.closest('main'))?.focus()
    }
  }

  #announce(came: readonly string[], left: number, online: number): void {
    this.#count(online)
    if (came.length === 0 && left === 0) return
    const words = [came.length > 0 && `${came.length} came`, left > 0 && `${left} left`].filter(Boolean).join(', ')
    const status = this.querySelector('[role="status"]')
    if (status) status.textContent = `${words}. ${online} online now.`
  }

  #count(online: number): void {
    const text = `${online} ${online === 1 ? 'visitor' : 'visitors'} online`
    const heading = document.querySelector('[data-online]')
    if (heading && heading.textContent !== text) heading.textContent = text
  }

  #tell(state: 'live' | 'lost'): void {
    const mark = document.querySelector<HTMLElement>('.live-state')
    if (!mark || mark.dataset.state === state) return
    mark.dataset.state = state
    const words = mark.querySelector('[data-words]')
    if (words) words.textContent = state === 'live' ? 'Updating by itself' : 'Connection lost. Trying again…'
  }
}

export const defineLiveList = (): void => {
  if (!customElements.get('sl-live-list')) customElements.define('sl-live-list', LiveList)
}
