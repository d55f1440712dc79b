import { constants, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, it } from 'vitest'
import { programPath } from '../support/run-program.ts'
import { listScenarios, runScenario } from '../support/run-scenario.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))

describe.concurrent('scenarios through the built program', () => {
  for (const name of listScenarios(folder)) {
    const reason = reasonToSkip(readFileSync(join(folder, name), 'utf8'))
    const title = reason === undefined ? name : `${name} (${reason})`
    it.skipIf(reason !== undefined)(title, () => runScenario(join(folder, name)))
  }
})

/** Why a scenario cannot run here. */
function reasonToSkip(text: string): string | undefined {
  if (process.platform === 'win32') return 'modes and links of POSIX'
  if (!/^unprivileged$/m.test(text) || process.getuid?.() !== 0) return undefined
  return everyoneCanReach(programPath) ? undefined : 'another user cannot read this folder'
}

function everyoneCanReach(path: string): boolean {
  for (let at = dirname(path); at !== dirname(at); at = dirname(at)) {
    if ((statSync(at).mode & constants.S_IXOTH) === 0) return false
  }
  return true
}
