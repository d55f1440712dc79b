import { defineConfig } from 'vitest/config'

/** The lane of faults. Started by test/faults/run.mjs, which adds up what it counted and shows that it can fail. */
export default defineConfig({
  test: {
    include: ['test/faults/*.test.ts'],
    globalSetup: 'test/support/build-once.ts',
    maxWorkers: '100%',
    testTimeout: 600_000,
    hookTimeout: 60_000,
  },
})
