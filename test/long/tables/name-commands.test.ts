import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createMemoryKeychain } from '../../../src/host/throw-away-host.ts'
import { commands } from '../../../src/request/fields.ts'
import { verbNames } from '../../../src/request/request.ts'
import { restoreTree } from '../../faults/restore-tree.ts'
import { type HomeTree, readTree, usersPart } from '../../support/home-tree.ts'
import { type KeyName, keys, Machine, type Watched, watchGateway } from './name-machine.ts'

/** Exit code and what is told; `MINE`, `WORK` and `PLAY` stand for the gateways. */
type End = readonly [exit: number, ...told: string[]]

/** A command as it is typed, with what becomes of it for each name that may stand behind it. */
interface Row {
  readonly line: string
  readonly key?: KeyName
  readonly none: End
  readonly work?: End
  readonly default?: End
  /** Where a name that is not known yet is no mistake. */
  readonly unknown?: End
}

const missingKey: End = [2, 'No key was given']
const noRegion: End = [2, 'No region selected']

/**
 * Codex and Aider have no name, Claude Code and the OpenAI SDK go by `work`, and in another folder Claude Code goes by
 * `play`: it has two names. A row without `work` is of a command that takes no name.
 */
const table: Readonly<Record<string, readonly Row[]>> = {
  setup: [
    {
      line: 'setup --tool opencode',
      none: missingKey,
      work: [0, 'WORK/api/v1'],
      default: missingKey,
      unknown: missingKey,
    },
    // In its own folder it goes by work; the other folder is another place.
    { line: 'setup --tool claude-code', none: missingKey, work: [0, '"changed":false'], unknown: missingKey },
  ],
  print: [{ line: 'print codex', none: [0, 'api.qcode.cc'], work: [0, 'WORK/openai'], default: [0, 'api.'] }],
  check: [
    { line: 'check', none: [0, 'MINE', 'WORK', 'PLAY'], work: [0, 'WORK'], default: [0, 'MINE'] },
    // Of two names the one that is meant, else both.
    { line: 'check --tool claude-code', none: [0, 'WORK', 'PLAY'], work: [0, 'WORK'] },
  ],
  doctor: [
    { line: 'doctor', none: [0, 'Codex', 'Claude Code'], work: [0, 'Claude Code'], default: [0, 'Codex'] },
  ],
  status: [
    {
      line: 'status',
      none: [0, '"name":"work"', '"name":"play"'],
      work: [0, 'openai-sdk'],
      default: [0, 'codex'],
    },
    { line: 'status claude-code', none: [0, '"work"', '"play"'], work: [0, '"work"'] },
  ],
  switch: [
    { line: 'switch', none: noRegion, work: [0, 'WORK/openai', 'had no name'], default: noRegion },
    {
      line: 'switch asia',
      none: [0, 'asia.', '--name work'],
      work: [0, 'asia.'],
      default: [0, '--name play'],
    },
    {
      line: 'switch asia codex',
      none: [0, 'asia.'],
      work: [2, 'together with all tools'],
      default: [0, 'asia.'],
    },
    // Nothing of what was asked for can be done.
    {
      line: 'switch asia claude-code',
      none: [3, 'switch asia --name work', 'switch asia --name play', 'Nothing was changed'],
      work: [2, 'qcode-setup switch asia --name work'],
      default: [3, 'Nothing was changed'],
    },
  ],
  export: [
    {
      line: 'export',
      none: [0, 'name = \\"work\\"', 'name = \\"play\\"', '\\"codex\\"'],
      work: [0, 'name = \\"work\\"'],
      default: [0, '\\"codex\\"'],
    },
  ],
  undo: [
    {
      line: 'undo',
      none: [0, 'two/settings.json'],
      work: [0, '.claude/settings.json'],
      default: [0, '.codex/.env'],
    },
    { line: 'undo --list', none: [0, 'two/'], work: [0, 'names/work.json'], default: [0, '.codex/.env'] },
    {
      line: 'undo 20260102T030405Z-000003',
      none: [0, '.codex/.env'],
      work: [2, "can't be used with the id"],
      default: [2, 'undo --list'],
      unknown: [2, "can't be used with the id"],
    },
  ],
  remove: [
    {
      line: 'remove',
      none: [0, '.codex', 'two/', '.claude'],
      work: [0, 'names/work.json'],
      default: [0, '.codex'],
    },
    {
      line: 'remove --tool claude-code',
      none: [0, 'two/', '.claude/'],
      work: [0, '.claude/'],
      default: [0, 'Nothing to remove'],
    },
  ],
  run: [
    { line: 'run codex --print', none: [0, 'MINE'], work: [0, 'WORK'], default: [0, 'MINE'] },
    // Two names: that of the folder in which the client would look.
    { line: 'run claude-code --print', none: [0, 'WORK'], work: [0, 'WORK'] },
  ],
  models: [{ line: 'models', none: [0, 'stand-in'], work: [0, 'stand-in'], default: [0, 'stand-in'] }],
  'key set': [
    {
      line: 'key set',
      key: 'next',
      none: [0, 'keychain'],
      work: [2, 'key rotate --name work'],
      default: [0, 'keychain'],
      unknown: [0, 'Remembered as \\"wrok\\"'],
    },
  ],
  'key get': [{ line: 'key get', none: [1, 'key set'], work: [0, keys.work], default: [1, 'key set'] }],
  'key rotate': [
    {
      line: 'key rotate',
      key: 'next',
      none: [0, 'codex', 'has its own'],
      work: [0, 'claude-code', '3 places'],
      default: [0, 'codex'],
    },
    {
      line: 'key rotate codex',
      key: 'next',
      none: [0, 'codex'],
      work: [2, 'not set up with'],
      default: [0, 'codex'],
    },
    {
      line: 'key rotate claude-code',
      key: 'next',
      none: [2, '--name with one of: work, play'],
      work: [0, 'openai-sdk'],
      default: [2, 'not set up with'],
    },
  ],
  'key forget': [
    {
      line: 'key forget',
      none: [0, 'no key'],
      work: [3, 'claude-code, openai-sdk'],
      default: [0, 'no key'],
    },
  ],
  // About files, about this computer or about all that is set up.
  lint: [{ line: 'lint', none: [0] }],
  prove: [{ line: 'prove --tool aider', none: [1, 'skipped', 'prove --tool'] }],
  tools: [{ line: 'tools', none: [0] }],
  report: [{ line: 'report', none: [0] }],
  apply: [{ line: 'apply absent.toml', none: [2] }],
  invite: [{ line: 'invite absent.toml', none: [2] }],
  'completion bash': [{ line: 'completion bash', none: [0] }],
}

