// Builds the stage without its cleaning, for the tests that ask whether the sandbox and the CSP hold alone.
// `node uncleaned.mjs STATIC_FOLDER OUT_FOLDER`
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [root, outDir] = process.argv.slice(2)
const { build } = await import(pathToFileURL(createRequire(join(root, 'package.json')).resolve('vite')).href)
const raw = '\0raw-events'

await build({
  root,
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  plugins: [
    {
      name: 'uncleaned',
      enforce: 'pre',
      resolveId: (source) => (source === './clean/events.ts' ? raw : null),
      load: (id) => (id === raw ? 'export const cleanEvent = (event) => event' : null),
    },
  ],
  build: {
    outDir,
    target: 'es2022',
    rolldownOptions: { input: join(root, 'src/stage/main.ts'), output: { format: 'iife', entryFileNames: 'stage.js' } },
  },
})
