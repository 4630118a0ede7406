import { defineConfig } from 'vitest/config'

export default defineConfig({
  // The golden frames stand outside this folder, where pytest reads them too.
  server: { fs: { allow: ['..'] } },
  test: { include: ['src/**/*.test.ts'], environment: 'node', restoreMocks: true },
})
