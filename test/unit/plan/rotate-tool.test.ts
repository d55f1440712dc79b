import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Outcome } from '../../../src/command.ts'
import { parseArguments } from '../../../src/request/parse-arguments.ts'
import { commandTable } from '../../support/command-table.ts'
import { readTree, usersPart } from '../../support/home-tree.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestContext } from '../../support/test-context.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

const newKey = `cr_${'fedcba98'.repeat(8)}`
const otherKey = `cr_${'00112233'.repeat(8)}`
let home = ''
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** A home of its own, and the program in it, with a project as its working folder. */
function machine() {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-rotate-')))
  const cwd = join(home, 'project')
  mkdirSync(cwd)
  let key = testKey
  const host = createTestHost(home, { cwd, readStdin: async () => new TextEncoder().encode(key) })
  const run = async (line: string, given = testKey): Promise<Outcome> => {
    key = given
    const [name = '', ...rest] = line.split(' ')
    const spec = commandTable.find((each) => each.name === name)
    if (!spec) throw new Error(`no command ${name}`)
    const takesKey = name === 'setup' || name === 'key'
    const args = [...rest, '--yes', ...(takesKey ? ['--no-check', '--key-file', '-'] : [])]
    return spec.run(
      parseArguments(args, spec, testCatalog),
      createTestContext(host, { dryRun: rest.includes('--dry-run') }),
    )
  }
  const stored = async () => (await host.keychain()).get('default')
  return { run, stored }
}

/** The files of the user's that hold a key. */
function holders(key: string): string[] {
  return Object.entries(usersPart(readTree(home))).flatMap(([path, { bytes }]) =>
    bytes?.includes(key) ? [path] : [],
  )
}

interface Case {
  readonly given: string
  readonly setups: readonly string[]
  readonly named: string
  readonly changed: readonly string[]
  readonly shared?: readonly string[]
  readonly stillOld: readonly string[]
  /** The files with the new key, and those with the old one, afterwards. */
  readonly now: readonly string[]
  readonly old: readonly string[]
  /** Which key the keychain has. */
  readonly kept?: string
}

const env = '.config/qcode-setup/env.sh'
const claudeFile = '.claude/settings.json'

const cases: Case[] = [
  {
    given: 'two tools in files of their own',
    setups: ['--tool codex,claude-code'],
    named: 'codex',
    changed: ['codex'],
    stillOld: ['claude-code'],
    now: ['.codex/.env'],
    old: [claudeFile],
  },
  {
    given: 'two tools with other variables of one file',
    setups: ['--tool openai-sdk,claude-agent-sdk'],
    named: 'openai-sdk',
    changed: ['openai-sdk'],
    stillOld: ['claude-agent-sdk'],
    now: [env],
    old: [env],
  },
  {
    given: 'a tool that shares one of its two variables, and one beside it',
    setups: ['--tool openai-sdk,langchain,codex'],
    named: 'openai-sdk',
    changed: ['langchain', 'openai-sdk'],
    shared: ['langchain'],
    stillOld: ['codex'],
    now: [env],
    old: ['.codex/.env'],
  },
  {
    given: 'the tool for the user and in a project, where another one has variables too',
    setups: ['--tool claude-code,codex', '--tool claude-code,openai-sdk --scope project'],
    named: 'claude-code',
    changed: ['claude-code'],
    stillOld: ['codex', 'openai-sdk'],
    now: [claudeFile, 'project/.claude/settings.local.json'],
    old: ['.codex/.env', 'project/.env'],
  },
  {
    given: 'the keychain for two tools, and a file for one',
    setups: ['--tool claude-code,codex --key-store keychain', '--tool cline'],
    named: 'codex',
    changed: ['claude-code', 'codex'],
    shared: ['claude-code'],
    stillOld: ['cline'],
    now: [],
    old: ['.cline/data/settings/providers.json'],
    kept: newKey,
  },
  {
    given: 'the keychain for one tool, and a file for the one that is named',
    setups: ['--tool claude-code --key-store keychain', '--tool codex'],
    named: 'codex',
    changed: ['codex'],
    stillOld: ['claude-code'],
    now: ['.codex/.env'],
    old: [],
    kept: testKey,
  },
  {
    given: 'a variable that wins over the file of another tool in a project',
    setups: ['--tool openai-sdk,codex', '--tool langchain --scope project'],
    named: 'openai-sdk',
    changed: ['langchain', 'openai-sdk'],
    shared: ['langchain'],
    stillOld: ['codex'],
    now: [env, 'project/.env'],
    old: ['.codex/.env'],
  },
  {
    given: 'a file that wins over the variable of another tool',
    setups: ['--tool claude-agent-sdk,codex', '--tool claude-code'],
    named: 'claude-code',
    changed: ['claude-agent-sdk', 'claude-code'],
    shared: ['claude-agent-sdk'],
    stillOld: ['codex'],
    now: [claudeFile, env],
    old: ['.codex/.env'],
  },
  {
    given: 'all that are set up, by name',
    setups: ['--tool codex,claude-code'],
    named: 'codex,claude-code',
    changed: ['claude-code', 'codex'],
    stillOld: [],
    now: [claudeFile, '.codex/.env'],
    old: [],
  },
]

