import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { programPath, sampleKey } from '../support/run-program.ts'

/** What goes wrong in a run of the real program; calls that change the disk are counted from 0. */
export interface ProgramFault {
  readonly kill?: number
  readonly killInside?: number
  readonly fail?: number
  readonly failFrom?: number
  readonly code?: string
  /** The call before which the program gets `signal`. */
  readonly interrupt?: number
  readonly signal?: NodeJS.Signals
  /** The disk gives everything this mode and ignores chmod. */
  readonly everyMode?: number
  /** File that gets one line of JSON for each call. */
  readonly log?: string
  /** File that gets the number of calls, at the end of a run that was not killed. */
  readonly count?: string
}

export interface Ended {
  readonly exit: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
}

/** The time in every run, so that all runs write the same bytes. */
export const fixedTime = Date.parse('2026-01-02T03:04:05.678Z')

const preload = join(import.meta.dirname, 'preload.mjs')

/** Starts the built program in a home, under a fault or none, its clock standing still or as given, as this user or another. */
export function startProgram(
  home: string,
  args: readonly string[],
  fault: ProgramFault = {},
  clock: object = { at: fixedTime },
  uid?: number,
): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', preload, programPath, ...args], {
    cwd: home,
    env: {
      HOME: home,
      PATH: '',
      SHELL: '/bin/bash',
      QCODE_API_KEY: sampleKey,
      FAULTS: JSON.stringify(fault),
      FAULTS_CLOCK: JSON.stringify(clock),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk) => chunks.push(chunk))
  child.stderr.on('data', (chunk) => chunks.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exit, signal) => resolve({ exit, signal, output: Buffer.concat(chunks).toString() }))
  })
}
