// Draws how tall a plant gets over a year, on a 2D canvas.

const MONTHS = 'JFMAMJJASOND'
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** Draw heights in cm, one for each month; `upTo` (0 to 1) is how much of the year to show. */
export function drawGrowth(canvas, heights, upTo = 1) {
  const { clientWidth: width, clientHeight: height } = canvas
  const ratio = devicePixelRatio
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const pen = canvas.getContext('2d')
  pen.scale(ratio, ratio)
  pen.font = '12px sans-serif'

  const edge = { left: 34, right: 10, top: 12, bottom: 24 }
  const top = Math.ceil((Math.max(...heights) * 1.1) / 20) * 20 || 20
  const x = (month) => edge.left + (month * (width - edge.left - edge.right)) / (heights.length - 1)
  const y = (value) => height - edge.bottom - (value / top) * (height - edge.top - edge.bottom)

  drawGrid(pen, { width, height, edge, top, x, y })
  drawLine(pen, heights, upTo, { x, y })
}

function drawGrid(pen, { width, height, edge, top, x, y }) {
  pen.strokeStyle = colour('--line')
  pen.fillStyle = colour('--soft')
  pen.lineWidth = 1
  for (const value of [0, top / 2, top]) {
    pen.beginPath()
    pen.moveTo(edge.left, y(value))
    pen.lineTo(width - edge.right, y(value))
    pen.stroke()
    pen.textAlign = 'right'
    pen.fillText(value, edge.left - 8, y(value) + 4)
  }
  pen.textAlign = 'center'
  for (const [month, letter] of [...MONTHS].entries()) pen.fillText(letter, x(month), height - 6)
}

function drawLine(pen, heights, upTo, { x, y }) {
  const end = upTo * (heights.length - 1)
  const points = heights.slice(0, Math.floor(end) + 1).map((value, month) => [x(month), y(value)])
  const rest = end - Math.floor(end)
  if (rest > 0) {
    const [from, to] = heights.slice(Math.floor(end))
    points.push([x(end), y(from + (to - from) * rest)])
  }
  pen.beginPath()
  for (const point of points) pen.lineTo(...point)
  pen.strokeStyle = colour('--green')
  pen.lineWidth = 2.5
  pen.lineJoin = 'round'
  pen.stroke()
  pen.lineTo(points.at(-1)[0], y(0))
  pen.lineTo(points[0][0], y(0))
  pen.globalAlpha = 0.14
  pen.fillStyle = colour('--green')
  pen.fill()
  pen.globalAlpha = 1
  pen.beginPath()
  pen.arc(...points.at(-1), 4.5, 0, Math.PI * 2)
  pen.fill()
}

/** Let the line grow over a second; returns a function that stops it. */
export function growChart(canvas, heights) {
  const started = performance.now()
  let frame
  const step = (now) => {
    const done = Math.min(Math.max((now - started) / 1000, 0), 1)
    drawGrowth(canvas, heights, done)
    if (done < 1) frame = requestAnimationFrame(step)
  }
  frame = requestAnimationFrame(step)
  return () => cancelAnimationFrame(frame)
}
