import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { everyoneCanReach } from './everyone-can-reach.ts'
import { programPath } from './run-program.ts'
import { listScenarios, runScenario } from './run-scenario.ts'

/** A test for each scenario (`.txt`) of a folder, named after its file. */
export function describeScenarios(folder: string): void {
  describe.concurrent('scenarios through the built program', () => {
    for (const name of listScenarios(folder)) {
      const reason = reasonToSkip(readFileSync(join(folder, name), 'utf8'))
      const title = reason === undefined ? name : `${name} (${reason})`
      it.skipIf(reason !== undefined)(title, () => runScenario(join(folder, name)))
    }
  })
}

/** Why a scenario cannot run here. */
function reasonToSkip(text: string): string | undefined {
  if (process.platform === 'win32') return 'modes and links of POSIX'
  if (!/^unprivileged$/m.test(text) || process.getuid?.() !== 0) return undefined
  return everyoneCanReach(programPath) ? undefined : 'another user cannot read this folder'
}
