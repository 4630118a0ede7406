// The stage's CSP demands trusted types, and frames inside inherit it. rrweb needs one string sink: `document.write` of a
// doctype, for pages in quirks mode. This policy lets these pass and nothing else.

const DOCTYPES = new Set([
  '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "">',
  '<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN" "">',
])

interface TrustedTypes {
  defaultPolicy: unknown
  createPolicy(name: string, rules: { createHTML(html: string): string | null }): unknown
}

/** Lets the two doctypes be written into this window's document. */
export const guardDocument = (view: Window): void => {
  const types = (view as Window & { trustedTypes?: TrustedTypes }).trustedTypes
  if (types && !types.defaultPolicy) types.createPolicy('default', { createHTML: (html) => (DOCTYPES.has(html) ? html : null) })
}
