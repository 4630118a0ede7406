const ADAPTS = /:hover|device-(?:width|height)/
const HUGE = 1_048_576

/** Whether a sheet needs no adapting to the replay (no hover rules, no device queries), or is too large for it. */
export const isPlainCss = (css: string): boolean => css.length > HUGE || !ADAPTS.test(css)
