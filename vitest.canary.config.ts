import { defineConfig } from 'vitest/config'

/** The search for a planted key, in everything that the program shows, writes and starts. */
export default defineConfig({
  test: {
    include: ['test/canary/*.test.ts'],
    globalSetup: 'test/support/build-once.ts',
    maxConcurrency: 4,
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
})
