// Product pictures, drawn as SVG from a few shapes, so that the shop loads no image files.

const GREEN = { deep: '#2c5a3f', mid: '#3f7d56', light: '#69a877', pale: '#a9cf9f', lime: '#c3d67c' }
const STEEL = { light: '#d5dcdc', mid: '#aab5b6', dark: '#7d8a8c' }
const WOOD = { light: '#d3a671', mid: '#b98a54', dark: '#8e6538' }

const range = (count) => Array.from({ length: count }, (_, index) => index)
const place = (x, y, angle, inner, scale = 1) =>
  `<g transform="translate(${x} ${y}) rotate(${angle}) scale(${scale})">${inner}</g>`
const path = (d, attributes) => `<path d="${d}" ${attributes}/>`
const stroke = (colour, width) =>
  `fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"`

/** An almond leaf that grows upwards from the origin. */
function leaf(length, width, fill, rib) {
  const w = width / 1.5
  const outline = `M0 0C${w} ${-length * 0.25} ${w} ${-length * 0.75} 0 ${-length}C${-w} ${-length * 0.75} ${-w} ${-length * 0.25} 0 0Z`
  const middle = rib ? path(`M0 0V${-length * 0.86}`, stroke(rib, 1.2)) : ''
  return path(outline, `fill="${fill}"`) + middle
}

function heart(size, fill, rib) {
  const s = size
  const outline = `M0 0C${s * 0.2} ${s * 0.22} ${s * 0.62} ${s * 0.1} ${s * 0.56} ${-s * 0.3}C${s * 0.5} ${-s * 0.68} ${s * 0.16} ${-s * 0.86} 0 ${-s * 1.1}C${-s * 0.16} ${-s * 0.86} ${-s * 0.5} ${-s * 0.68} ${-s * 0.56} ${-s * 0.3}C${-s * 0.62} ${s * 0.1} ${-s * 0.2} ${s * 0.22} 0 0Z`
  return path(outline, `fill="${fill}"`) + path(`M0 0V${-s * 0.85}`, stroke(rib, 1.3))
}

function pot(colour, { y = 134, width = 66, height = 52 } = {}) {
  const half = width / 2
  const foot = half * 0.74
  const body = `M${100 - half + 4} ${y + 8}H${100 + half - 4}L${100 + foot} ${y + height - 5}Q${100 + foot - 1} ${y + height} ${100 + foot - 6} ${y + height}H${100 - foot + 6}Q${100 - foot + 1} ${y + height} ${100 - foot} ${y + height - 5}Z`
  return `<ellipse cx="100" cy="${y + height}" rx="${half + 14}" ry="5" fill="#000" opacity=".12"/>
    <path d="${body}" fill="${colour}"/>
    <path d="M${100 + 6} ${y + 8}H${100 + half - 4}L${100 + foot} ${y + height - 5}Q${100 + foot - 1} ${y + height} ${100 + foot - 6} ${y + height}H108Z" fill="#000" opacity=".08"/>
    <rect x="${100 - half}" y="${y}" width="${width}" height="13" rx="3" fill="${colour}"/>
    <rect x="${100 - half}" y="${y + 10}" width="${width}" height="3" fill="#000" opacity=".12"/>`
}

function splitLeaf(size, fill, rib) {
  const side = (sign) => {
    const points = []
    for (const step of range(4)) {
      const top = -size * (0.1 + step * 0.24)
      const reach = size * [0.56, 0.62, 0.5, 0.28][step]
      points.push(`Q${sign * reach * 1.05} ${top + size * 0.06} ${sign * reach} ${top - size * 0.12}`)
      points.push(`L${sign * reach * 0.34} ${top - size * 0.13}`)
    }
    return points.join('')
  }
  const half = (sign) => `M0 0Q${sign * size * 0.3} ${size * 0.2} ${sign * size * 0.48} ${-size * 0.02}${side(sign)}L0 ${-size * 1.12}Z`
  const outline = `stroke="${fill}" stroke-width="3" stroke-linejoin="round"`
  return path(half(1), `fill="${fill}" ${outline}`) + path(half(-1), `fill="${fill}" ${outline}`) + path(`M0 0V${-size}`, stroke(rib, 1.4))
}

