import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'

const homes: string[] = []

afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true })
})

/** A new home folder below the system's temporary folder; gone after the test. */
export function makeHome(): string {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-apply-')))
  homes.push(home)
  return home
}
