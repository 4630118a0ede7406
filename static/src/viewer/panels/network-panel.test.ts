// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { NetworkPanel } from './network-panel.ts'

customElements.define('sl-network', NetworkPanel)

test('the waterfall has room to grow, so that it is seldom drawn again', () => {
  const panel = document.createElement('sl-network') as NetworkPanel
  const spans = new Set<number>()
  for (let ms = 0; ms <= 600_000; ms += 250) {
    panel.duration = ms
    const span = Number(panel.style.getPropertyValue('--duration'))
    expect(span).toBeGreaterThanOrEqual(ms)
    spans.add(span)
  }
  expect(spans.size).toBeLessThan(90)
  panel.duration = 1000
  expect(panel.style.getPropertyValue('--duration')).toBe('1000')
})
