import { join } from 'node:path'
import { execa } from 'execa'
import { cleanEnvironment } from './clean-environment.ts'
import type { Place } from './place.ts'
import type { ClientRunner } from './runners/client-runner.ts'

const program = join(import.meta.dirname, '../../bin/qcode-setup.js')

/** The part of the program's report that the tests look at. */
export interface SetUpReport {
  readonly changed: boolean
  readonly edits: readonly { readonly path: string; readonly baseUrl: string }[]
}

/**
 * One run of the built program, with these runners' clients on PATH and their variables set; gives its JSON report.
 * `where` names the gateway, by default the one of the place. Throws with its output where it fails.
 */
export async function setUp(
  runners: readonly ClientRunner[],
  place: Place,
  flags: readonly string[] = [],
  where: readonly string[] = ['--gateway', place.standIn.origin],
): Promise<SetUpReport> {
  const tools = runners.flatMap(({ tool }) => ['--tool', tool])
  const fixed = [...where, '--key-file', '-', '--yes', '--no-check', '--json']
  const models = runners.flatMap(({ tool, model }) => (model ? ['--model', `${tool}=${model}`] : []))
  const folders = runners.map(({ binFolder }) => binFolder)
  const { stdout } = await execa(process.execPath, [program, ...tools, ...models, ...fixed, ...flags], {
    cwd: runners[0]?.folder ?? place.home,
    env: Object.assign(cleanEnvironment(place.home, folders), ...runners.map(({ env }) => env)),
    extendEnv: false,
    input: place.key,
  })
  return JSON.parse(stdout)
}

/** One run of another command of the built program in the same place. Gives its output; throws with it where that fails. */
export async function command(args: readonly string[], runner: ClientRunner, place: Place): Promise<string> {
  const { stdout } = await execa(process.execPath, [program, ...args], {
    cwd: runner.folder ?? place.home,
    env: { ...cleanEnvironment(place.home, [runner.binFolder]), ...runner.env },
    extendEnv: false,
    reject: !args.includes('--json'),
  })
  return stdout
}
