// A worker that fetches and decodes, so that the page stays free to paint.

import { decodeBytes } from './decode.ts'
import type { Decoded } from './decode.ts'

export interface Ask {
  id: number
  url: string
}

/** `status` 0: no answer; 200 with `error`: the answer could not be read. */
export type Answer = { id: number; ok: true; decoded: Decoded } | { id: number; ok: false; status: number; error: string }

const answer = async ({ id, url }: Ask): Promise<Answer> => {
  const response = await fetch(url, { credentials: 'same-origin' }).catch(() => null)
  if (!response?.ok) return { id, ok: false, status: response?.status ?? 0, error: 'no answer' }
  try {
    return { id, ok: true, decoded: await decodeBytes(new Uint8Array(await response.arrayBuffer())) }
  } catch (error) {
    return { id, ok: false, status: 200, error: error instanceof Error ? error.message : 'unreadable' }
  }
}

self.addEventListener('message', (event: MessageEvent<Ask>) => {
  void answer(event.data).then((said) => self.postMessage(said))
})
