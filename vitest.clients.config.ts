import { defineConfig } from 'vitest/config'

/** The lane of real clients. Started by test/clients/run.mjs, which installs them and takes the network away. */
export default defineConfig({
  test: {
    include: ['test/clients/*.test.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
  },
})
