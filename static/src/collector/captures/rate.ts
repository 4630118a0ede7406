/** So many of one kind in a second; what is more is counted. */
import type { CaptureContext } from './capture.ts'

/** Answers whether one more may be told. */
export function rateOf({ emit }: CaptureContext, what: string, most: number): () => boolean {
  let second = 0
  let told = 0
  return () => {
    const now = Math.floor(performance.now() / 1000)
    if (now !== second) told = 0
    second = now
    if (++told <= most) return true
    emit('shed', { what, count: 1, reason: 'rate' })
    return false
  }
}
