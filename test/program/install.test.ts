import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readTree } from '../support/home-tree.ts'
import { installs, type StandIns, standIns } from '../support/install-stand-in.ts'
import { makeHome, runProgram, sampleKey } from '../support/run-program.ts'

let home = ''
let drop = () => {}
let programs: StandIns

beforeEach(() => {
  ;({ home, drop } = makeHome())
  programs = standIns(home)
})
afterEach(() => drop())

const install = (...args: readonly string[]) =>
  runProgram(['--no-check', '--install', ...args], {
    home,
    env: { PATH: programs.path, QCODE_API_KEY: sampleKey, OPENAI_API_KEY: 'an-own-relay-key-1' },
  })

describe('setup --install', () => {
  it('given a client that is missing, has npm install it and sets it up; npm gets no key', async () => {
    programs.add('npm', installs('codex'))
    const { exit, stderr } = await install('--tool', 'codex', '--yes', '--registry', 'http://127.0.0.1:9/npm')
    expect([exit, stderr]).toEqual([0, expect.stringContaining('Codex CLI has been installed.')])
    expect(programs.calls()).toEqual([
      'npm install -g --no-fund --no-audit --registry http://127.0.0.1:9/npm @openai/codex',
    ])
    expect(programs.environment()).toContain('HOME')
    expect(programs.environment()).not.toMatch(/QCODE_API_KEY|OPENAI_API_KEY|an-own-relay-key/)
    expect(Object.keys(readTree(home))).toContain('.codex/config.toml')
  })

  it('given npm that fails, tells its last lines with keys masked, and writes nothing: exit 1', async () => {
    const token = `npm_${'a1B2'.repeat(9)}`
    programs.add('npm', `echo "npm error code E401" >&2; echo "_authToken=${token}" >&2; exit 1`)
    const { exit, stderr } = await install('--tool', 'codex', '--yes')
    expect(exit).toBe(1)
    expect(stderr).toContain('npm error code E401')
    expect(stderr).toContain('To install it yourself: npm install -g')
    expect(stderr).not.toContain(token)
    expect(Object.keys(readTree(home)).filter((path) => path.startsWith('.codex'))).toEqual([])
  })

  it('given nobody to say yes, runs nothing: exit 2', async () => {
    programs.add('npm', installs('codex'))
    const { exit, stderr } = await install('--tool', 'codex')
    expect([exit, stderr]).toEqual([2, expect.stringContaining('--yes')])
    expect(programs.calls()).toEqual([])
  })
})
