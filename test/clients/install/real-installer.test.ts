import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readTree } from '../../support/home-tree.ts'
import { makeHome, runProgram, sampleKey } from '../../support/run-program.ts'

// The real installers, the real registries and real clients, in a folder of the test's own: the one lane with a network.

let registry = ''
beforeAll(async () => {
  registry = (await execa('npm', ['config', 'get', 'registry'])).stdout.trim()
})

let home = ''
let drop = () => {}
beforeEach(() => {
  ;({ home, drop } = makeHome())
})
afterEach(() => drop())

/** How the tester's computer reaches a registry. */
const network = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    value && /^(?:https?_proxy|no_proxy|node_extra_ca_certs|npm_config_cafile)$/i.test(name)
      ? [[name, value] as const]
      : [],
  ),
)

const prefix = () => join(home, 'npm')

const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  runProgram(args, {
    home,
    env: {
      PATH: `${prefix()}/bin:/usr/local/bin:/usr/bin:/bin`,
      NPM_CONFIG_PREFIX: prefix(),
      NPM_CONFIG_REGISTRY: registry,
      QCODE_API_KEY: sampleKey,
      ...network,
      ...more,
    },
  })

const install = ['--model', 'claude-sonnet-5', '--region', 'eu', '--install', '--yes']

/** As long as the program itself waits for an installer. */
describe('with the real npm', { timeout: 900_000 }, () => {
  it('setup --install installs a client where its user may write, and sets it up; undo keeps it installed', async () => {
    const { exit, stdout, stderr } = await run(['--tool', 'continue', ...install, '--no-check'])
    expect([exit, stderr]).toEqual([0, expect.stringContaining('Continue CLI has been installed.')])
    expect(stdout + stderr).not.toContain(sampleKey)
    const { stdout: version } = await execa(join(prefix(), 'bin/cn'), ['--version'], {
      env: { HOME: home },
    })
    expect(version).toMatch(/\d+\.\d+\.\d+/)
    expect(Object.keys(readTree(home))).toContain('.continue/config.yaml')
    expect((await run(['undo', '--yes'])).exit).toBe(0)
    expect(existsSync(join(prefix(), 'bin/cn'))).toBe(true)
    expect(existsSync(join(home, '.continue/config.yaml'))).toBe(false)
  })

  it('run --install installs it and starts it at once', async () => {
    const { exit, stdout, stderr } = await run(['run', 'continue', ...install, '--', '--version'])
    expect([exit, stderr]).toEqual([0, expect.stringContaining('Continue CLI has been installed.')])
    expect(stdout).toMatch(/\d+\.\d+\.\d+/)
  })
})

// Python's installers, which few computers have: they come from the tester's own index, into a folder beside the home.

/** The interpreter itself: a shim would look for its settings in the home. */
const python = await execa('python3', ['-c', 'import ensurepip, sys; print(sys.executable)']).then(
  ({ stdout }) => stdout.trim(),
  () => undefined,
)

/** Where packages come from on the tester's computer. */
const index = await execa('python3', ['-m', 'pip', 'config', 'get', 'global.index-url']).then(
  ({ stdout }) => stdout.trim(),
  () => 'https://pypi.org/simple',
)

/** Certificates, as pip and uv are told of them. */
const trust = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    value && /^(?:pip_cert|ssl_cert_(?:file|dir)|uv_native_tls)$/i.test(name) ? [[name, value] as const] : [],
  ),
)

describe.each(['pipx', 'uv'])('with the real %s', { timeout: 900_000 }, (installer) => {
  let tools = ''
  beforeAll(async () => {
    if (python === undefined) return
    tools = mkdtempSync(join(tmpdir(), 'qcode-python-'))
    await execa(python, ['-m', 'venv', join(tools, 'venv')])
    await execa(join(tools, 'venv/bin/pip'), ['install', '--quiet', installer])
    // None but this one is in PATH.
    mkdirSync(join(tools, 'bin'))
    symlinkSync(join(tools, 'venv/bin', installer), join(tools, 'bin', installer))
  }, 600_000)
  afterAll(() => {
    if (tools !== '') rmSync(tools, { recursive: true, force: true })
  })

  const setUp = (registry: string) =>
    runProgram(
      ['--tool', 'llm', '--region', 'eu', '--install', '--registry', registry, '--yes', '--no-check'],
      {
        home,
        env: {
          PATH: [join(home, '.local/bin'), join(tools, 'bin'), dirname(python ?? ''), '/usr/bin:/bin'].join(
            ':',
          ),
          QCODE_API_KEY: sampleKey,
          ...network,
          ...trust,
        },
      },
    )

  const title = 'setup --install installs llm from the registry that is named, and sets it up'
  it.skipIf(python === undefined)(
    python ? title : `${title} (python3 with venv is not installed)`,
    async () => {
      const nowhere = await setUp('http://127.0.0.1:1/simple')
      expect([nowhere.exit, existsSync(join(home, '.local/bin/llm'))]).toEqual([1, false])
      const { exit, stdout, stderr } = await setUp(index)
      expect([exit, stderr]).toEqual([0, expect.stringContaining('llm has been installed.')])
      expect(stdout + stderr).not.toContain(sampleKey)
      const { stdout: version } = await execa(join(home, '.local/bin/llm'), ['--version'], {
        env: { HOME: home },
      })
      expect(version).toMatch(/\d+\.\d+/)
      expect(Object.keys(readTree(home))).toContain('.config/qcode-setup/env.sh')
    },
  )
})
