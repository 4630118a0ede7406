import { asSeen } from '../as-seen.ts'
import { cleanCss } from './css.ts'

/** The text of a whole sheet or rule: cleaned, and as the visitor saw it. */
export const cleanSheet = (css: string): string => asSeen(cleanCss(css))
