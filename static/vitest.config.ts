import { defineConfig } from 'vitest/config'

export default defineConfig({
  define: { __VERSION__: '"0.0.0"' },
  // The golden frames stand outside this folder, where pytest reads them too.
  server: { fs: { allow: ['..'] } },
  test: { include: ['src/**/*.test.ts'], environment: 'node', restoreMocks: true },
})
