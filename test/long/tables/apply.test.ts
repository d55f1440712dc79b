import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readTree, stateBelowHome, usersPart } from '../../support/home-tree.ts'
import { makeHome, type Ran, runProgram, sampleKey, setUp } from '../../support/run-program.ts'

const file = 'key = "file:key.txt"\nregion = "us"\ntools = ["claude-code", "codex", "openai-sdk"]\n'

/** Later files win; here the one says nothing that the other does not. */
const team = 'region = "us"\ntools = ["claude-code", "codex"]\n'
const mine = 'key: file:key.txt\ntools: [openai-sdk]\n'

interface State {
  readonly prepare: (home: string) => Promise<unknown> | unknown
  /** What `apply --check` says of it. */
  readonly check: 0 | 3
  readonly says?: string
}

const states: Readonly<Record<string, State>> = {
  fresh: { prepare: () => {}, check: 3 },
  'as the file says': { prepare: (home) => apply(home, 'qcode.toml'), check: 0 },
  'set up by hand': {
    prepare: (home) => byHand(home, ['codex', 'claude-code', 'openai-sdk'], 'us'),
    check: 0,
  },
  'set up by hand for another region': {
    prepare: (home) => byHand(home, ['codex', 'claude-code', 'openai-sdk'], 'eu'),
    check: 3,
  },
  'changed since': {
    prepare: async (home) => {
      await apply(home, 'qcode.toml')
      const config = join(home, '.codex/config.toml')
      writeFileSync(
        config,
        readFileSync(config, 'utf8').replace(/^base_url = .*/m, 'base_url = "https://example.com/v1"'),
      )
    },
    check: 3,
    says: 'was changed after it was written',
  },
  'without one of its files': {
    prepare: async (home) => {
      await apply(home, 'qcode.toml')
      rmSync(join(home, '.claude/settings.json'))
    },
    check: 3,
  },
  'without one of its folders': {
    prepare: async (home) => {
      await apply(home, 'qcode.toml')
      rmSync(join(home, '.codex'), { recursive: true })
    },
    check: 3,
  },
  'with an unfinished run': {
    prepare: async (home) => {
      await apply(home, 'qcode.toml')
      leaveUnfinished(home)
    },
    check: 3,
    says: 'is not finished',
  },
  'with a second account': {
    prepare: async (home) => {
      await apply(home, 'qcode.toml')
      await byHand(home, ['codex'], 'eu', { CODEX_HOME: join(home, 'second account') })
    },
    check: 0,
  },
}

interface Column {
  readonly args: readonly string[]
  readonly input?: string
  readonly env?: (home: string) => Record<string, string>
  /** It means other places than the state has. */
  readonly elsewhere?: true
}

const columns: Readonly<Record<string, Column>> = {
  'with one file': { args: ['qcode.toml'] },
  'with --prune': { args: ['qcode.toml', '--prune'] },
  'with two files': { args: ['team.toml', 'mine.yaml'] },
  'with standard input': { args: ['-'], input: file },
  'in an odd environment': {
    args: ['qcode.toml'],
    env: (home) => ({
      CODEX_HOME: join(home, 'odd "codex"'),
      CLAUDE_CONFIG_DIR: join(home, 'odd claude'),
      QCODE_API_KEY: 'not-this-one',
      LC_ALL: 'zh_CN.UTF-8',
    }),
    elsewhere: true,
  },
}

function makeComputer(): string {
  const { home, drop } = makeHome()
  onTestFinished(drop)
  writeFileSync(join(home, '.bashrc'), '# mine\n', { mode: 0o640 })
  mkdirSync(join(home, '.codex'))
  writeFileSync(join(home, '.codex/config.toml'), '# mine\nmodel = "m"\n[tui]\nx = 1\n', { mode: 0o644 })
  writeFileSync(join(home, 'key.txt'), `${sampleKey}\n`, { mode: 0o600 })
  writeFileSync(join(home, 'qcode.toml'), file)
  writeFileSync(join(home, 'team.toml'), team)
  writeFileSync(join(home, 'mine.yaml'), mine)
  return home
}

async function run(home: string, { args, input, env }: Column, ...more: string[]): Promise<Ran> {
  const options = { home, ...(input && { input }), ...(env && { env: env(home) }) }
  return runProgram(['apply', ...args, '--no-check', ...more], options)
}

async function apply(home: string, ...args: string[]): Promise<Ran> {
  const ran = await runProgram(['apply', ...args, '--no-check', '--yes'], { home })
  expect(ran.exit, ran.stderr).toBe(0)
  return ran
}

async function byHand(
  home: string,
  tools: readonly string[],
  region: string,
  env: Record<string, string> = {},
  flags: readonly string[] = [],
): Promise<void> {
  const { exit, stderr } = await setUp(tools, { home, env }, '--region', region, ...flags)
  expect(exit, stderr).toBe(0)
}

