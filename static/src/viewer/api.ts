// The REST API, as far as the viewer uses it. Failures are `ApiError`s with a sentence for the member.

import type { Playlist } from './playlist.ts'

export interface WatchGrant {
  token: string
  /** Addresses of the signaling and the watch socket. */
  signal: string
  watch: string
}

export class ApiError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }

  /** The member may not, or there is nothing: to ask again at once is no use. */
  get isRefusal(): boolean {
    return this.status === 401 || this.status === 403 || this.status === 404
  }
}

const SENTENCES: Record<number, string> = {
  0: 'The server cannot be reached. Check your connection; the player tries again by itself.',
  401: 'You are signed out. Sign in again, here or in another tab, to go on watching.',
  403: 'You may not watch this recording. Ask an owner of the project.',
  404: 'This recording does not exist, or it was deleted.',
}

const sentence = (status: number): string => SENTENCES[status] ?? `The server answered with an error (${status}). The player tries again by itself.`

export class Api {
  private readonly base: string

  constructor(recording: string) {
    this.base = `/api/v1/recordings/${encodeURIComponent(recording)}`
  }

  playlist(): Promise<Playlist> {
    return this.json<Playlist>('/playlist')
  }

  /** A single-use right to watch: each link needs its own. */
  watch(): Promise<WatchGrant> {
    return this.json<WatchGrant>('/watch', { method: 'POST', headers: { 'X-CSRFToken': csrfToken() } })
  }

  segmentUrl(n: number): string {
    return new URL(`${this.base}/segments/${n}`, location.href).href
  }

  framesUrl(stream: string, from: number, to?: number): string {
    const url = new URL(`${this.base}/frames`, location.href)
    url.searchParams.set('stream', stream)
    url.searchParams.set('from', String(from))
    if (to !== undefined) url.searchParams.set('to', String(to))
    return url.href
  }

  private async json<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await fetch(this.base + path, { credentials: 'same-origin', ...init }).catch(() => null)
    if (!response?.ok) throw apiError(response?.status ?? 0)
    return (await response.json()) as T
  }
}

export const apiError = (status: number): ApiError => new ApiError(status, sentence(status))

const csrfToken = (): string => {
  // The cookie first: it is renewed when the member signs in again in another tab.
  const cookie = /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1]
  return cookie ?? document.querySelector<HTMLInputElement>('input[name=csrfmiddlewaretoken]')?.value ?? ''
}
