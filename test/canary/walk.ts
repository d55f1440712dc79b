import { join } from 'node:path'
import { expect } from 'vitest'
import { type Ran, runProgram } from '../support/run-program.ts'
import { canaryKey } from './canary-keys.ts'
import { dropPlace, type Files, keyHolders, keyring, makePlace, type Place, watcher } from './place.ts'
import { searchRun } from './search-run.ts'

/** One run of the program. */
export interface Step {
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** Below the home. */
  readonly cwd?: string
  /** The exit code, where the journey depends on it. */
  readonly exit?: number
  /** Text on standard output or standard error, likewise. */
  readonly says?: string
  /** Anything that is done to the place before this run. */
  readonly before?: (place: Place) => void
}

export interface Journey {
  readonly name: string
  readonly files?: Files
  readonly steps: readonly Step[] | ((place: Place) => readonly Step[])
}

/** The two command lines that may show the key, on standard output only, since they are asked for it. */
const exceptions = [
  (args: readonly string[]) => args[0] === 'key' && args[1] === 'get' && !args.includes('--json'),
  (args: readonly string[]) => args[0] === 'print' && args.includes('--with-key'),
]
const mayShow = (args: readonly string[]) => exceptions.some((isException) => isException(args))

/** Takes the steps one after the other, and after each searches everything. */
export async function walk({ files = {}, steps }: Journey): Promise<void> {
  const place = makePlace(files)
  try {
    for (const step of typeof steps === 'function' ? steps(place) : steps) {
      step.before?.(place)
      if (step.before) notePlanted(place)
      const ran = await runStep(step, place)
      const told = `qcode-setup ${step.args.join(' ')}\n${ran.stdout}${ran.stderr}`
      const hits = searchRun(place, ran, mayShow(step.args))
      expect(hits, hits.length > 0 ? `a key shows in ${hits.join(', in ')}\n${told}` : told).toEqual([])
      if (step.exit !== undefined) expect(ran.exit, told).toBe(step.exit)
      if (step.says !== undefined)
        expect(`${ran.stdout}${ran.stderr}`.replace(/\s+/g, ' ')).toContain(step.says)
    }
  } finally {
    dropPlace(place)
  }
}

/** What was done to the place by hand is not the program's. */
function notePlanted({ root, own }: Place): void {
  for (const [path, mode] of keyHolders(root)) own.set(path, mode)
}

function runStep(
  { args, env = {}, input, cwd = '' }: Step,
  { home, temporary, records, commands }: Place,
): Promise<Ran> {
  const { NODE_OPTIONS = '', ...more } = env
  return runProgram(args, {
    home,
    cwd: join(home, cwd),
    env: {
      PATH: commands,
      TMPDIR: temporary,
      CANARY_RECORDS: records,
      GIT_CONFIG_NOSYSTEM: '1',
      QCODE_API_KEY: canaryKey,
      ...more,
      NODE_OPTIONS: `--require=${keyring} --require=${watcher} ${NODE_OPTIONS}`,
    },
    ...(input !== undefined && { input }),
  })
}