/** As after a kill between two of the renames. */
function leaveUnfinished(home: string): void {
  const runs = join(home, stateBelowHome, 'runs')
  const journalFile = join(runs, readdirSync(runs)[0] ?? '', 'journal.json')
  const journal = JSON.parse(readFileSync(journalFile, 'utf8'))
  const half = journal.files.find(({ path }: { path: string }) => path.endsWith('.env'))
  renameSync(half.path, half.temporary)
  writeFileSync(journalFile, JSON.stringify({ ...journal, state: 'committing' }))
  writeFileSync(join(home, stateBelowHome, 'ledger.json'), JSON.stringify(journal.ledger.before))
}

describe.each(Object.entries(states))('on a computer that is %s,', (_, { prepare, check, says }) => {
  it.each(Object.entries(columns))('apply %s only says what it would do, with --check', async (_, column) => {
    const home = makeComputer()
    await prepare(home)
    const before = readTree(home)
    const expected = column.elsewhere ? 3 : check
    for (const flags of [
      ['--check', '--diff'],
      ['--check', '--yes', '--json'],
    ]) {
      const { exit, stderr, stdout } = await run(home, column, ...flags)
      expect([flags, exit], stderr).toEqual([flags, expected])
      expect(stdout + stderr).not.toContain(sampleKey)
      if (says && !column.elsewhere && !flags.includes('--json'))
        expect(stderr.replace(/\s+/g, ' ')).toContain(says)
    }
    const { exit } = await run(home, column, '--dry-run', '--on-conflict', 'overwrite')
    expect(exit).toBe(0)
    expect(readTree(home)).toEqual(before)
  })

  it.each(Object.entries(columns))('apply %s makes it so once, and undo takes it back', async (_, column) => {
    const home = makeComputer()
    await prepare(home)
    // Which run there is to undo: one that a recovery takes back is none.
    const before = usersPart(readTree(home))
    const first = await run(home, column, '--yes', '--on-conflict', 'overwrite', '--json')
    expect(first.exit, first.stderr).toBe(0)
    const after = readTree(home)
    const again = await run(home, column, '--yes', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ changed: false, run: null, removed: [] })
    expect(readTree(home)).toEqual(after)
    const checked = await run(home, column, '--check', '--json')
    expect(checked.exit, checked.stderr).toBe(0)
    expect(JSON.parse(checked.stdout)).toMatchObject({ changed: false, drift: [] })
    const { run: recorded } = JSON.parse(first.stdout)
    if (recorded === null || says === 'is not finished') return
    expect((await runProgram(['undo', '--yes'], { home })).exit).toBe(0)
    expect(usersPart(readTree(home))).toEqual(before)
  })
})

interface Place {
  readonly flags?: readonly string[]
  readonly env?: (home: string) => Record<string, string>
  readonly said: string
  readonly holds: string
}

/** One tool in one place: by hand, and as a file says it. */
const places: Readonly<Record<string, Place>> = {
  'its usual place': { said: '{ id = "aider" }', holds: '.aider.conf.yml' },
  'a second account': {
    env: (home) => ({ CODEX_HOME: join(home, 'second') }),
    said: '{ id = "codex", folders = { CODEX_HOME = "~/second" } }',
    holds: 'second/config.toml',
  },
  'another shell': {
    flags: ['--shell', 'fish'],
    said: '{ id = "openai-sdk", shell = "fish" }',
    holds: '.config/qcode-setup/env.fish',
  },
}

const toolOf = (said: string) => /id = "([\w-]+)"/.exec(said)?.[1] ?? ''
const key = 'key = "file:key.txt"\nregion = "us"\n'

describe.each(Object.entries(places))('--prune, with a tool in %s that no file lists,', (_, place) => {
  const other = place.said.includes('claude') ? 'codex' : 'claude-code'

  it('leaves it alone where it was set up by hand, and says so', async () => {
    const home = makeComputer()
    await byHand(home, [toolOf(place.said)], 'eu', place.env?.(home), place.flags)
    const before = readFileSync(join(home, place.holds), 'utf8')
    writeFileSync(join(home, 'one.toml'), `${key}tools = ["${other}"]\n`)
    const { stderr } = await apply(home, 'one.toml', '--prune')
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      `Configured by hand, and not in the file: ${toolOf(place.said)}`,
    )
    expect(readFileSync(join(home, place.holds), 'utf8')).toBe(before)
  })

  it('removes it where an earlier apply set it up, and nothing else', async () => {
    const home = makeComputer()
    writeFileSync(join(home, 'both.toml'), `${key}tools = ["${other}", ${place.said}]\n`)
    writeFileSync(join(home, 'one.toml'), `${key}tools = ["${other}"]\n`)
    await apply(home, 'one.toml')
    const before = usersPart(readTree(home))
    await apply(home, 'both.toml')
    expect(existsSync(join(home, place.holds))).toBe(true)
    const kept = await apply(home, 'one.toml')
    expect(kept.stderr.replace(/\s+/g, ' ')).toContain(`not in the file: ${toolOf(place.said)}`)
    const pending = await runProgram(['apply', 'one.toml', '--check', '--prune', '--no-check'], { home })
    expect(pending.exit).toBe(3)
    await apply(home, 'one.toml', '--prune')
    expect(usersPart(readTree(home))).toEqual(before)
  })

  it('leaves it alone once the user has set it up by hand again', async () => {
    const home = makeComputer()
    writeFileSync(join(home, 'both.toml'), `${key}tools = ["${other}", ${place.said}]\n`)
    writeFileSync(join(home, 'one.toml'), `${key}tools = ["${other}"]\n`)
    await apply(home, 'both.toml')
    await byHand(home, [toolOf(place.said)], 'eu', place.env?.(home), place.flags)
    await apply(home, 'one.toml', '--prune')
    expect(existsSync(join(home, place.holds))).toBe(true)
  })

  it('still knows after a switch that a file said so', async () => {
    const home = makeComputer()
    writeFileSync(join(home, 'both.toml'), `${key}tools = ["${other}", ${place.said}]\n`)
    writeFileSync(join(home, 'one.toml'), `${key}tools = ["${other}"]\n`)
    await apply(home, 'both.toml')
    expect((await runProgram(['switch', 'eu', '--yes', '--no-check'], { home })).exit).toBe(0)
    await apply(home, 'one.toml', '--prune')
    expect(readTree(home)[place.holds]).toBeUndefined()
  })
})

