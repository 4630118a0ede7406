// What a visited page loads, as it travels. Fails above the goals: `npm run size`, after `npm run build`.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const KIB = 1024
const dist = process.env.SIGHTLINE_DIST ?? join(dirname(fileURLToPath(import.meta.url)), 'dist')
const core = readdirSync(dist).find((name) => /^collector-[0-9a-f]+\.js$/.test(name))
if (!core) throw new Error('There is no core in dist: build first.')

const sizeOf = (name) => {
  const bytes = readFileSync(join(dist, name))
  return { gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes).length }
}
const loader = sizeOf('collect.js')
const rest = sizeOf(core)
const all = { gzip: loader.gzip + rest.gzip, brotli: loader.brotli + rest.brotli }

let failed = false
for (const [name, size, most] of [
  ['loader', loader, 2 * KIB],
  ['all', all, 35 * KIB],
]) {
  const over = size.gzip > most
  failed ||= over
  console.log(`${name}: ${size.gzip} B gzip (at most ${most}), ${size.brotli} B brotli${over ? ': TOO LARGE' : ''}`)
}
if (failed) process.exit(1)
