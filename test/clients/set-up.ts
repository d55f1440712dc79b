import { join } from 'node:path'
import { execa } from 'execa'
import { cleanEnvironment } from './clean-environment.ts'
import type { Place } from './place.ts'
import type { ClientRunner } from './runners/client-runner.ts'

const program = join(import.meta.dirname, '../../bin/qcode-setup.js')

/** One run of the built program, with these runners' own clients on PATH. Throws with its output where it fails. */
export async function setUp(runners: readonly ClientRunner[], place: Place): Promise<void> {
  const tools = runners.flatMap(({ tool }) => ['--tool', tool])
  const fixed = ['--key-file', '-', '--yes', '--no-check', '--json']
  const folders = runners.map(({ binFolder }) => binFolder)
  await execa(process.execPath, [program, ...tools, '--gateway', place.standIn.origin, ...fixed], {
    cwd: place.home,
    env: cleanEnvironment(place.home, folders),
    extendEnv: false,
    input: place.key,
    timeout: 30_000,
  })
}
