/** Which pages are never recorded. The loader asks before it loads the core, the core before it begins. */

/** `origin`: the Sightline server's. */
export function isRefused(page: Window, origin: string): boolean {
  // The dashboard, and what says so itself.
  if (page.location.origin === origin || page.document.querySelector('meta[name=sightline][content=off]')) return true
  try {
    // A frame of the page's own origin is recorded by its page.
    return page.parent !== page && typeof (page.parent as { sightline?: unknown }).sightline === 'function'
  } catch {
    // A parent of another origin.
    return false
  }
}
