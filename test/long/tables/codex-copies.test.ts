import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { everyoneCanReach } from '../../support/everyone-can-reach.ts'
import { makeHome, type Ran, runProgram, sampleKey, setUp } from '../../support/run-program.ts'

// Law: where Codex would copy the key to a place that others may read, each command that sets it up says so, with a command
// after which that is no more so; a folder that is made for it is private from the beginning.

let home = ''
let drop = () => {}
beforeEach(() => {
  ;({ home, drop } = makeHome())
  for (const folder of [dirname(home), home]) chmodSync(folder, 0o755)
})
afterEach(() => drop())

interface State {
  readonly make: () => void
  readonly isTold: boolean
  /** Below the home. */
  readonly folder?: string
}

const openFolder = (folder: string, config?: string) => () => {
  mkdirSync(join(home, folder), { mode: 0o755 })
  if (config !== undefined) writeFileSync(join(home, folder, 'config.toml'), config)
}

const states: Readonly<Record<string, State>> = {
  'no folder yet': { make: () => {}, isTold: false },
  'an open folder': { make: openFolder('.codex'), isTold: true },
  'an open folder elsewhere': { make: openFolder('codex of mine'), isTold: true, folder: 'codex of mine' },
  'an open folder in a private home': {
    make: () => {
      openFolder('.codex')()
      chmodSync(home, 0o700)
    },
    isTold: false,
  },
  'a private folder': { make: () => mkdirSync(join(home, '.codex'), { mode: 0o700 }), isTold: false },
  'an open folder, with the copies off': {
    make: openFolder('.codex', '[features]\nshell_snapshot = false\n'),
    isTold: false,
  },
}

const commands = [
  'setup --tool codex --region eu --key-file - --yes --no-check',
  'setup --tool codex --region eu --key-file - --yes --no-check --dry-run',
  'setup --tool codex --region eu --key-file - --yes --no-check --json',
  'switch us --yes --no-check',
  'switch us --yes --no-check --dry-run',
  'key rotate --key-file - --yes --no-check',
]

const told = ({ stderr, stdout }: Ran) =>
  /(?:copies its environment|复制到)/.test((stderr + stdout).replace(/\s+/g, ' '))
const environment = ({ folder }: State) => (folder === undefined ? {} : { CODEX_HOME: join(home, folder) })

describe.runIf(everyoneCanReach(join(tmpdir(), 'home'))).each(Object.entries(states))('%s', (_, state) => {
  it('a setup says it where it is so', async () => {
    state.make()
    const folder = join(home, state.folder ?? '.codex')
    const isMade = !existsSync(folder)
    for (const QCODE_LANG of ['en', 'zh-CN']) {
      const env = { ...environment(state), QCODE_LANG }
      const ran = await setUp(['codex'], { home, env }, '--region', 'eu')
      expect([ran.exit, told(ran)], ran.stderr).toEqual([0, state.isTold])
    }
    if (isMade) expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it.each(commands)('set up, %s', async (line) => {
    state.make()
    const env = environment(state)
    expect((await setUp(['codex'], { home, env })).exit).toBe(0)
    const input = line.startsWith('key') ? sampleKey.replace('89', '98') : sampleKey
    const ran = await runProgram(line.split(' '), { home, env, input })
    expect([ran.exit, told(ran)], ran.stderr).toEqual([0, state.isTold])
    // What a program reads has it in the data.
    if (line.includes('--json')) expect(ran.stdout.includes('codex-key-copied')).toBe(state.isTold)
    const remedy = /→ (chmod .*)/.exec(ran.stderr)?.[1]
    expect(remedy !== undefined).toBe(state.isTold)
    if (remedy === undefined) return
    await execa('sh', ['-c', remedy], { cwd: home, env: { HOME: home }, extendEnv: false })
    expect(told(await runProgram(line.split(' '), { home, env, input }))).toBe(false)
    expect(told(await runProgram(['doctor', '--no-check'], { home, env }))).toBe(false)
  })

  it.each(['remove --yes', 'undo --yes', 'print codex --region eu'])('%s', async (line) => {
    state.make()
    const env = environment(state)
    expect((await setUp(['codex'], { home, env })).exit).toBe(0)
    const ran = await runProgram(line.split(' '), { home, env })
    expect([ran.exit, told(ran)], ran.stderr).toEqual([0, false])
  })
})
