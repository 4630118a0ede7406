// Takes out of CSS what would load something: `url()`, `src()`, `image-set()`, `@import`. All else stays as it is, byte by
// byte. Follows the tokens of CSS Syntax Level 3 (section 4) as far as needed to know strings, comments, escapes and URLs.

import { isInline } from './urls.ts'

export const NOTHING = 'data:,'

const SUSPECT = /\\|@import|url|src\s*\(|image/i
/** Functions whose strings are URLs. */
const LOADERS = new Set(['url', 'src', 'image', 'image-set', '-webkit-image-set', 'cross-fade', '-webkit-cross-fade'])
const IDENT = /[-\w\u0080-\uffff\\]/
const NEWLINE = /[\n\r\f]/

interface Scan {
  css: string
  at: number
  out: string
  /** For each open parenthesis, whether strings inside are URLs. */
  open: boolean[]
}

export const cleanCss = (css: string): string => {
  if (!SUSPECT.test(css)) return css
  const scan: Scan = { css, at: 0, out: '', open: [] }
  while (scan.at < css.length) step(scan)
  return scan.out
}

const step = (scan: Scan): void => {
  const { css, at } = scan
  const char = css[at] as string
  if (char === '/' && css[at + 1] === '*') return copy(scan, endOfComment(css, at))
  if (char === '"' || char === "'") return copyString(scan)
  if (char === '@') return copyAtKeyword(scan)
  if (char === '(') scan.open.push(scan.open.at(-1) ?? false)
  else if (char === ')') scan.open.pop()
  else if (IDENT.test(char)) return copyIdent(scan)
  copy(scan, at + 1)
}

const copy = (scan: Scan, end: number): void => {
  scan.out += scan.css.slice(scan.at, end)
  scan.at = end
}

const endOfComment = (css: string, at: number): number => {
  const end = css.indexOf('*/', at + 2)
  return end < 0 ? css.length : end + 2
}

/** Behind the closing quote; a bare newline ends a string too. */
const endOfString = (css: string, at: number): number => {
  const quote = css[at]
  for (let i = at + 1; i < css.length; i++) {
    const char = css[i] as string
    if (char === '\\') i++
    else if (char === quote) return i + 1
    else if (NEWLINE.test(char)) return i
  }
  return css.length
}

const copyString = (scan: Scan): void => {
  const end = endOfString(scan.css, scan.at)
  const text = scan.css.slice(scan.at + 1, end)
  if (scan.open.at(-1) && !isInline(unescape(text))) {
    scan.out += `"${NOTHING}"`
    scan.at = end
  } else copy(scan, end)
}

const endOfIdent = (css: string, at: number): number => {
  let i = at
  while (i < css.length && IDENT.test(css[i] as string)) {
    if (css[i] !== '\\') i++
    else i = endOfEscape(css, i)
  }
  return i
}

const endOfEscape = (css: string, at: number): number => {
  const hex = /^\\[0-9a-f]{1,6}(?:\r\n|[ \t\n\r\f])?/i.exec(css.slice(at, at + 10))
  return hex ? at + hex[0].length : Math.min(at + 2, css.length)
}

export const unescape = (text: string): string =>
  text.replace(/\\(?:([0-9a-f]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\s\S]))/gi, (_, hex?: string, char?: string) => {
    if (hex === undefined) return char !== undefined && /[\n\r\f]/.test(char) ? '' : (char ?? '')
    const code = Number.parseInt(hex, 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  })

const copyIdent = (scan: Scan): void => {
  const { css, at } = scan
  const end = endOfIdent(css, at)
  if (css[end] !== '(') return copy(scan, Math.max(end, at + 1))
  const name = unescape(css.slice(at, end)).toLowerCase()
  if (name === 'url') return copyUrl(scan, end + 1)
  scan.open.push(LOADERS.has(name))
  copy(scan, end + 1)
}

/** `url(` was read up to `inside`: quoted, it is a function with a string; bare, one token up to the parenthesis. */
const copyUrl = (scan: Scan, inside: number): void => {
  const { css } = scan
  let i = inside
  while (i < css.length && /\s/.test(css[i] as string)) i++
  if (css[i] === '"' || css[i] === "'") {
    scan.open.push(true)
    return copy(scan, i)
  }
  const end = endOfBareUrl(css, i)
  const url = unescape(css.slice(i, css[end - 1] === ')' ? end - 1 : end)).trim()
  if (isInline(url)) return copy(scan, end)
  scan.out += `url("${NOTHING}")`
  scan.at = end
}

const endOfBareUrl = (css: string, at: number): number => {
  for (let i = at; i < css.length; i++) {
    if (css[i] === '\\') i++
    else if (css[i] === ')') return i + 1
  }
  return css.length
}

const copyAtKeyword = (scan: Scan): void => {
  const { css, at } = scan
  const end = endOfIdent(css, at + 1)
  const name = unescape(css.slice(at + 1, end)).toLowerCase()
  if (name === 'import') scan.at = endOfStatement(css, end)
  else if (name === 'namespace') copy(scan, endOfStatement(css, end))
  else copy(scan, Math.max(end, at + 1))
}

/** Behind the semicolon, or before a brace that would close the block around. */
const endOfStatement = (css: string, at: number): number => {
  let i = at
  while (i < css.length) {
    const char = css[i] as string
    if (char === ';') return i + 1
    if (char === '{' || char === '}') return i
    if (char === '"' || char === "'") i = Math.max(endOfString(css, i), i + 1)
    else if (char === '/' && css[i + 1] === '*') i = endOfComment(css, i)
    else if (char === '(') i = endOfBareUrl(css, i)
    else i += char === '\\' ? 2 : 1
  }
  return css.length
}
