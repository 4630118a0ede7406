// The panels that need a line or two each: motion, dialog, stars, patience.

import { find } from '../dom.js'
import { onPress } from './on.js'

function wireMotion() {
  const button = find('#animation-toggle')
  const ladybird = find('#ladybird')
  let frame
  const walk = (now) => {
    const room = find('#meadow').clientWidth - ladybird.offsetWidth
    const along = (now / 4000) % 2
    const back = along > 1
    ladybird.style.transform = `translate(${(room * (back ? 2 - along : along)).toFixed(1)}px, ${(Math.sin(now / 160) * 3).toFixed(1)}px) scaleX(${back ? -1 : 1})`
    frame = requestAnimationFrame(walk)
  }
  onPress('animation-toggle', () => {
    const walks = button.getAttribute('aria-pressed') !== 'true'
    button.setAttribute('aria-pressed', walks)
    button.textContent = walks ? 'Let it rest' : 'Let it walk'
    cancelAnimationFrame(frame)
    if (walks) frame = requestAnimationFrame(walk)
  })
}

function wireDialog() {
  const dialog = find('#lab-dialog')
  onPress('dialog-open', () => dialog.showModal())
  onPress('dialog-cancel', () => dialog.close())
  dialog.addEventListener('close', () => {
    const saved = dialog.returnValue === 'save'
    find('#dialog-result').textContent = saved ? `Saved as ${find('#dialog-name').value}` : 'Cancelled'
    find('#lab-dialog-form').reset()
    dialog.returnValue = ''
  })
}

function block(milliseconds) {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

function churn() {
  const place = find('#churn-place')
  place.replaceChildren(...Array.from({ length: 5000 }, () => document.createElement('i')))
  setTimeout(() => place.replaceChildren(), 800)
}

export function wireDom() {
  wireMotion()
  wireDialog()
  find('#shadow-rate').addEventListener('rate', ({ detail }) => {
    find('#shadow-result').textContent = `${detail} of 5 stars`
  })
  onPress('block-thread', () => block(300))
  onPress('churn', churn)
}
