// Attributes: what would run, load or navigate is dropped or put aside under `data-sl-aside-NAME`, which nothing reads.

import { cleanCss } from './css.ts'
import { cleanSheet } from './sheet.ts'
import { isInline, isInlineImage, runs } from './urls.ts'

export type Value = string | number | boolean | null

/** Stands where a picture could not be had: keeps the box, shows a faint tint. */
export const PLACEHOLDER =
  'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" width="24" height="24"%3E' +
  '%3Crect width="100%25" height="100%25" fill="%238a94a6" fill-opacity=".22"/%3E%3C/svg%3E'

export const PREFIX = 'data-sl-aside-'

const NAME = /^[a-z_:\u0080-\uffff@*#$.-][^\s"'<>/=]*$/i
// oxlint-disable-next-line no-control-regex -- control characters are what is refused
const CONTROL = /[\u0000-\u001f\u007f]/
const MAX_NAME = 256
const MAX_VALUE = 8_388_608

/** Never kept, under no name. */
const DROPPED = new Set(['srcdoc', 'ping', 'nonce', 'integrity'])
/** Put aside wherever they stand. */
const ASIDE = new Set([
  'action', 'formaction', 'srcset', 'imagesrcset', 'archive', 'classid', 'code', 'codebase', 'manifest', 'profile', 'http-equiv',
  'dynsrc', 'lowsrc', 'attributionsrc', 'csp', 'allow',
])
/** They load what they name. */
const LOADS = new Set(['src', 'poster', 'background', 'data', 'icon'])
const LINKS = new Set(['a', 'area'])
const HREFS = new Set(['href', 'xlink:href'])
/** Take CSS values, so also `url()`. */
const PAINTS = new Set([
  'style', 'fill', 'stroke', 'filter', 'mask', 'clip-path', 'cursor', 'marker', 'marker-start', 'marker-mid', 'marker-end',
])
const ANIMATIONS = new Set(['animate', 'animatetransform', 'animatemotion', 'animatecolor', 'set'])
/** rrweb's own, which its rebuild reads. */
const RR_NUMBERS = new Set(['rr_scrollLeft', 'rr_scrollTop', 'rr_mediaCurrentTime', 'rr_mediaPlaybackRate', 'rr_mediaVolume'])
const RR_FLAGS = new Set(['rr_mediaMuted', 'rr_mediaLoop'])
const RR_SIZES = new Set(['rr_width', 'rr_height'])

const isValue = (value: unknown): value is Value =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

const isName = (name: string): boolean => name.length <= MAX_NAME && NAME.test(name) && !CONTROL.test(name)

/** The attributes of an element of this tag (lower case), safe to be set. Values that are objects are left out. */
export const cleanAttributes = (tag: string, attributes: unknown): Record<string, Value> => {
  const clean: Record<string, Value> = Object.create(null) as Record<string, Value>
  if (typeof attributes !== 'object' || attributes === null) return { ...clean }
  for (const [name, value] of Object.entries(attributes)) {
    if (isValue(value) && isName(name)) cleanAttribute(tag, name, value, clean)
  }
  if (tag === 'iframe') clean['sandbox'] = 'allow-same-origin'
  return { ...clean }
}

const cleanAttribute = (tag: string, name: string, value: Value, clean: Record<string, Value>): void => {
  const low = name.toLowerCase()
  if (name.startsWith('rr_')) return cleanOwn(tag, name, value, clean)
  if (low.startsWith('on') || DROPPED.has(low) || low.startsWith(PREFIX)) return
  if (typeof value === 'string' && value.length > MAX_VALUE) return
  if (name === '_cssText') {
    if (typeof value === 'string') clean[name] = cleanSheet(value)
  } else if (value === null) removed(tag, name, clean)
  else if (isAside(tag, low, String(value))) putAside(tag, low, value, clean)
  else clean[name] = typeof value === 'string' && PAINTS.has(low) ? cleanCss(value) : value
}

/** `null` takes the attribute away; what may stand aside goes too. */
const removed = (tag: string, name: string, clean: Record<string, Value>): void => {
  clean[name] = null
  const low = name.toLowerCase()
  if (ASIDE.has(low) || LOADS.has(low) || HREFS.has(low) || (tag === 'iframe' && low === 'sandbox')) clean[PREFIX + low.replaceAll(':', '-')] = null
}

const isAside = (tag: string, low: string, value: string): boolean => {
  if (ASIDE.has(low)) return true
  if (tag === 'iframe' && (low === 'src' || low === 'sandbox')) return true
  if (tag === 'script' || tag === 'noscript') return low === 'src' || HREFS.has(low)
  if (HREFS.has(low)) return LINKS.has(tag) ? runs(value) : !(value.trim().startsWith('#') || (tag !== 'link' && isInlineImage(value)))
  if (LOADS.has(low)) return !isInline(value)
  if (ANIMATIONS.has(tag)) return low === 'attributename' ? isActive(value) : runs(value)
  return runs(value) && value.includes(':') && low !== 'value' && !low.startsWith('data-') && !low.startsWith('aria-') && isUrlLike(low)
}

const URL_LIKE = new Set(['cite', 'longdesc', 'usemap', 'itemid', 'itemtype', 'from', 'to', 'by', 'values'])
const isUrlLike = (low: string): boolean => URL_LIKE.has(low) || low.endsWith(':href')
const isActive = (attribute: string): boolean => /^(?:.*href|on.*|src|style)$/i.test(attribute.trim())

const putAside = (tag: string, low: string, value: Value, clean: Record<string, Value>): void => {
  clean[PREFIX + low.replaceAll(':', '-')] = value
  if ((tag === 'img' || tag === 'input') && low === 'src') clean['src'] ??= PLACEHOLDER
  else if (!(tag === 'iframe' && low === 'sandbox')) clean[low] ??= null
}

const cleanOwn = (tag: string, name: string, value: Value, clean: Record<string, Value>): void => {
  if (RR_NUMBERS.has(name) && typeof value === 'number' && Number.isFinite(value)) clean[name] = value
  else if (RR_FLAGS.has(name) && typeof value === 'boolean') clean[name] = value
  else if (RR_SIZES.has(name) && typeof value === 'string' && /^-?[\d.]+px$/.test(value)) clean[name] = value
  else if (name === 'rr_mediaState' && (value === 'played' || value === 'paused')) clean[name] = value
  else if (name === 'rr_open_mode' && (value === 'modal' || value === 'non-modal')) clean[name] = value
  else if (name === 'rr_dataURL' && typeof value === 'string' && isInlineImage(value)) {
    if (tag === 'img') clean['src'] = value
    else if (tag === 'canvas') clean[name] = value
  }
}

/** A change of inline style in rrweb's form: property → value, [value, priority], or false to take it away. */
export const cleanStyleChange = (style: object): Record<string, string | [string, string] | false> => {
  const clean: Record<string, string | [string, string] | false> = {}
  for (const [property, value] of Object.entries(style) as [string, unknown][]) {
    if (value === false) clean[property] = false
    else if (typeof value === 'string') clean[property] = cleanCss(value)
    else if (Array.isArray(value) && typeof value[0] === 'string')
      clean[property] = [cleanCss(value[0]), value[1] === 'important' ? 'important' : '']
  }
  return clean
}