function frond(length, fill) {
  const leaflets = range(13).map((index) => {
    const along = (index + 1) / 14
    const bend = along * along * length * 0.34
    const size = length * 0.2 * Math.sin(Math.PI * (0.14 + along * 0.82))
    return place(bend, -along * length, 62 + along * 34, leaf(size, 7, fill)) + place(bend, -along * length, -58 + along * 34, leaf(size, 7, fill))
  })
  return path(`M0 0Q0 ${-length * 0.55} ${length * 0.34} ${-length}`, stroke(fill, 1.6)) + leaflets.join('')
}

const plants = {
  monstera(colour) {
    const stems = [[58, 92], [84, 60], [122, 70], [148, 96], [100, 100]]
      .map(([x, y]) => path(`M100 138Q100 ${y + 34} ${x} ${y}`, stroke(GREEN.deep, 2.6))).join('')
    return stems + place(58, 92, -58, splitLeaf(42, GREEN.deep, GREEN.light)) + place(148, 96, 60, splitLeaf(40, GREEN.deep, GREEN.light)) +
      place(84, 64, -18, splitLeaf(48, GREEN.mid, GREEN.pale)) + place(122, 72, 30, splitLeaf(46, GREEN.light, GREEN.pale)) +
      place(98, 106, -4, splitLeaf(36, GREEN.mid, GREEN.pale)) + pot(colour)
  },
  fern(colour) {
    const fronds = [[-92, 62, -1], [92, 62, 1], [-62, 80, -1], [62, 80, 1], [-34, 92, -1], [34, 92, 1], [-8, 98, -1], [8, 92, 1]]
    return fronds.map(([angle, length, side], index) =>
      `<g transform="translate(100 138) rotate(${angle * 0.78}) scale(${side} 1)">${frond(length, [GREEN.deep, GREEN.mid, GREEN.light][index % 3])}</g>`).join('') + pot(colour)
  },
  snake(colour) {
    const sword = (length, width, edge) => leaf(length, width + 5, edge) + leaf(length - 5, width, GREEN.mid) +
      range(4).map((index) => path(`M-${width * 0.3} ${-length * (0.24 + index * 0.15)}q${width * 0.3} -5 ${width * 0.6} 0`, stroke(GREEN.deep, 2))).join('')
    return [[84, -20, 84], [116, 20, 88], [92, -9, 112], [110, 8, 118], [100, 0, 96]]
      .map(([x, angle, length]) => place(x, 142, angle, sword(length, 17, GREEN.lime))).join('') + pot(colour)
  },
  pilea(colour) {
    const discs = [[52, 98, 15], [70, 66, 17], [100, 50, 18], [131, 68, 17], [149, 100, 15], [82, 100, 16], [118, 102, 16], [100, 80, 15], [64, 122, 12], [138, 124, 12]]
    return discs.map(([x, y]) => path(`M100 138Q100 ${y + 26} ${x} ${y}`, stroke('#8a6a4c', 1.8))).join('') +
      discs.map(([x, y, r], index) => `<circle cx="${x}" cy="${y}" r="${r}" fill="${[GREEN.mid, GREEN.light, GREEN.deep][index % 3]}"/><circle cx="${x}" cy="${y + 2}" r="2" fill="${GREEN.pale}"/>`).join('') + pot(colour)
  },
  pothos(colour) {
    const vine = (d) => path(d, stroke(GREEN.mid, 2.2))
    const leaves = [[44, 92, 200, 22], [38, 124, 165, 22], [50, 152, 205, 20], [156, 96, 160, 22], [162, 130, 200, 22], [150, 160, 165, 18],
      [72, 74, -40, 26], [128, 74, 40, 26], [100, 62, 0, 30], [84, 90, -18, 24], [118, 92, 20, 24]]
    return pot(colour, { y: 96, width: 70, height: 54 }) + vine('M88 98C60 70 40 84 42 112S36 150 50 160') + vine('M112 98C140 72 162 86 158 116S166 150 150 166') +
      leaves.map(([x, y, angle, size], index) => place(x, y, angle, heart(size, [GREEN.mid, '#86b36a', GREEN.light][index % 3], GREEN.lime))).join('')
  },
  olive(colour) {
    const crown = range(46).map((index) => {
      const turn = index * 2.4
      const reach = 7 * Math.sqrt(index)
      const x = 100 + Math.cos(turn) * reach
      const y = 66 + Math.sin(turn) * reach * 0.86
      return place(x.toFixed(1), y.toFixed(1), Math.round((turn * 180) / Math.PI + 60), leaf(17, 6.5, ['#6f8f72', '#8fae8c', '#567a60'][index % 3]))
    })
    const fruit = [[76, 82], [118, 58], [96, 96], [132, 84], [86, 48]].map(([x, y]) => `<ellipse cx="${x}" cy="${y}" rx="3.6" ry="4.6" fill="#4a3f55"/>`)
    return path('M100 140C97 122 103 108 99 84M100 112L82 88M100 104L120 82', stroke('#8a7358', 5)) + '<ellipse cx="100" cy="68" rx="42" ry="36" fill="#567a60" opacity=".45"/>' + crown.join('') + fruit.join('') + pot(colour)
  },
  lavender(colour) {
    const stalk = (length) => path(`M0 0V${-length}`, stroke('#6f8f72', 1.8)) + range(6).map((index) =>
      place(0, -length + index * 6.4, -38, leaf(8, 6, '#8d78c4')) + place(0, -length + index * 6.4, 38, leaf(8, 6, '#a893db'))).join('') + place(0, -length, 0, leaf(9, 6, '#8d78c4'))
    const bush = range(15).map((index) => place(100, 142, -49 + index * 7, leaf(38 + (index % 3) * 6, 5, ['#7d9c7d', '#66876a'][index % 2])))
    return range(9).map((index) => place(100 + (index - 4) * 4, 142, (index - 4) * 8.5, stalk(86 + ((index * 37) % 23)))).join('') + bush.join('') + pot(colour)
  },
  cactus(colour) {
    const pad = (x, y, rx, ry, angle, fill) => place(x, y, angle, `<ellipse rx="${rx}" ry="${ry}" fill="${fill}"/>` +
      range(17).map((index) => `<circle cx="${(((index * 7) % 5) - 2) * rx * 0.3}" cy="${(((index * 3) % 7) - 3) * ry * 0.22}" r="1.2" fill="#f1dfa4"/>`).join(''))
    const flower = place(128, 38, 24, range(5).map((index) => place(0, 0, -60 + index * 30, leaf(12, 7, '#e58a6b'))).join(''))
    return flower + pad(80, 66, 18, 26, -22, GREEN.mid) + pad(122, 62, 17, 24, 20, GREEN.light) + pad(141, 96, 13, 18, 48, GREEN.mid) + pad(100, 112, 27, 36, 0, '#4d8c62') + pot(colour)
  },
  echeveria(colour) {
    const ring = (count, length, width, fill, turn) => range(count).map((index) => place(100, 110, turn + (index * 360) / count, leaf(length, width, fill))).join('')
    return pot(colour, { y: 138, width: 92, height: 44 }) + `<g transform="translate(0 18) scale(1 .88)">` + ring(12, 58, 30, '#6fa39b', 0) + ring(10, 48, 28, '#86b8ad', 15) + ring(9, 38, 24, '#a2cdbf', 5) + ring(7, 27, 18, '#c0ddcf', 20) + ring(5, 16, 12, '#e3c9c1', 0) + '</g>'
  },
  calathea(colour) {
    const striped = (size) => path(`M0 0C${size * 0.62} ${-size * 0.1} ${size * 0.56} ${-size * 0.95} 0 ${-size * 1.1}C${-size * 0.56} ${-size * 0.95} ${-size * 0.62} ${-size * 0.1} 0 0Z`, `fill="${GREEN.deep}"`) +
      range(5).map((index) => path(`M${-size * 0.34} ${-size * (0.34 + index * 0.13)}Q0 ${-size * (0.16 + index * 0.14)} ${size * 0.34} ${-size * (0.34 + index * 0.13)}`, stroke('#a8cfb0', 2.4))).join('') +
      path(`M0 0V${-size * 0.95}`, stroke('#d6e8cf', 1.6))
    return [[62, 108, -50, 46], [138, 108, 50, 46], [78, 84, -22, 52], [124, 84, 24, 52], [100, 98, 0, 56]].map(([x, y, angle, size]) =>
      path(`M100 140L${x} ${y}`, stroke('#7a4a58', 2.4)) + place(x, y, angle, striped(size))).join('') + pot(colour)
  },
  tomato(colour) {
    const leaves = [[74, 112, -60, 30], [126, 106, 58, 30], [78, 82, -48, 32], [124, 74, 46, 32], [88, 54, -30, 28], [112, 48, 28, 28], [100, 40, 0, 26], [70, 132, -80, 24], [130, 130, 80, 24]]
    const fruit = [[72, 104, 9], [82, 118, 10], [128, 98, 9], [118, 112, 10], [134, 116, 8], [90, 76, 8]]
    return path('M112 140V26', stroke(WOOD.mid, 3)) + path('M100 140C96 110 106 80 100 38', stroke(GREEN.mid, 3.4)) +
      leaves.map(([x, y]) => path(`M100 ${Math.min(y + 16, 140)}L${x} ${y}`, stroke(GREEN.mid, 2))).join('') +
      leaves.map(([x, y, angle, length], index) => place(x, y, angle, leaf(length, 15, index % 2 ? GREEN.light : GREEN.mid, GREEN.pale))).join('') +
      fruit.map(([x, y, r], index) => `<circle cx="${x}" cy="${y}" r="${r}" fill="${index % 3 === 2 ? '#e59a4c' : '#d2503c'}"/><circle cx="${x - 3}" cy="${y - 3}" r="2" fill="#fff" opacity=".5"/>`).join('') + pot(colour)
  },
}

