// Fetches and decodes in the worker: one question, one answer.

import { ApiError, apiError } from './api.ts'
import type { Answer, Ask } from './decode-worker.ts'
import type { Decoded } from './decode.ts'

export class Segments {
  private readonly worker: Worker
  private readonly waiting = new Map<number, { resolve: (decoded: Decoded) => void; reject: (error: Error) => void }>()
  private next = 0

  constructor(workerUrl: string) {
    this.worker = new Worker(workerUrl, { type: 'module' })
    this.worker.onmessage = ({ data }: MessageEvent<Answer>) => this.settle(data)
    this.worker.onerror = () => this.fail(new ApiError(0, 'The player could not start its decoder. Reload the page.'))
  }

  /** Rejects with `ApiError`. */
  load(url: string): Promise<Decoded> {
    const id = this.next++
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject })
      this.worker.postMessage({ id, url } satisfies Ask)
    })
  }

  close(): void {
    this.worker.terminate()
    this.fail(new ApiError(0, 'The player was closed.'))
  }

  private settle(answer: Answer): void {
    const asked = this.waiting.get(answer.id)
    this.waiting.delete(answer.id)
    if (answer.ok) asked?.resolve(answer.decoded)
    else asked?.reject(answer.status === 200 ? new ApiError(200, 'A part of this recording is damaged and cannot be shown.') : apiError(answer.status))
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error)
    this.waiting.clear()
  }
}
