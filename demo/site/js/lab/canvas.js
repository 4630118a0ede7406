import { find } from '../dom.js'
import { drawGrowth, growChart } from '../growth-chart.js'
import { onPress } from './on.js'

const heights = (light) => Array.from({ length: 12 }, (_, month) => Math.round(light / (1 + Math.exp(-(month - 5) * 0.8))))

/** Lines that follow the pointer. */
function wireSketch(canvas) {
  const pen = canvas.getContext('2d')
  const fit = () => {
    canvas.width = canvas.clientWidth
    canvas.height = canvas.clientHeight
    pen.strokeStyle = getComputedStyle(canvas).color
    pen.lineWidth = 2.5
    pen.lineCap = 'round'
  }
  canvas.addEventListener('pointerdown', ({ offsetX, offsetY, pointerId }) => {
    canvas.setPointerCapture(pointerId)
    pen.beginPath()
    pen.moveTo(offsetX, offsetY)
  })
  canvas.addEventListener('pointermove', ({ offsetX, offsetY, buttons }) => {
    if (!buttons) return
    pen.lineTo(offsetX, offsetY)
    pen.stroke()
  })
  onPress('canvas-clear', fit)
  fit()
}

export function wireCanvas() {
  const chart = find('#lab-growth')
  const light = find('#canvas-light')
  let stop = () => {}
  const draw = () => {
    stop()
    drawGrowth(chart, heights(light.valueAsNumber))
  }
  light.addEventListener('input', draw)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw)
  onPress('canvas-play', () => {
    stop()
    stop = growChart(chart, heights(light.valueAsNumber))
  })
  draw()
  wireSketch(find('#lab-sketch'))
}
