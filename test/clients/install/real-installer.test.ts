import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readTree } from '../../support/home-tree.ts'
import { makeHome, runProgram, sampleKey } from '../../support/run-program.ts'

// The real npm, the real registry and a real client, in a folder of the test's own: the one lane with a network.

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

/** As long as the program itself waits for an installer. */
describe('with the real npm', { timeout: 900_000 }, () => {
  it('setup --install installs a client where its user may write, and sets it up; undo keeps it installed', async () => {
    const { exit, stdout, stderr } = await run([
      '--tool',
      'continue',
      '--model',
      'claude-sonnet-5',
      '--region',
      'eu',
      '--install',
      '--yes',
      '--no-check',
    ])
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
    const { exit, stdout, stderr } = await run([
      'run',
      'continue',
      '--model',
      'claude-sonnet-5',
      '--region',
      'eu',
      '--install',
      '--yes',
      '--',
      '--version',
    ])
    expect([exit, stderr]).toEqual([0, expect.stringContaining('Continue CLI has been installed.')])
    expect(stdout).toMatch(/\d+\.\d+\.\d+/)
  })
})
