import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/clients/**'],
    globalSetup: 'test/support/build-once.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
