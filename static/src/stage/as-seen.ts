// Style sheets as the visitor's browser read them, not the member's: `prefers-color-scheme` would follow the member's system.
// Recordings do not say what the visitor preferred, so the replay is light unless the page itself says dark.

const SUSPECT = /color-scheme/i

/** Media queries for dark never match, those for light always; `color-scheme: light dark` means light. */
export const asSeen = (css: string): string =>
  SUSPECT.test(css)
    ? css
        .replace(/\(\s*prefers-color-scheme\s*:\s*dark\s*\)/gi, '(max-width:0px)')
        .replace(/\(\s*prefers-color-scheme(?:\s*:\s*light)?\s*\)/gi, '(min-width:0px)')
        .replace(/((?:^|[;{\s])color-scheme\s*:\s*)(?:light\s+dark|dark\s+light)\b/gi, '$1light')
    : css