const handle = `<rect x="-9" y="0" width="18" height="70" rx="9" fill="${WOOD.mid}"/><rect x="2" y="0" width="7" height="70" rx="4" fill="${WOOD.dark}" opacity=".35"/><circle cx="0" cy="61" r="3" fill="${WOOD.dark}"/><path d="M0 61q12 14 0 24q-12 -10 0 -24" ${stroke('#7a5134', 2)}/><rect x="-7" y="-12" width="14" height="16" rx="2" fill="${STEEL.dark}"/>`
const shadow = (rx, y = 182) => `<ellipse cx="100" cy="${y}" rx="${rx}" ry="5" fill="#000" opacity=".12"/>`

const things = {
  trowel: () => place(92, 100, 28, handle + `<path d="M-3 -12V-24H3V-12Z" fill="${STEEL.dark}"/><path d="M-19 -28Q0 -20 19 -28V-58Q14 -78 0 -90Q-14 -78 -19 -58Z" fill="${STEEL.light}"/><path d="M0 -25Q10 -24 19 -28V-58Q14 -78 0 -90Z" fill="${STEEL.mid}"/>` + range(4).map((i) => path(`M-13 ${-38 - i * 9}h7`, stroke(STEEL.dark, 1.2))).join('')),
  fork: () => place(92, 100, 28, handle + path('M0 -12V-40M-17 -84V-48Q-17 -38 0 -38T17 -48V-84M0 -38V-88', stroke(STEEL.mid, 6)) + path('M-17 -84V-50M0 -86V-44M17 -84V-50', stroke(STEEL.light, 2))),
  secateurs: (colour) => place(100, 92, 30, `<path d="M6 4Q34 30 22 88Q16 94 10 86Q16 40 -6 12Z" fill="${colour}"/><path d="M-6 4Q-34 30 -22 88Q-16 94 -10 86Q-16 40 6 12Z" fill="${colour}"/><path d="M-6 4Q-34 30 -22 88Q-16 94 -10 86Q-16 40 6 12Z" fill="#000" opacity=".16"/><path d="M-8 8Q-16 -20 4 -62Q20 -36 10 8Z" fill="${STEEL.light}"/><path d="M10 8Q20 -20 12 -44Q24 -20 16 6Z" fill="${STEEL.dark}"/><path d="M-3 30q3 4 6 0q-6 5 -6 8q6 -4 6 0q-6 4 -6 8q6 -4 6 0" ${stroke(STEEL.dark, 1.8)}/><circle cy="6" r="8" fill="${STEEL.mid}"/><circle cy="6" r="3" fill="${STEEL.dark}"/>`),
  can: (colour) => shadow(56, 164) + path('M64 88C30 60 30 150 70 146', stroke(colour, 7)) + path('M122 138C150 132 148 84 178 62', stroke(colour, 8)) + `<path d="M62 86H126L132 156Q132 162 126 162H62Q56 162 56 156Z" fill="${colour}"/><path d="M100 86H126L132 156Q132 162 126 162H104Z" fill="#000" opacity=".12"/><ellipse cx="94" cy="86" rx="32" ry="8" fill="#000" opacity=".28"/><path d="M72 84C72 44 120 44 118 84" ${stroke(colour, 7)}/><path d="M170 58L188 62L180 74Z" fill="${colour}"/>`,
  twine: (colour) => shadow(46, 168) + `<ellipse cx="100" cy="66" rx="40" ry="12" fill="${WOOD.light}"/><path d="M62 68Q52 116 62 158Q100 172 138 158Q148 116 138 68Q100 84 62 68Z" fill="${colour}"/>` + range(11).map((i) => path(`M${60 - Math.sin(i / 3.3) * 4} ${76 + i * 8}Q100 ${92 + i * 8} ${140 + Math.sin(i / 3.3) * 4} ${74 + i * 8}`, stroke('#9a7a45', 1.4))).join('') + `<ellipse cx="100" cy="66" rx="14" ry="4" fill="#5d4426"/>` + path('M136 150Q164 156 158 172T182 178', stroke(colour, 3)),
  pot: (colour) => pot(colour, { y: 62, width: 108, height: 96 }) + `<ellipse cx="100" cy="62" rx="54" ry="9" fill="#7d452e"/><ellipse cx="100" cy="64" rx="47" ry="6" fill="#5d3221"/><path d="M50 156H150L144 170H56Z" fill="${colour}"/><path d="M50 156H150L149 160H51Z" fill="#000" opacity=".15"/>`,
  planter: (colour) => shadow(54, 168) + `<path d="M50 68Q46 168 74 166H126Q154 168 150 68Z" fill="${colour}"/><path d="M110 68H150Q154 168 126 166H112Q130 120 110 68Z" fill="#000" opacity=".16"/><path d="M50 70Q74 96 92 74T128 84T150 72V64H50Z" fill="#86a5c0"/><ellipse cx="100" cy="66" rx="50" ry="11" fill="#2f4763"/><ellipse cx="100" cy="69" rx="42" ry="7" fill="#4b3a2c"/>`,
  soil: (colour) => shadow(52, 172) + `<path d="M58 46Q100 38 142 46L148 168Q100 176 52 168Z" fill="${colour}"/><path d="M116 43L142 46L148 168Q132 171 120 172Z" fill="#000" opacity=".14"/><path d="M58 46Q100 38 142 46L141 56Q100 49 59 56Z" fill="#000" opacity=".2"/><rect x="72" y="78" width="56" height="58" rx="28" fill="#efe9d8"/>` + place(100, 128, 0, leaf(38, 15, GREEN.mid, GREEN.pale)) + place(100, 128, -52, leaf(26, 12, GREEN.light)) + place(100, 128, 52, leaf(26, 12, GREEN.light)),
  mister: (colour) => shadow(38, 172) + `<path d="M66 110Q66 92 88 86V72H112V86Q134 92 134 110V162Q134 170 126 170H74Q66 170 66 162Z" fill="${colour}" opacity=".88"/><path d="M70 128Q100 120 130 128V160Q130 166 124 166H76Q70 166 70 160Z" fill="#6d3f14" opacity=".45"/><path d="M76 104V156" ${stroke('#fff', 3)} opacity=".35"/><rect x="84" y="60" width="32" height="16" rx="3" fill="#c7a250"/><path d="M92 60V44H70L66 52H58V42H72L78 36H116Q126 36 126 46V52H112V60Z" fill="#d8b765"/><path d="M116 52Q130 62 124 78" ${stroke('#c7a250', 4)}/>` + [[44, 40], [36, 48], [44, 54], [28, 38], [26, 56]].map(([x, y]) => `<circle cx="${x}" cy="${y}" r="2" fill="#8db4c4"/>`).join(''),
}

/** The picture of a product as SVG markup. */
export function picture(product, { label = '' } = {}) {
  const draw = plants[product.art] ?? things[product.art]
  const name = label ? `role="img" aria-label="${label}"` : 'aria-hidden="true"'
  return `<svg class="picture" viewBox="0 0 200 200" ${name}>${draw(product.pot)}</svg>`
}
