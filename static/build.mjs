// Builds the front end into static/dist. `node build.mjs` builds all, `node build.mjs --watch` goes on building.
import { createHash } from 'node:crypto'
import { copyFileSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { rrwebLean } from './rrweb-lean.mjs'

const root = dirname(fileURLToPath(import.meta.url))
const out = process.env.SIGHTLINE_DIST ?? join(root, 'dist')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const watch = process.argv.includes('--watch') ? {} : null
// Beside what is served, until all is there: a build that fails takes nothing away.
const dist = watch ? out : `${out}.new`

const script = (entry, file, format, define = {}) =>
  build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    plugins: [rrwebLean()],
    define: { __VERSION__: JSON.stringify(version), ...define },
    build: {
      outDir: dist,
      emptyOutDir: false,
      target: 'es2022',
      sourcemap: true,
      modulePreload: false,
      watch,
      rolldownOptions: {
        preserveEntrySignatures: 'strict', // what an ES module exports, it exports
        input: { [file.replace(/\.m?js$/, '')]: join(root, 'src', entry) }, // also the name of its style sheet
        output: {
          format,
          entryFileNames: file,
          chunkFileNames: 'chunks/[name]-[hash].js',
          assetFileNames: '[name][extname]',
          ...(format === 'iife' ? { name: '__sightline', codeSplitting: false } : {}),
        },
      },
    },
  })

rmSync(dist, { recursive: true, force: true })

// What a visited page loads: the loader has a fixed name, the core a name of its content, cached for ever.
await script('collector/main.ts', 'collector.js', 'iife')
const hash = createHash('sha256').update(readFileSync(join(dist, 'collector.js'))).digest('hex').slice(0, 16)
const core = `collector-${hash}.js`
renameSync(join(dist, 'collector.js'), join(dist, core))
await script('loader/main.ts', 'collect.js', 'iife', { __CORE__: JSON.stringify(core) })
await script('collector/module.ts', 'sightline.mjs', 'es')
copyFileSync(join(root, 'src/collector/sightline.d.ts'), join(dist, 'sightline.d.ts'))

// What members load.
await script('dashboard/main.ts', 'dashboard.js', 'es')
await script('dashboard/admin.ts', 'admin.js', 'es')
await script('viewer/main.ts', 'viewer.js', 'es')
await script('viewer/decode-worker.ts', 'viewer-worker.js', 'es')
await script('stage/main.ts', 'stage.js', 'iife')

if (!watch) {
  rmSync(out, { recursive: true, force: true })
  renameSync(dist, out)
}
