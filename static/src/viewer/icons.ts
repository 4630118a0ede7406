// The player's icons: 20 × 20, drawn in the text's colour.

import { svg } from 'lit'
import type { SVGTemplateResult } from 'lit'

const icon = (body: SVGTemplateResult): SVGTemplateResult =>
  svg`<svg class="icon" viewBox="0 0 20 20" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${body}</svg>`

export const ICONS = {
  play: icon(svg`<path d="M6.5 4.2v11.6l9.2-5.8z" fill="currentColor"/>`),
  pause: icon(svg`<path d="M7 4.5v11M13 4.5v11" stroke-width="2.6"/>`),
  again: icon(svg`<path d="M4.5 10a5.5 5.5 0 1 0 1.8-4.1M4.3 3.6v3h3"/>`),
  back: icon(svg`<path d="M9.3 5 4.3 10l5 5M15.7 5l-5 5 5 5"/>`),
  forth: icon(svg`<path d="m10.7 5 5 5-5 5M4.3 5l5 5-5 5"/>`),
  skip: icon(svg`<path d="M3.5 5.5v9l6-4.5zM10 5.5v9l6-4.5zM17 5.5v9"/>`),
  full: icon(svg`<path d="M7.5 3.5h-4v4M12.5 3.5h4v4M7.5 16.5h-4v-4M12.5 16.5h4v-4"/>`),
  help: icon(svg`<circle cx="10" cy="10" r="7"/><path d="M7.9 8a2.2 2.2 0 1 1 3 2.1c-.6.3-.9.7-.9 1.4M10 14v.1"/>`),
  panel: icon(svg`<rect x="3" y="4" width="14" height="12" rx="2"/><path d="M12 4v12"/>`),
  page: icon(svg`<circle cx="10" cy="10" r="6.8"/><path d="M3.4 10h13.2M10 3.2c4 4.2 4 9.4 0 13.6M10 3.2c-4 4.2-4 9.4 0 13.6"/>`),
  chevron: icon(svg`<path d="M7.5 5l5 5-5 5"/>`),
  click: icon(svg`<path d="M8.5 8.5l7.5 3-3.3 1.3L11.4 16zM8 3.5v1.8M3.5 8h1.8M4.8 4.8l1.3 1.3"/>`),
  error: icon(svg`<path d="M10 3.6l7 12.4H3zM10 8.4v3.4M10 13.9v.1"/>`),
  failed: icon(svg`<circle cx="10" cy="10" r="6.8"/><path d="M7.7 7.7l4.6 4.6M12.3 7.7l-4.6 4.6"/>`),
  tab: icon(svg`<path d="M2.8 15.5V6.200c0-.9.7-1.7 1.7-1.7h3.7l1.6 2.3h5.7c.9 0 1.7.8 1.7 1.7v7z"/>`),
  person: icon(svg`<circle cx="10" cy="7" r="3"/><path d="M4.2 16.2c.6-3 3-4.7 5.8-4.7s5.200 1.7 5.8 4.7"/>`),
  flag: icon(svg`<path d="M5 17V3.800h9.5l-2 3.3 2 3.4H5"/>`),
  gap: icon(svg`<path d="M3 10h3.5M13.5 10H17M8.800 6.500v7M11.200 6.500v7"/>`),
} as const
