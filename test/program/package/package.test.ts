import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toolsWithoutModel } from '../../support/every-tool.ts'
import { readTree } from '../../support/home-tree.ts'
import { projectPath, type Ran, runProgram, sampleKey, setUp } from '../../support/run-program.ts'
import { testCatalog } from '../../support/test-catalog.ts'

const root = mkdtempSync(join(tmpdir(), 'qcode-package-'))
const home = join(root, 'home')
const installed = join(root, 'prefix/node_modules/qcode-setup')
const program = join(root, 'prefix/node_modules/.bin/qcode-setup')

/** npm as its users have it, but for the network, and with nothing of the tester's own settings. */
function npm(cwd: string, ...args: readonly string[]) {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: root,
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  }
  return execa('npm', args, { cwd, env, extendEnv: false })
}

function run(...args: readonly string[]): Promise<Ran> {
  return runProgram(args, { home, program })
}

beforeAll(async () => {
  mkdirSync(home)
  mkdirSync(join(root, 'prefix'))
  // The program is built already; npm would build it again.
  const packed = await npm(projectPath, 'pack', '--ignore-scripts', '--json', '--pack-destination', root)
  const [{ filename }] = JSON.parse(packed.stdout)
  await npm(
    join(root, 'prefix'),
    'install',
    '--offline',
    '--no-audit',
    '--no-fund',
    '--prefix',
    '.',
    join(root, filename),
  )
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

describe('the packed program', () => {
  it('brings nothing else along', () => {
    const names = readdirSync(join(root, 'prefix/node_modules')).filter((name) => !name.startsWith('.'))
    expect(names).toEqual(['qcode-setup'])
    const manifest = readJson(join(installed, 'package.json'))
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifest
    expect([dependencies, optionalDependencies]).toEqual([undefined, undefined])
    // From that version on; it is the one that is tested, and that key commands and hints name.
    const { version } = readJson(join(projectPath, 'node_modules/@napi-rs/keyring/package.json'))
    expect(peerDependencies).toEqual({ '@napi-rs/keyring': `^${version}` })
    expect(peerDependenciesMeta).toEqual({ '@napi-rs/keyring': { optional: true } })
  })

  it('holds the program and its data, and no tests', () => {
    expect(readdirSync(installed).sort()).toEqual([
      'LICENSE',
      'README.md',
      'README.zh-CN.md',
      'SECURITY.md',
      'THIRD_PARTY_LICENSES',
      'bin',
      'dist',
      'docs',
      'man',
      'package.json',
      'sbom.cdx.json',
      'schema',
      'templates',
    ])
    const cases = Object.keys(readTree(installed)).filter((path) => /(^|\/)(cases|test)(\/|$)/.test(path))
    expect(cases).toEqual([])
    // The catalog has all the others; aider is the example that docs/own-tools.md names.
    expect(readdirSync(join(installed, 'templates'))).toEqual(['aider', 'completion', 'launch-agent.plist'])
  })

  it('is few files, since each takes time at installation', () => {
    const files = Object.values(readTree(installed)).filter(({ kind }) => kind === 'file')
    const fewer =
      '`files` in package.json says what is packed, scripts/module-groups.mjs what is one file of dist/'
    expect(files.length, fewer).toBeLessThanOrEqual(110)
  })

  it.each(testCatalog.completions.map(({ shell }) => shell))('has the completion of %s', async (shell) => {
    expect(await run('completion', shell)).toMatchObject({ exit: 0, stderr: '' })
  })

  it('holds no source map, no key and nothing that runs at installation', () => {
    const files = Object.entries(readTree(installed)).filter(([, { kind }]) => kind === 'file')
    const odd = files
      .map(([path]) => path)
      .filter((path) => /\.(map|log|tgz|gyp|pem|key)$|(^|\/)\.|\.test\./.test(path))
    expect(odd, 'npm run build takes source maps out; `files` in package.json says what is packed').toEqual(
      [],
    )
    const telling =
      /sourceMappingURL=data|^\/\/# sourceMappingURL|cr_[0-9a-f]{64}|-----BEGIN [A-Z ]*PRIVATE KEY/m
    expect(files.filter(([, { bytes = '' }]) => telling.test(bytes)).map(([path]) => path)).toEqual([])
    const { scripts } = readJson(join(installed, 'package.json')) as { scripts: object }
    expect(Object.keys(scripts).filter((name) => /^(pre|post)?(install|prepare)$/.test(name))).toEqual([
      'prepare',
    ])
  })

  it('names no path of the machine that it was packed on', () => {
    const own = [projectPath, process.env.HOME ?? projectPath, tmpdir()].filter((path) => path.length > 1)
    for (const [path, { bytes = '' }] of Object.entries(readTree(installed))) {
      for (const place of own) expect(bytes.includes(place), `${path} names ${place}`).toBe(false)
    }
  })

  it('runs: version, print, demo', async () => {
    const { version } = readJson(join(projectPath, 'package.json'))
    expect(await run('--version')).toEqual({ exit: 0, stdout: `${version}\n`, stderr: '' })
    const printed = await run('print', 'codex', '--region', 'eu')
    expect(printed.stdout).toContain('base_url = "https://eu.qcode.cc/openai"')
    const demo = await run('demo', '--json')
    expect(demo.exit, demo.stderr).toBe(0)
    expect(readdirSync(home)).toEqual([])
  })

  it('sets every tool up in an empty home, and takes it all out', async () => {
    const ran = await setUp(['all'], { home, program }, '--json')
    expect(ran.exit, ran.stderr).toBe(0)
    const document = JSON.parse(ran.stdout)
    expect(new Set(document.edits.map(({ tool }: { tool: string }) => tool))).toEqual(
      new Set(toolsWithoutModel),
    )
    expect(readFileSync(join(home, '.codex/.env'), 'utf8')).toBe(`QCODE_API_KEY=${sampleKey}\n`)
    expect((await run('remove', '--yes')).exit).toBe(0)
    expect(readdirSync(home)).toEqual(['.local'])
  })
})

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8'))
}
