// Styles that exist only in the CSSOM.

import { onPress } from './on.js'

const COLOURS = ['hsl(110 35% 80%)', 'hsl(30 60% 82%)', 'hsl(210 45% 84%)', 'hsl(280 30% 86%)']

export function wireStyles() {
  const { sheet } = document.head.appendChild(document.createElement('style'))
  const adopted = new CSSStyleSheet()
  let turn = 0
  const next = () => COLOURS[(turn += 1) % COLOURS.length]

  onPress('rule-insert', () => sheet.insertRule(`#swatch { background: ${next()}; color: #1d2a22 }`, sheet.cssRules.length))
  onPress('rule-delete', () => {
    if (sheet.cssRules.length) sheet.deleteRule(sheet.cssRules.length - 1)
  })
  onPress('rule-change', () => {
    if (!sheet.cssRules.length) sheet.insertRule('#swatch { color: #1d2a22 }', 0)
    sheet.cssRules[sheet.cssRules.length - 1].style.setProperty('background', next())
  })
  onPress('sheet-adopt', () => {
    adopted.replaceSync(`#swatch { outline: 3px solid ${next()}; outline-offset: 3px }`)
    if (!document.adoptedStyleSheets.includes(adopted)) document.adoptedStyleSheets.push(adopted)
  })
}