describe('a project that a file lists', () => {
  it('is pruned with its last mention, and another one that was set up by hand is not', async () => {
    const home = makeComputer()
    for (const name of ['ours', 'theirs']) mkdirSync(join(home, name))
    const ran = await setUp(
      ['claude-code'],
      { home, cwd: join(home, 'theirs') },
      '--scope',
      'project',
      '--region',
      'eu',
    )
    expect(ran.exit, ran.stderr).toBe(0)
    const theirs = usersPart(readTree(join(home, 'theirs')))
    const project = '{ id = "claude-code", scope = "project", project = "~/ours" }'
    writeFileSync(join(home, 'both.toml'), `${key}tools = ["codex", ${project}]\n`)
    writeFileSync(join(home, 'one.toml'), `${key}tools = ["codex"]\n`)
    await apply(home, 'both.toml')
    expect(readdirSync(join(home, 'ours'))).not.toEqual([])
    await apply(home, 'one.toml', '--prune')
    expect(readdirSync(join(home, 'ours'))).toEqual([])
    expect(usersPart(readTree(join(home, 'theirs')))).toEqual(theirs)
  })
})

describe('a file without a list of tools', () => {
  it.each(['', 'region = "eu"\n', '# nothing\n'])('is refused, also with --prune: %j', async (text) => {
    const home = makeComputer()
    await apply(home, 'qcode.toml')
    writeFileSync(join(home, 'empty.toml'), text)
    const before = readTree(home)
    for (const args of [['empty.toml'], ['empty.toml', '--prune'], ['-', '--prune']]) {
      const { exit, stderr } = await runProgram(['apply', ...args, '--yes', '--no-check'], {
        home,
        input: text,
      })
      expect([args, exit], stderr).toEqual([args, 2])
      expect(stderr).toContain('No tools are listed')
    }
    expect(readTree(home)).toEqual(before)
  })

  it('and with an empty list is meant: --prune then removes all that files said', async () => {
    const home = makeComputer()
    const before = usersPart(readTree(home))
    await apply(home, 'qcode.toml')
    writeFileSync(join(home, 'none.json'), '{ "tools": [] }')
    await apply(home, 'none.json', '--prune')
    rmSync(join(home, 'none.json'))
    expect(usersPart(readTree(home))).toEqual(before)
  })
})

describe('what stays of a tool whose key is in the environment', () => {
  it.each([
    ['claude-code', 'langchain'],
    ['claude-code', 'claude-code,langchain'],
    ['claude-code', 'claude-agent-sdk,langchain'],
  ])(
    '%s in a project beside %s: an export that is applied takes no key from either',
    async (inProject, others) => {
      const home = makeComputer()
      const cwd = join(home, 'project')
      mkdirSync(cwd)
      const env = { QCODE_API_KEY: sampleKey }
      const flags = ['--scope', 'project', '--key-store', 'env', '--yes', '--no-check']
      const first = await runProgram(['--tool', inProject, ...flags], { home, cwd, env })
      expect(first.exit, first.stderr).toBe(0)
      await byHand(home, others.split(','), 'global')
      const exported = await runProgram(['export'], { home })
      writeFileSync(join(home, 'exported.toml'), exported.stdout)
      const before = usersPart(readTree(home))
      const applied = await runProgram(['apply', 'exported.toml', '--yes', '--no-check', '--json'], {
        home,
        env,
      })
      expect(JSON.parse(applied.stdout), applied.stderr).toMatchObject({ changed: false })
      expect(usersPart(readTree(home))).toEqual(before)
    },
  )
})
