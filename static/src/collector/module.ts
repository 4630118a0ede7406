/**
 * The collector as an ES module: `import sightline from 'https://HOST/sightline.mjs'`, then
 * `sightline.init({ key })`. Types are in sightline.d.ts.
 */
import { createApi, type Sightline } from './api.ts'

export const sightline: Sightline = createApi({
  origin: new URL(import.meta.url).origin,
  loadedAt: performance.now(),
  early: [],
})
export default sightline
