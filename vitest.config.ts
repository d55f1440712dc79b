import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { longTests } from './vitest.long.config.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/clients/**', 'test/canary/**', 'test/faults/**', 'test/fuzz/**', ...longTests],
    // No test leaves anything behind in its process, and to load everything anew for each file takes longer than most files.
    // What test files share is loaded once: it cleans up by onTestFinished, since a hook of its own would serve the first file alone.
    isolate: false,
    globalSetup: 'test/support/build-once.ts',
    setupFiles: 'test/support/random-seed.ts',
    // Many tests wait for the disk or for a program, so there is one worker more than cores.
    maxWorkers: availableParallelism() + 1,
    // Only against hanging: a test starts up to thirty programs, and others run beside it.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
