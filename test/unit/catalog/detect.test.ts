import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
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

/** As `optionalDependencies` of 3.0.65 and 7.8.1 name them, and Cline's first name for Windows. */
const platformPackages: Readonly<Record<string, readonly string[]>> = {
  cline: [
    ...['linux-arm64', 'linux-x64', 'darwin-arm64', 'darwin-x64'],
    ...['windows-arm64', 'windows-x64', 'win32-x64'],
  ].map((platform) => `@cline/cli-${platform}`),
  kilo: [
    ...['linux-x64', 'linux-x64-baseline', 'linux-x64-musl', 'linux-x64-baseline-musl'],
    ...['linux-arm64', 'linux-arm64-musl', 'darwin-x64', 'darwin-x64-baseline', 'darwin-arm64'],
    ...['windows-x64', 'windows-x64-baseline', 'windows-arm64'],
  ].map((platform) => `@kilocode/cli-${platform}`),
}

it.each(Object.entries(platformPackages).flatMap(([id, names]) => names.map((name) => [id, name] as const)))(
  'given %s as a program of %s, the version is read there and nothing is run',
  async (id, name) => {
    const home = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-detect-')))
    onTestFinished(() => rmSync(home, { recursive: true, force: true }))
    const bin = join(home, 'node_modules', name, 'bin')
    const platform = /-win/.test(name) ? 'win32' : 'linux'
    mkdirSync(bin, { recursive: true })
    writeFileSync(join(bin, platform === 'win32' ? `${id}.exe` : id), '', { mode: 0o755 })
    writeFileSync(join(dirname(bin), 'package.json'), JSON.stringify({ name, version: '9.8.7' }))
    const run: Host['run'] = () => Promise.reject(new Error('it was run'))
    const host = createTestHost(home, { env: { PATH: bin }, platform, run })
    const tool = testCatalog.tools.find((each) => each.id === id)
    expect(tool && (await detectTool(tool, host)).version).toBe('9.8.7')
  },
)
