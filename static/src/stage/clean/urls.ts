// Which URLs may stand in a rebuilt page.

/** What browsers ignore inside a scheme: controls and spaces. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const IGNORED = /[\u0000-\u0020\u007f-\u00a0]/g

const RUNS = /^(?:javascript|vbscript|livescript|mocha|data:(?:text\/(?:html|xml)|application\/(?:xhtml\+xml|xml)|image\/svg\+xml))(?=[:;,+]|$)/

const plain = (url: string): string => url.slice(0, 64).replace(IGNORED, '').toLowerCase()

/** Whether following this URL could run script. */
export const runs = (url: string): boolean => RUNS.test(url.length > 64 ? plain(url.replace(IGNORED, '')) : plain(url))

/** Whether showing this URL needs nothing from the network: a fragment, or data that stands in the URL. */
export const isInline = (url: string): boolean => {
  const start = plain(url)
  return start === '' || start.startsWith('#') || start.startsWith('data:') || start.startsWith('blob:')
}

/** Whether this is a picture that stands in the URL. */
export const isInlineImage = (url: string): boolean => {
  const start = plain(url)
  return start.startsWith('data:image/') || start.startsWith('blob:')
}