/** Those that need the network or a terminal, or are about what no name can be of: `--name` is refused by the parser. */
const others = [
  'demo',
  ...verbNames.filter((name) => name.startsWith('completion ') && name !== 'completion bash'),
]

describe('with a name', () => {
  let machine: Machine
  let at: Readonly<Record<'mine' | 'work' | 'play', Watched>>
  let start: HomeTree
  let keychain = createMemoryKeychain()
  beforeAll(async () => {
    machine = new Machine({ keychain: async () => keychain })
    const [mine, work, play] = await Promise.all([keys.mine, keys.work, keys.play].map(watchGateway))
    at = { mine, work, play } as typeof at
    await machine.do(`setup --tool codex,aider --gateway ${at.mine.origin}`, 'mine')
    await machine.do(`key set --name work --gateway ${at.work.origin}`, 'work')
    await machine.do(`key set --name play --gateway ${at.play.origin}`, 'play')
    await machine.do('setup --tool claude-code,openai-sdk --name work')
    await machine.do('setup --tool claude-code --name play', undefined, {
      CLAUDE_CONFIG_DIR: join(machine.host.home, 'two'),
    })
    start = readTree(machine.host.home)
  })
  beforeEach(() => {
    restoreTree(machine.host.home, start)
    keychain = createMemoryKeychain()
  })
  afterAll(async () => {
    machine.drop()
    await Promise.all(Object.values(at).map((gateway) => gateway.close()))
  })

  const cases = Object.values(table).flatMap((rows) =>
    rows.flatMap(({ line, key, none, work, default: nameless, unknown }) => {
      const refused: End = work ? [2, 'Did you mean work?', 'Valid: play, work'] : [2, 'Unknown flag --name']
      const flags: [string, End][] = [
        ['', none],
        [' --name work', work ?? refused],
        [' --name default', nameless ?? (work ? [-1] : refused)],
        [' --name wrok', unknown ?? refused],
      ]
      return flags.filter(([, [exit]]) => exit !== -1).map(([flag, end]) => [line + flag, key, end] as const)
    }),
  )

  it.each(cases)('%s', async (line, key, [exit, ...told]) => {
    // A key that is at hand is that of no name.
    const env = /^(check|models|run|doctor|print)/.test(line) ? { QCODE_API_KEY: keys.mine } : {}
    const ended = await machine.try(line, key, env)
    expect([ended.exit, ended.text]).toEqual([exit, expect.anything()])
    const filled = (text: string) =>
      text.replace(/^(MINE|WORK|PLAY)/, (name) => at[name.toLowerCase() as keyof typeof at].origin)
    for (const text of told) expect(ended.text).toContain(filled(text))
    const names = Object.keys(at) as (keyof typeof at)[]
    if (line.startsWith('check') && exit === 0)
      for (const name of names)
        expect(ended.text.includes(at[name].origin), name).toBe(told.includes(name.toUpperCase()))
    for (const name of names) expect([...at[name].sent].filter((each) => each !== keys[name])).toEqual([])
    // What is refused, and what only looks, leaves everything as it was.
    if (exit === 2 || exit === 1) expect(usersPart(readTree(machine.host.home))).toEqual(usersPart(start))
  })

  it.each(others)('%s takes none', async (name) => {
    const ended = await machine.try(`${name} --name work`)
    expect(ended).toMatchObject({ exit: 2, text: expect.stringContaining('Unknown flag --name') })
  })

  it('of every command the table says what it does', () => {
    const all = [...commands.filter((name) => name !== 'key' && name !== 'completion'), ...verbNames]
    expect([...Object.keys(table), ...others].sort()).toEqual([...all].sort())
  })
})
