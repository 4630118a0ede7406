// The visitor's pointer over the page: an arrow, a fading trail, a ring where they click.

const TRAIL_MS = 450
const MAX_TRAIL = 64

interface Point {
  x: number
  y: number
  at: number
}

export class Cursor {
  readonly layer = document.createElement('div')
  private readonly arrow = document.createElement('div')
  private readonly canvas = document.createElement('canvas')
  private trail: Point[] = []
  private frame = 0
  /** No motion of its own: no trail, rings that do not grow. */
  still = false

  constructor() {
    this.layer.className = 'cursor-layer'
    this.arrow.className = 'cursor'
    this.arrow.hidden = true
    this.canvas.className = 'trail'
    this.layer.append(this.canvas, this.arrow)
  }

  resize(width: number, height: number): void {
    this.canvas.width = width
    this.canvas.height = height
  }

  forget(): void {
    this.arrow.hidden = true
    this.trail = []
    this.draw()
  }

  /** CSS pixels of the page's viewport. */
  move(x: number, y: number, traced: boolean): void {
    this.arrow.hidden = false
    this.arrow.style.transform = `translate(${x}px, ${y}px)`
    if (!traced || this.still) return
    this.trail.push({ x, y, at: performance.now() })
    if (this.trail.length > MAX_TRAIL) this.trail.shift()
    this.frame ||= requestAnimationFrame(this.draw)
  }

  click(x: number, y: number): void {
    const ring = document.createElement('div')
    ring.className = this.still ? 'ring still' : 'ring'
    ring.style.left = `${x}px`
    ring.style.top = `${y}px`
    setTimeout(() => ring.remove(), 650)
    this.layer.append(ring)
  }

  private readonly draw = (): void => {
    this.frame = 0
    const context = this.canvas.getContext('2d')
    if (!context) return
    context.clearRect(0, 0, this.canvas.width, this.canvas.height)
    const now = performance.now()
    this.trail = this.trail.filter((point) => now - point.at < TRAIL_MS)
    context.lineCap = 'round'
    for (let i = 1; i < this.trail.length; i++) stroke(context, this.trail[i - 1] as Point, this.trail[i] as Point, now)
    if (this.trail.length > 0) this.frame = requestAnimationFrame(this.draw)
  }
}

const stroke = (context: CanvasRenderingContext2D, from: Point, to: Point, now: number): void => {
  const fresh = Math.max(0, 1 - (now - to.at) / TRAIL_MS)
  context.strokeStyle = `rgb(79 107 246 / ${0.5 * fresh})`
  context.lineWidth = 1 + 4 * fresh
  context.beginPath()
  context.moveTo(from.x, from.y)
  context.lineTo(to.x, to.y)
  context.stroke()
}