describe('key rotate for some tools', () => {
  it.each(cases)('changes these alone, and says who has the old key: $given', async (one) => {
    const { run, stored } = machine()
    for (const each of one.setups) await run(`setup ${each}`)
    const before = usersPart(readTree(home))
    const { exit, data, findings, next } = await run(`key rotate --tool ${one.named}`, newKey)
    const { tools, alsoChanged, stillWithOldKey } = data as Record<string, string[]>
    expect([exit, [...(tools ?? [])].sort(), alsoChanged, [...(stillWithOldKey ?? [])].sort()]).toEqual([
      0,
      one.changed,
      one.shared ?? [],
      one.stillOld,
    ])
    expect([holders(newKey).sort(), holders(testKey).sort()]).toEqual([
      [...one.now].sort(),
      [...one.old].sort(),
    ])
    if (one.kept) expect(await stored()).toBe(one.kept)
    expect(findings.some(({ id }) => id === 'key-shared')).toBe(one.shared !== undefined)
    expect(findings.filter(({ id }) => id.startsWith('key-elsewhere') || id === 'key-in-backup')).toEqual([])
    const told = (next ?? []).join('\n')
    expect(told.includes("Don't delete it")).toBe(one.stillOld.length > 0)
    expect(told.includes('until you delete it')).toBe(one.stillOld.length === 0)
    // As long as a tool has the old key, the change is one like any other.
    const undone = await run('undo').catch((error: unknown) => error)
    if (one.stillOld.length === 0) expect(undone).toMatchObject({ code: 'key-stays', exit: 2 })
    else expect([undone, usersPart(readTree(home))]).toEqual([expect.objectContaining({ exit: 0 }), before])
  })

  it.each(cases)('writes nothing in a dry run, and says the same: $given', async (one) => {
    const { run } = machine()
    for (const each of one.setups) await run(`setup ${each}`)
    const before = readTree(home)
    const { exit, data } = await run(`key rotate --tool ${one.named} --dry-run`, newKey)
    expect([exit, data.alsoChanged, [...(data.stillWithOldKey as string[])].sort(), data.run]).toEqual([
      0,
      one.shared ?? [],
      one.stillOld,
      null,
    ])
    expect(readTree(home)).toEqual(before)
  })

  it('leaves the old key nowhere once the last tool has the new one', async () => {
    const { run } = machine()
    await run('setup --tool codex,claude-code,cline')
    for (const tool of ['codex', 'claude-code', 'cline']) await run(`key rotate ${tool}`, newKey)
    const all = Object.entries(readTree(home)).filter(([, { bytes }]) => bytes?.includes(testKey))
    expect(all).toEqual([])
    await run('remove')
    expect(usersPart(readTree(home))).toEqual({ project: expect.anything() })
  })

  it('gives each tool a key of its own, and tells nobody to keep one that no tool has', async () => {
    const { run } = machine()
    await run('setup --tool codex,claude-code')
    await run('key rotate codex', newKey)
    const { data, next } = await run('key rotate codex', otherKey)
    expect([data.stillWithOldKey, data.replacedKeys]).toEqual([[], 1])
    expect((next ?? []).join()).toContain('until you delete it')
    expect([holders(otherKey), holders(testKey)]).toEqual([['.codex/.env'], [claudeFile]])
    // All at once: both old keys go, from backups as well.
    const whole = await run('key rotate', `cr_${'12345678'.repeat(8)}`)
    expect(whole.data.replacedKeys).toBe(3)
    const left = Object.values(readTree(home)).filter(({ bytes = '' }) =>
      [testKey, newKey, otherKey].some((key) => bytes.includes(key)),
    )
    expect(left).toEqual([])
  })

  it.each([
    ['a tool that is not set up', 'setup --tool codex', 'aider', 'tool-not-set-up'],
    ['a word that is no tool', 'setup --tool codex', 'codx', 'unknown-tool'],
    [
      'a tool with a variable of the user',
      'setup --tool codex --key-store env',
      'codex',
      'key-from-environment',
    ],
  ])('refuses %s, and writes nothing', async (_, setup, named, code) => {
    const { run } = machine()
    await run(setup)
    const before = readTree(home)
    const refused = await run(`key rotate ${named}`, newKey).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code, exit: 2 })
    expect(readTree(home)).toEqual(before)
  })

  it('finds nothing to do where the tool has that key', async () => {
    const { run } = machine()
    await run('setup --tool codex,claude-code')
    await run('key rotate codex', newKey)
    const before = readTree(home)
    const { exit, data } = await run('key rotate codex', newKey)
    expect([exit, data.changed, data.run]).toEqual([0, false, null])
    expect(readTree(home)).toEqual(before)
  })
})
