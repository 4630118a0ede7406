// The player's clock: where in the recording we are, as a function of the wall clock. Pure: `now` is always given (ms).

export const SPEEDS = [0.5, 1, 2, 4, 8, 16] as const

export class Clock {
  private position = 0
  private since = 0
  private rate = 1
  private running = false
  private held = false

  get playing(): boolean {
    return this.running
  }

  get speed(): number {
    return this.rate
  }

  /** Position in ms since the recording began. */
  at(now: number): number {
    return this.running && !this.held ? this.position + (now - this.since) * this.rate : this.position
  }

  play(now: number): void {
    this.settle(now)
    this.running = true
  }

  pause(now: number): void {
    this.settle(now)
    this.running = false
  }

  seek(position: number, now: number): void {
    this.position = Math.max(0, position)
    this.since = now
  }

  setSpeed(rate: number, now: number): void {
    this.settle(now)
    this.rate = rate
  }

  /** Holds while something must be loaded, without being paused. */
  hold(held: boolean, now: number): void {
    if (held === this.held) return
    this.settle(now)
    this.held = held
  }

  private settle(now: number): void {
    this.position = this.at(now)
    this.since = now
  }
}
