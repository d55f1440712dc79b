import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandTable } from '../../support/command-table.ts'
import { readTree, stateBelowHome } from '../../support/home-tree.ts'
import { makeHome, runProgram, sampleKey, setUp } from '../../support/run-program.ts'

const otherKey = `cr_${'76543210fedcba98'.repeat(4)}`

/** Every command that writes, as it is typed where nothing is asked. */
const commands: Readonly<Record<string, readonly string[]>> = {
  setup: ['setup', '--tool', 'all', '--region', 'eu', '--key-file', '-', '--no-check'],
  'setup again': ['setup', '--tool', 'codex', '--key-file', '-', '--no-check', '--on-conflict', 'overwrite'],
  switch: ['switch', 'asia', '--no-check', '--on-conflict', 'overwrite'],
  apply: ['apply', 'qcode.toml', '--no-check', '--prune', '--on-conflict', 'overwrite'],
  'apply --check': ['apply', 'qcode.toml', '--check', '--no-check'],
  undo: ['undo'],
  remove: ['remove'],
  'remove one': ['remove', '--tool', 'codex'],
  'key set': ['key', 'set', '--key-file', '-'],
  'key set --name': ['key', 'set', '--name', 'work', '--region', 'us', '--key-file', '-'],
  'setup --name': ['setup', '--tool', 'codex', '--name', 'work', '--key-file', '-', '--no-check'],
  'key rotate': ['key', 'rotate', '--key-file', '-', '--no-check', '--on-conflict', 'overwrite'],
  'key forget': ['key', 'forget'],
  'lint --fix': ['lint', '--fix'],
  'completion install': ['completion', 'install', 'zsh'],
  'completion uninstall': ['completion', 'uninstall'],
}

const states: Readonly<Record<string, (home: string) => Promise<void>>> = {
  fresh: async () => {},
  'set up': async (home) => {
    expect((await setUp(['codex', 'claude-code', 'openai-sdk'], { home })).exit).toBe(0)
  },
  drifted: async (home) => {
    await states['set up']?.(home)
    const file = join(home, '.codex/config.toml')
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/base_url = .*/, 'base_url = "https://api.qcode.cc/openai/"'),
    )
    writeFileSync(join(home, '.codex/.env'), 'QCODE_API_KEY=mine\n', { mode: 0o640 })
  },
  'with an unfinished run': async (home) => {
    await states['set up']?.(home)
    const runs = join(home, stateBelowHome, 'runs')
    const file = join(runs, readdirSync(runs)[0] ?? '', 'journal.json')
    const journal = JSON.parse(readFileSync(file, 'utf8'))
    const half = journal.files.find(({ path }: { path: string }) => path.endsWith('.env'))
    renameSync(half.path, half.temporary)
    writeFileSync(file, JSON.stringify({ ...journal, state: 'committing' }))
    writeFileSync(join(home, stateBelowHome, 'ledger.json'), JSON.stringify(journal.ledger.before))
  },
}

describe.each(Object.entries(states))('with --dry-run, in a home that is %s,', (state, prepare) => {
  let home = ''
  let drop = () => {}
  beforeAll(async () => {
    const made = makeHome()
    home = made.home
    drop = made.drop
    writeFileSync(join(home, '.bashrc'), '# mine\n', { mode: 0o640 })
    writeFileSync(join(home, 'key.txt'), `${otherKey}\n`, { mode: 0o600 })
    writeFileSync(
      join(home, 'qcode.toml'),
      'key = "file:key.txt"\nregion = "us"\ntools = ["claude-code", "aider"]\n',
    )
    writeFileSync(join(home, '.env'), 'ANTHROPIC_BASE_URL=https://api.qcode.cc/api/\n')
    await prepare(home)
  })
  afterAll(() => drop())

  it.each(Object.entries(commands))('%s changes no byte, no mode and no time', async (name, args) => {
    const before = readTree(home)
    const input = name === 'key rotate' ? otherKey : sampleKey
    const { exit, stderr } = await runProgram(
      [...args, '--yes', '--dry-run', '--diff'].filter(isFlagOf(name)),
      {
        home,
        input: `${input}\n`,
      },
    )
    expect(readTree(home)).toEqual(before)
    // Whatever it would come to, it is told of, and is no fault of the program.
    expect(stderr).not.toContain('fault of qcode-setup')
    const isKeychain = name === 'key set' || name === 'key forget'
    if (!isKeychain) expect([0, 3], stderr).toContain(exit)
    if (state === 'with an unfinished run' && !isKeychain)
      expect(stderr.replace(/\s+/g, ' ')).toContain('is not finished')
  })

  it('undo of a run that is named changes nothing either', async () => {
    const runs = join(home, stateBelowHome, 'runs')
    const [run] = state === 'fresh' ? [] : readdirSync(runs)
    if (run === undefined) return
    const before = readTree(home)
    await runProgram(['undo', run, '--yes', '--dry-run'], { home })
    expect(readTree(home)).toEqual(before)
  })
})

it('every command that writes is in this table', () => {
  const names = new Set(Object.values(commands).map(([name]) => name))
  const add = 'each is typed in `commands` of test/long/tables/dry-run.test.ts'
  expect(
    commandTable
      // `run` writes its own state alone, and shows with --print what it would do.
      .filter(({ writes }) => writes === 'files')
      .map(({ name }) => name)
      .sort(),
    add,
  ).toEqual([...names].sort())
})

function isFlagOf(name: string): (word: string) => boolean {
  return (word) => word !== '--diff' || name !== 'key forget'
}
