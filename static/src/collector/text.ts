/** Bounded texts: what may be long is cut to what the wire's kinds allow (sessions/wire/kinds.py). */

const TEXT_MOST = 8_192
const SHORT_MOST = 256

export const text = (value: string): string => clip(value, TEXT_MOST)
export const short = (value: string): string => clip(value, SHORT_MOST)

/** At most `most` UTF-16 units, and no half of a surrogate pair at the cut. */
export function clip(value: string, most: number): string {
  if (value.length <= most) return value
  const cut = value.slice(0, most - 1)
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`
}

/**
 * The address without what may carry secrets: user and password, the query, and a fragment that has parameters.
 * Routes and anchors in the fragment stay. Data and blob addresses are told by their scheme only.
 */
export function cleanUrl(address: string, base: string = document.baseURI): string {
  try {
    const url = new URL(address, base)
    if (!/^(https?|file|about):$/.test(url.protocol)) return url.protocol
    const fragment = /[=?&]/.test(url.hash) ? '' : url.hash
    return text((url.origin === 'null' ? url.protocol : url.origin) + url.pathname + fragment)
  } catch {
    return ''
  }
}
