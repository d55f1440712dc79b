import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Only against hanging: a test starts up to thirty programs, and others run beside it. */
const minutes = (count: number) => ({ testTimeout: count * 60_000, hookTimeout: 120_000 })

/** What starts the program has it built, and begins random input where it is told to. */
const throughTheProgram = {
  globalSetup: 'test/support/build-once.ts',
  setupFiles: ['test/support/random-seed.ts', 'test/support/compare-messages.ts'],
}

/**
 * The quick suite. Many of its tests wait for the disk or for a program, so there is one worker more than cores. No test
 * leaves anything behind in its process, and to load everything anew for each file takes longer than most files. What test
 * files share is loaded once: it cleans up by onTestFinished, since a hook of its own would serve the first file alone.
 */
const quick = { isolate: false, maxWorkers: availableParallelism() + 1, ...throughTheProgram, ...minutes(2) }

/** The long lane looks elsewhere at every run, and says where. */
const { RANDOM_SEED = 'new', RANDOM_CASES = '1' } = process.env
const newSeed = { RANDOM_CASES, RANDOM_SEED: RANDOM_SEED === 'new' ? `${Date.now() % 2 ** 31}` : RANDOM_SEED }

/** After the projects before it, where several run at once: each may use the whole machine. */
const inTurn = (groupOrder: number) => ({ sequence: { groupOrder } })

/** One project for each folder of test/, whose README says what it proves. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], ...quick } },
      { test: { name: 'program', include: ['test/program/**/*.test.ts'], ...quick } },
      {
        test: {
          name: 'long',
          // Random input is tried here once more, on ten times the cases.
          include: ['test/long/**/*.test.ts', 'test/unit/**/random/*.test.ts'],
          maxWorkers: '100%',
          env: newSeed,
          ...inTurn(1),
          ...throughTheProgram,
          globalSetup: ['test/support/build-once.ts', 'test/support/random-seed.ts'],
          ...minutes(5),
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          maxWorkers: '100%',
          ...inTurn(2),
          ...throughTheProgram,
          // Some thousand starts of the program.
          ...minutes(30),
        },
      },
      {
        test: {
          name: 'canary',
          include: ['test/canary/**/*.test.ts'],
          maxConcurrency: 4,
          ...inTurn(3),
          ...throughTheProgram,
          ...minutes(15),
        },
      },
      {
        test: {
          name: 'fuzz',
          include: ['test/fuzz/**/*.test.ts'],
          globalSetup: 'test/fuzz/build-worker.ts',
          testTimeout: 0,
          ...inTurn(4),
        },
      },
      {
        test: {
          name: 'fleet',
          include: ['test/fleet/*.test.ts'],
          globalSetup: 'test/support/build-once.ts',
          ...inTurn(9),
          ...minutes(5),
        },
      },
      {
        test: {
          name: 'windows',
          include: ['test/windows/*.test.ts'],
          globalSetup: 'test/support/build-once.ts',
          // One Windows serves all: nothing runs beside it.
          ...inTurn(8),
          ...minutes(5),
        },
      },
      {
        test: {
          name: 'windows-unit',
          include: ['test/windows/unit/*.test.ts'],
          globalSetup: 'test/support/build-once.ts',
          ...inTurn(10),
          ...minutes(5),
        },
      },
      // test/clients/run.mjs installs the clients, then takes the network away, then has the proof written from what was seen;
      // or runs the newest clients beside the pins.
      ...['install', '', 'proof', 'newest'].map((step, index) => ({
        test: {
          name: step === '' ? 'clients' : `clients-${step}`,
          include: [step === '' ? 'test/clients/*.test.ts' : `test/clients/${step}/*.test.ts`],
          fileParallelism: false,
          // Longer than the clients' own deadlines in one test together.
          ...minutes(10),
          ...inTurn(5 + index),
        },
      })),
    ],
  },
})
