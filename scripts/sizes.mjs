// What a visited page pays: fails above the budget. Sizes in bytes after gzip and brotli.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const dist = join(dirname(fileURLToPath(import.meta.url)), '../static/dist')
const budget = { loader: 2 * 1024, snippet: 35 * 1024 }

const measure = (name) => {
  const bytes = readFileSync(join(dist, name))
  return { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes).length }
}
const core = readdirSync(dist).find((name) => /^collector-[0-9a-f]{16}\.js$/.test(name))
if (!core) throw new Error('static/dist holds no collector-<hash>.js: run `make build`')

const loader = measure('collect.js')
const rest = measure(core)
const snippet = Object.fromEntries(Object.keys(loader).map((key) => [key, loader[key] + rest[key]]))
console.log(JSON.stringify({ loader, snippet }))

for (const [name, sizes] of Object.entries({ loader, snippet })) {
  if (sizes.gzip <= budget[name]) continue
  console.error(`${name}: ${sizes.gzip} bytes of gzip, the budget is ${budget[name]}`)
  process.exitCode = 1
}
