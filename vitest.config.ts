import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/clients/**', 'test/canary/**', 'test/faults/**', 'test/fuzz/**'],
    globalSetup: 'test/support/build-once.ts',
    // Most tests wait for the disk or for a program, so every core takes a worker.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
