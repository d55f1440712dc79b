import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectPath, sampleKey } from '../support/run-program.ts'

/** How one process ended its run, and the last that it said. */
export interface Finish {
  readonly exit: number
  readonly said: string
}

/** Processes that are kept for many rounds, since starting them takes longer than a round. */
export interface RaceWorkers {
  /** Lets each process run its own command line in one home, all at once. */
  race(home: string, commandLines: readonly (readonly string[])[]): Promise<Finish[]>
  stop(): void
}

export async function startWorkers(number: number): Promise<RaceWorkers> {
  const workers = await Promise.all(Array.from({ length: number }, startWorker))
  return {
    race: (home, commandLines) =>
      Promise.all(
        workers.map(async (worker, index) => {
          const finish = once(worker, 'message')
          worker.send({ home, args: commandLines[index] })
          return (await finish)[0] as Finish
        }),
      ),
    stop: () => {
      for (const worker of workers) worker.kill()
    },
  }
}

async function startWorker(): Promise<ChildProcess> {
  const worker = fork(join(import.meta.dirname, 'race-worker.mjs'), {
    execArgv: [],
    env: {
      PATH: '',
      SHELL: '/bin/bash',
      QCODE_API_KEY: sampleKey,
      RACE_PROGRAM: pathToFileURL(join(projectPath, 'dist/main.js')).href,
    },
  })
  await once(worker, 'message')
  return worker
}
