import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createMemoryKeychain } from '../../../src/host/throw-away-host.ts'
import { restoreTree } from '../../faults/restore-tree.ts'
import { readTree, stateBelowHome } from '../../support/home-tree.ts'
import { type KeyName, keys, type Machine, newMachine } from './name-machine.ts'

const relay = 'https://relay.example.com'

/** Each verb with a name, and whether it can be tried out. */
const verbs: readonly (readonly [line: string, canTry: boolean, key?: KeyName])[] = [
  ['setup --tool codex --name work', true],
  ['switch work', true],
  ['switch asia --name work', true],
  ['undo --name work', true],
  ['remove --name work', true],
  ['key rotate --name work', true, 'next'],
  ['key forget --name work', true],
  [`key set --name work --gateway ${relay}`, true, 'work'],
  ['key get --name work', false],
  ['run codex --name work --print', false],
  ['export --name work', false],
  ['status --name work', false],
  ['doctor --name work', false],
  ['print codex --name work', false],
]

async function save(machine: Machine): Promise<void> {
  await machine.do(`key set --name work --gateway ${relay}`, 'work')
  await machine.do('key set --name play --region eu', 'play')
}

async function setUp(machine: Machine): Promise<void> {
  await save(machine)
  await machine.do('setup --tool codex --name work')
  await machine.do('setup --tool aider --name play')
}

const fileOf = ({ host }: Machine, path: string) => join(host.home, path)

const states: Readonly<Record<string, (machine: Machine) => Promise<void>>> = {
  'nothing is there': async () => {},
  'names are saved and not in use': save,
  'a tool uses each': setUp,
  'the files of a tool were changed by hand': async (machine) => {
    await setUp(machine)
    const config = fileOf(machine, '.codex/config.toml')
    writeFileSync(config, readFileSync(config, 'utf8').replace(/base_url = .*/, 'base_url = "https://x.y/z"'))
    writeFileSync(fileOf(machine, '.codex/.env'), 'QCODE_API_KEY=mine\n')
  },
  'the file of the name is gone': async (machine) => {
    await setUp(machine)
    rmSync(fileOf(machine, '.config/qcode-setup/names/work.json'))
  },
  'its key is gone from the keychain': async (machine) => {
    await machine.do(`key set --name work --gateway ${relay} --key-store keychain`, 'work')
    await machine.do('key set --name play --region eu', 'play')
    await machine.do('setup --tool codex --name work --key-store keychain')
    await (await machine.host.keychain()).delete('name-work')
  },
  'the folder of a tool is gone': async (machine) => {
    await setUp(machine)
    rmSync(fileOf(machine, '.codex'), { recursive: true })
  },
  'a tool uses both, in two places': async (machine) => {
    await setUp(machine)
    const other = fileOf(machine, 'two')
    await machine.do('setup --tool codex --name play', undefined, { CODEX_HOME: other })
  },
  'a run was killed half-way': async (machine) => {
    await save(machine)
    await machine.do('setup --tool codex --name work')
    const runs = fileOf(machine, `${stateBelowHome}/runs`)
    const file = join(runs, readdirSync(runs).sort().at(-1) ?? '', 'journal.json')
    const journal = JSON.parse(readFileSync(file, 'utf8'))
    const half = journal.files.find(({ path }: { path: string }) => path.endsWith('.env'))
    renameSync(half.path, half.temporary)
    writeFileSync(file, JSON.stringify({ ...journal, state: 'committing' }))
    const ledger = fileOf(machine, `${stateBelowHome}/ledger.json`)
    writeFileSync(ledger, JSON.stringify(journal.ledger.before))
  },
}

/** Variables that are there and say nothing, and the key of no name. */
const odd = { CODEX_HOME: '', XDG_CONFIG_HOME: '', XDG_STATE_HOME: '', QCODE_API_KEY: keys.mine }

describe.each(Object.entries(states))('where %s', (state, prepare) => {
  it.each([
    ['as it is', {}],
    ['with odd variables', odd],
  ])(
    'each verb with a name does its work or says why not, and leaves the other name alone (%s)',
    async (_, env) => {
      let keychain = createMemoryKeychain()
      const machine = newMachine({ keychain: async () => keychain })
      await prepare(machine)
      const start = readTree(machine.host.home)
      const stored = await Promise.all(
        (await keychain.list()).map(async (account) => [account, await keychain.get(account)] as const),
      )
      const playFile = '.config/qcode-setup/names/play.json'
      for (const [line, canTry, key] of verbs) {
        restoreTree(machine.host.home, start)
        keychain = createMemoryKeychain()
        for (const [account, password] of stored) await keychain.set(account, password ?? '')
        if (canTry) {
          const tried = await machine.try(`${line} --dry-run`, key, env)
          expect([0, 1, 2, 3], `${line} --dry-run: ${tried.text}`).toContain(tried.exit)
          expect(withoutTimes(readTree(machine.host.home)), `${line} --dry-run`).toEqual(withoutTimes(start))
          expect([...(await keychain.list())].sort()).toEqual(stored.map(([account]) => account).sort())
        }
        const { exit, text } = await machine.try(line, key, env)
        expect([0, 1, 2, 3], `${line}: ${text}`).toContain(exit)
        // Whoever is refused is told what to do.
        if (exit === 1 || exit === 2) expect(text, line).toMatch(/qcode-setup|--\w|Valid/)
        const now = readTree(machine.host.home)
        expect(now[playFile]?.bytes, line).toBe(start[playFile]?.bytes)
        // A new name is saved with the key that is at hand; one that is known has its own, and that one is in no file.
        if (state === 'nothing is there') continue
        const holders = Object.entries(now).filter(([, { bytes }]) => bytes?.includes(keys.mine))
        expect(holders, line).toEqual([])
      }
    },
  )
})

function withoutTimes(tree: ReturnType<typeof readTree>) {
  return Object.fromEntries(Object.entries(tree).map(([path, { mtimeNs: _, ...leaf }]) => [path, leaf]))
}
