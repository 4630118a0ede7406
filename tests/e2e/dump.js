// The canonical dump: what a document shows, as plain data, so that a page and its replay can be compared.
// Evaluated in the page, and in the stage on the rebuilt document. It shares no code with any recorder.
//
// Returns JSON. Options: `frame`, a selector of the iframe whose document is dumped (without it, this document); `mask`,
// whether to apply the policy `balanced` (to the page only: what was recorded is masked already).
//
// Normalisations, applied to both sides alike (docs/normalisations.md gives the reasons):
//   1. left out: scripts, noscript, comments, the doctype, meta, base, links that are no stylesheet, attributes that handle
//      events, attributes that name a URL or how to load it, and empty class and style attributes
//   2. a stylesheet is one element `sheet` with its CSSOM rules, be it <style> or <link>; URLs in CSS are left out
//   3. what a form field, a fold or a dialog holds is compared as its property, never as its attribute
//   4. texts that touch each other are one; white space between the elements of a head is left out
//   5. left out: what a viewer adds to show a page: the class `:hover` and rules copied for it, the class that pauses
//      animations, the adopted sheet of the stage
//   6. a blocked element is an empty box: its tag and class count; the size that a replay gives it by style does not
//   7. what a sheet says for dark and for light is compared as a replay shows it: light, unless the page itself says dark
//   8. a masked field that takes no mask as its value shows what it shows without one: a select none or its first option, a
//      slider its middle
(options) => {
  const HTML = 'http://www.w3.org/1999/xhtml'
  const DROPPED_TAGS = new Set(['script', 'noscript', 'base', 'meta', 'link'])
  const DROPPED_ATTRIBUTES = new Set([
    'href', 'xlink:href', 'src', 'srcset', 'srcdoc', 'sizes', 'poster', 'data', 'action', 'formaction', 'ping', 'background',
    'integrity', 'nonce', 'crossorigin', 'referrerpolicy', 'fetchpriority', 'loading', 'sandbox', 'allow',
  ])
  const STATE_ATTRIBUTES = new Set(['value', 'checked', 'selected', 'open'])
  const VIEWER_CLASS = /^(?::hover|sl-paused|rrweb-paused)$/
  const VIEWER_ATTRIBUTE = /^(?:rr_|data-sl-aside-)/

  const root = options.frame ? document.querySelector(options.frame)?.contentDocument : document
  if (!root?.documentElement) return 'null'

  // ---- The policy `balanced`, stated once more: of the nearest element marked, mask wins over unmask ------------------

  const NAMED_SENSITIVE = /password|cvv|card.?num|credit.?card|security.?code|iban|token/i
  const TEXT_ATTRIBUTES =
    /^(?:title|placeholder|alt|label|abbr|download|content|aria-(?:(?:braille)?label|description|placeholder|valuetext))$/
  const NUMBERS = [/\+\d(?:[ ().-]{0,2}\d){7,}/g, /\d(?:[ -]?\d){11,}/g, /\d{9,}/g, /\b\d{3}-\d{2}-\d{4}\b/g]
  const starred = (text) => text.replace(/\S/gu, '*')
  const withoutDigits = (number) => number.replace(/\d/g, '*')

  const parentOf = (node) => node.parentElement ?? node.getRootNode().host ?? node.ownerDocument.defaultView?.frameElement ?? null

  const nearest = (element, test) => {
    let at = element
    while (at && !test(at)) at = parentOf(at)
    return at
  }
  const has = (name) => (element) => element.hasAttribute(name)
  const isMarked = (element) => has('data-sl-mask')(element) || has('data-sl-unmask')(element)
  const isMasked = (element) => nearest(element, isMarked)?.hasAttribute('data-sl-mask') ?? false
  const isUnmasked = (element) => !isMasked(element) && nearest(element, isMarked) !== null
  const isBlocked = (element) => options.mask && has('data-sl-block')(element)
  const isIgnored = (element) => options.mask && nearest(element, has('data-sl-ignore')) !== null
  const isEdited = (element) => nearest(element, (at) => at.isContentEditable) !== null
  const isSensitive = (field) =>
    ['password', 'hidden'].includes(field.type) ||
    /\bcc-|one-time-code|(?:current|new)-password/.test(field.autocomplete) ||
    NAMED_SENSITIVE.test(field.name) ||
    NAMED_SENSITIVE.test(field.id)

  const maskPatterns = (text) => {
    const masked = text.replace(/[^\s@<>"'(),:;]+@[^\s@<>"'(),:;]+\.[^\s@<>"'(),:;.]{2,}/g, starred)
    return NUMBERS.reduce((rest, number) => rest.replace(number, withoutDigits), masked)
  }

  /** A text of the page; what a visitor edits counts as typed. */
  const maskText = (text, element) => {
    if (!options.mask || !text.trim()) return text
    if (isEdited(element) && isIgnored(element)) return ''
    if (isMasked(element)) return starred(text)
    if (isUnmasked(element)) return text
    return isEdited(element) ? starred(text) : maskPatterns(text)
  }

  const maskAttribute = (name, value, element) => {
    if (!options.mask || isUnmasked(element)) return value
    if (TEXT_ATTRIBUTES.test(name)) return isMasked(element) ? starred(value) : maskPatterns(value)
    return name.startsWith('data-') ? maskPatterns(value) : value
  }

  const LABELS = new Set(['submit', 'button', 'reset', 'image'])
  const FORMED = new Set(['range', 'color', 'number', 'date', 'datetime-local', 'month', 'week', 'time'])

  /** A mask is no value for fields that take only certain ones: they show what they show without a value. */
  const isHiddenByForm = (field) => {
    if (!FORMED.has(field.type) || isUnmasked(field)) return false
    const empty = field.cloneNode()
    empty.removeAttribute('value')
    return options.mask || field.value === empty.value
  }

  const maskValue = (field) => {
    const { value } = field
    if (isHiddenByForm(field)) return 'hidden'
    if (!options.mask) return value
    if (isIgnored(field)) return ''
    if (isSensitive(field)) return value && '********'
    return isUnmasked(field) ? value : LABELS.has(field.type) ? maskText(value, field) : starred(value)
  }

  const maskTick = (field) => field.checked && !isIgnored(field) && !(options.mask && isMasked(field))

  /** A choice that is masked shows as none or as the first. */
  const maskChoice = (select) => {
    const index = [...select.options].findIndex((option) => option.selected)
    const hidden = isSensitive(select) || !isUnmasked(select)
    return hidden && (options.mask || index <= 0) ? 'hidden' : index
  }

  // ---- Attributes and state ---------------------------------------------------------------------------------------------

  const classesOf = (value) => value.split(/\s+/).filter((name) => name && !VIEWER_CLASS.test(name)).sort().join(' ')
  const normaliseCss = (css) =>
    css
      .replace(/url\((?:"[^"]*"|'[^']*'|[^)]*)\)/g, 'url()')
      .replace(/\(prefers-color-scheme: dark\)/g, '(max-width: 0px)')
      .replace(/\(prefers-color-scheme: light\)/g, '(min-width: 0px)')
      .replace(/color-scheme: (?:light dark|dark light)/g, 'color-scheme: light')

  const isBox = (element) => !element.firstChild && /^width: [\d.]+px; height: [\d.]+px;$/.test(element.style.cssText)

  const isDropped = (name) =>
    DROPPED_ATTRIBUTES.has(name) || STATE_ATTRIBUTES.has(name) || VIEWER_ATTRIBUTE.test(name) || /^_?on/.test(name)

  const attributeOf = (element, name, value) => {
    if (name === 'class') return classesOf(value)
    if (name === 'style') return isBox(element) ? '' : normaliseCss(element.style.cssText)
    return maskAttribute(name, value, element)
  }

  const attributesOf = (element) => {
    const result = {}
    const blocked = isBlocked(element)
    for (const { name, value } of [...element.attributes].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (isDropped(name) || (blocked && name !== 'class')) continue
      const dumped = attributeOf(element, name, value)
      if (dumped !== '' || (name !== 'class' && name !== 'style')) result[name] = dumped
    }
    return result
  }

  const TICKED = new Set(['checkbox', 'radio'])
  const STATES = {
    input: (field) => (TICKED.has(field.type) ? { checked: maskTick(field) } : { value: maskValue(field) }),
    textarea: (field) => ({ value: maskValue(field) }),
    select: (field) => ({ selected: maskChoice(field) }),
    details: (fold) => ({ open: fold.open }),
    dialog: (dialog) => ({ open: dialog.open, modal: dialog.matches(':modal') }),
  }

  const stateOf = (element) => {
    const state = STATES[element.localName]?.(element) ?? {}
    const scroll = [Math.round(element.scrollLeft), Math.round(element.scrollTop)]
    if (element !== element.ownerDocument.scrollingElement && (scroll[0] || scroll[1])) state.scroll = scroll
    return state
  }

  // ---- Stylesheets --------------------------------------------------------------------------------------------------------

  /** Split where a comma separates selectors, not where it stands in brackets. */
  const selectorsOf = (text) => {
    let depth = 0
    const parts = ['']
    for (const char of text) {
      if ('(['.includes(char)) depth++
      if (')]'.includes(char)) depth--
      if (char === ',' && depth === 0) parts.push('')
      else parts[parts.length - 1] += char
    }
    return parts.map((part) => part.trim()).filter((part) => !part.includes('.\\:hover'))
  }

  const ruleOf = (rule) => {
    const nested = rule.cssRules ? [...rule.cssRules].map(ruleOf) : []
    if (rule.selectorText !== undefined && rule.style) {
      return { rule: selectorsOf(rule.selectorText).join(', '), style: normaliseCss(rule.style.cssText), ...(nested.length && { nested }) }
    }
    if (rule.cssRules) return { rule: normaliseCss(rule.cssText.slice(0, rule.cssText.indexOf('{')).trim()), nested }
    return { rule: normaliseCss(rule.cssText) }
  }

  const rulesOf = (sheet) => {
    try {
      return [...sheet.cssRules].map(ruleOf)
    } catch {
      return 'unreadable'
    }
  }

  const ofTheStage = (sheet) => [...sheet.cssRules].some((rule) => rule.cssText.includes('.sl-paused'))
  const adoptedBy = (owner) => {
    const adopted = [...owner.adoptedStyleSheets].filter((sheet) => !ofTheStage(sheet)).map(rulesOf)
    return adopted.length ? { adopted } : {}
  }

  const isSheet = (element) =>
    element.namespaceURI === HTML && (element.localName === 'style' || (element.localName === 'link' && element.sheet !== null))

  // ---- The tree -----------------------------------------------------------------------------------------------------------

  const isText = (node) => node.nodeType === Node.TEXT_NODE || node.nodeType === Node.CDATA_SECTION_NODE

  /** Masked as one, since the text that a rule looks at may be spread over neighbours. */
  const childrenOf = (node) => {
    const children = []
    const push = (child) => {
      if (typeof child === 'string' && typeof children.at(-1) === 'string') children[children.length - 1] += child
      else if (child !== null) children.push(child)
    }
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.host
    for (let child = node.firstChild; child; child = child.nextSibling) {
      if (isText(child)) push(element ? maskText(child.nodeValue, element) : child.nodeValue)
      else push(elementOf(child))
    }
    const isHead = element && ['head', 'html'].includes(element.localName)
    return children.filter((child) => typeof child !== 'string' || (isHead ? child.trim() !== '' : child !== ''))
  }

  const elementOf = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return null
    const tag = node.localName
    if (isSheet(node)) return { tag: 'sheet', rules: node.sheet ? rulesOf(node.sheet) : [] }
    if (DROPPED_TAGS.has(tag)) return null
    const dumped = { tag, attributes: attributesOf(node) }
    if (node.namespaceURI !== HTML) dumped.namespace = node.namespaceURI
    if (isBlocked(node)) return { ...dumped, children: [] }
    return Object.assign(dumped, stateOf(node), insideOf(node))
  }

  const insideOf = (element) => {
    const inside = {}
    if (element.shadowRoot) inside.shadow = { children: childrenOf(element.shadowRoot), ...adoptedBy(element.shadowRoot) }
    if (element.localName === 'iframe') {
      if (element.contentDocument?.documentElement) inside.document = documentOf(element.contentDocument)
    } else if (element.localName !== 'textarea') inside.children = childrenOf(element)
    return inside
  }

  const documentOf = (document) => {
    const scroller = document.scrollingElement ?? document.documentElement
    return {
      scroll: [Math.round(scroller.scrollLeft), Math.round(scroller.scrollTop)],
      children: childrenOf(document),
      ...adoptedBy(document),
    }
  }

  return JSON.stringify(documentOf(root))
}
