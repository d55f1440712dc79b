import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new home folder below the system's temporary folder; gone after the running test. */
export function makeHome(): string {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-apply-')))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}
