import { defineConfig } from 'vitest/config'

/** The search for a planted key, in everything that the program shows, writes and starts. */
export default defineConfig({
  test: {
    include: ['test/canary/*.test.ts'],
    globalSetup: 'test/support/build-once.ts',
    maxConcurrency: 4,
    // Only against hanging: a test starts some dozens of programs.
    testTimeout: 900_000,
    hookTimeout: 120_000,
  },
})
