// When to ask the server what is new. Asked for as often as one likes, it runs one at a time, never in a row without a pause,
// and by itself again after a failure, at growing distance.

const PAUSE_MS = 250
const AGAIN_MS = [1000, 2000, 5000, 10_000, 15_000]

export class Refresher {
  /** True: it went well. */
  private readonly run: () => Promise<boolean>
  private began = -Infinity
  private running = false
  private wanted = false
  private failures = 0
  private timer = 0
  private closed = false

  constructor(run: () => Promise<boolean>) {
    this.run = run
  }

  /** Runs now, or as soon as it may. What is asked for while it runs is run again. */
  soon(): void {
    if (this.closed || this.timer) return
    if (this.running) {
      this.wanted = true
      return
    }
    const pause = this.failures === 0 ? PAUSE_MS : (AGAIN_MS[Math.min(this.failures, AGAIN_MS.length) - 1] as number)
    const left = this.began + pause - performance.now()
    if (left <= 0) void this.start()
    else this.timer = window.setTimeout(() => void this.start(), left)
  }

  /** The server is there again: no waiting for what failed before. */
  hurry(): void {
    clearTimeout(this.timer)
    this.timer = 0
    this.failures = 0
    this.soon()
  }

  close(): void {
    this.closed = true
    clearTimeout(this.timer)
  }

  private async start(): Promise<void> {
    this.timer = 0
    this.began = performance.now()
    this.running = true
    this.wanted = false
    const well = await this.run()
    this.running = false
    this.failures = well ? 0 : this.failures + 1
    if (this.wanted || !well) this.soon()
  }
}
