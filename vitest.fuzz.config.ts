import { defineConfig } from 'vitest/config'

/** The lane of random input: `npm run test:fuzz` for some seconds a target, `npm run fuzz` for a million cases. */
export default defineConfig({
  test: {
    include: ['test/fuzz/*.test.ts'],
    globalSetup: 'test/fuzz/build-worker.ts',
    testTimeout: 0,
  },
})
