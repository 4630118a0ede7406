// The background behind each product, written into a style sheet rule by rule as CSS-in-JS libraries do.

const known = new Set()
let sheet

/** The class name that gives an element the product's background. */
export function tint({ slug, tint: hue }) {
  const name = `tint-${slug}`
  if (!known.has(name)) {
    known.add(name)
    sheet ??= document.head.appendChild(document.createElement('style')).sheet
    sheet.insertRule(`.${name} { background: hsl(${hue} var(--tint-chroma) var(--tint-lightness)) }`, sheet.cssRules.length)
  }
  return name
}
