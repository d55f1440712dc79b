import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { projectPath } from '../../support/run-program.ts'
import type { UnitResults } from '../machine.ts'
import { unitFiles } from './unit-files.ts'

const { runUnitTests, whyNot } =
  process.platform === 'win32' ? await import('../real-windows.ts') : await import('../wine.ts')

const missing = whyNot()
if (missing) console.warn(`The unit tests are not run on Windows: ${missing}.`)

const paths = unitFiles.map((name) => `test/unit/${name}.test.ts`)

it('are files of this project', () => {
  expect(paths.filter((path) => !existsSync(join(projectPath, path)))).toEqual([])
  expect(paths.length).toBeGreaterThan(70)
})

describe.skipIf(missing !== undefined)(
  `unit tests under Node for Windows${missing ? `: ${missing}` : ''}`,
  () => {
    let results: UnitResults
    beforeAll(async () => {
      results = await runUnitTests(paths)
      console.log(`Under Node for Windows ${results.passed} tests passed, ${results.failed} failed.`)
    }, 60 * 60_000)

    it.each(paths)('%s', (path) => {
      const own = results.files.find(({ name }) => name.replaceAll('\\', '/').endsWith(path))
      expect(own?.failures, `${path} was not run`).toBeDefined()
      expect(own?.failures).toEqual([])
    })
  },
)
