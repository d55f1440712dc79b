import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { detectTool } from '../../../src/catalog/detect.ts'
import type { Host } from '../../../src/host/host.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestHost } from '../../support/test-host.ts'

it('given a client whose version decides, it is run once however often it is looked for', async () => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-detect-')))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const bin = join(home, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'cline'), '')
  chmodSync(join(bin, 'cline'), 0o755)
  const runs: string[] = []
  const run: Host['run'] = async (program) => {
    runs.push(program)
    return { exit: 0, stdout: 'cline 2.18.0\n', stderr: '' }
  }
  const host = createTestHost(home, { env: { HOME: home, PATH: bin }, run })
  const cline = testCatalog.tools.find(({ id }) => id === 'cline')
  if (!cline) throw new Error('no cline')
  const found = await Promise.all([detectTool(cline, host), detectTool(cline, host)])
  expect([...found, await detectTool(cline, host)].map(({ version }) => version)).toEqual([
    '2.18.0',
    '2.18.0',
    '2.18.0',
  ])
  expect(runs).toEqual([join(bin, 'cline')])
})

it.each([
  ['a global one, with the package below the shim', 'npm', 'npm/node_modules/cline'],
  [
    'a project’s own, with the package beside the folder of shims',
    'p/node_modules/.bin',
    'p/node_modules/cline',
  ],
])('given npm’s shim on Windows, %s, the version is read and nothing is run', async (_, bin, folder) => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-detect-')))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  for (const each of [bin, folder]) mkdirSync(join(home, each), { recursive: true })
  writeFileSync(join(home, bin, 'cline.cmd'), '', { mode: 0o755 })
  writeFileSync(join(home, folder, 'package.json'), '{"name":"cline","version":"3.0.65"}')
  const run: Host['run'] = () => Promise.reject(new Error('it was run'))
  const host = createTestHost(home, { env: { PATH: join(home, bin) }, platform: 'win32', run })
  const cline = testCatalog.tools.find(({ id }) => id === 'cline')
  expect(cline && (await detectTool(cline, host)).version).toBe('3.0.65')
})
