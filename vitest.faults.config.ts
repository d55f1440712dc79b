import { defineConfig } from 'vitest/config'

/** The lane of faults. Started by test/faults/run.mjs, which adds up what it counted and shows that it can fail. */
export default defineConfig({
  test: {
    include: ['test/faults/*.test.ts'],
    globalSetup: 'test/support/build-once.ts',
    setupFiles: 'test/support/random-seed.ts',
    maxWorkers: '100%',
    // Only against hanging: on a busy machine some thousand starts of the program take long.
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
  },
})
