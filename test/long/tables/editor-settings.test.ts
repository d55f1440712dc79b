import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readTree, usersPart } from '../../support/home-tree.ts'
import {
  makeHome,
  type Ran,
  type RunOptions,
  runProgram,
  sampleKey,
  setUp,
} from '../../support/run-program.ts'

const code = '.config/Code/User/settings.json'
const cursor = '.config/Cursor/User/settings.json'
const extension = (folder: string) => ({
  [`${folder}/extensions/anthropic.claude-code-2.1.330/package.json`]: '{}\n',
})
const variables = (entries: string) => `{\n  "claudeCode.environmentVariables": ${entries}\n}\n`

interface State {
  readonly title: string
  readonly files: Readonly<Record<string, string>>
  /** The files of editors that have the setting afterwards. */
  readonly written: readonly string[]
}

/** Homes as people have them. In each, Claude Code's settings lie in a folder of their own, which the extension has to be told. */
const states: readonly State[] = [
  { title: 'no editor', files: {}, written: [] },
  { title: 'an editor without the extension', files: { [code]: '{\n}\n' }, written: [] },
  { title: 'an editor that was never set', files: extension('.vscode'), written: [code] },
  {
    title: 'comments, trailing commas, variables of the user',
    files: {
      ...extension('.vscode'),
      [code]:
        '{\n  // mine\n  "a": 1, /* b */\n  "claudeCode.environmentVariables": [\n    { "name": "A", "value": "1" }, // one\n    // two\n  ],\n}\n',
    },
    written: [code],
  },
  {
    title: 'CRLF, a byte order mark, no last newline, the setting off',
    files: {
      ...extension('.cursor'),
      [cursor]:
        '\uFEFF{\r\n\t"a": [],\r\n\t"claudeCode.disableLoginPrompt": false,\r\n\t"claudeCode.environmentVariables": []\r\n}',
    },
    written: [cursor],
  },
  {
    title: 'two editors, one of them empty, and a third without the extension',
    files: {
      ...extension('.vscode'),
      ...extension('.cursor'),
      [code]: '',
      [cursor]: '{ "claudeCode.disableLoginPrompt": true, "b": 2 }',
      '.config/VSCodium/User/settings.json': '{ "c": 3 }\n',
    },
    written: [code, cursor],
  },
  {
    title: 'our name in the list with another value, and a key of another gateway',
    files: {
      ...extension('.vscode'),
      [code]: variables(
        '[\n    { "value": "/elsewhere", "name": "CLAUDE_CONFIG_DIR" },\n    { "name": "ANTHROPIC_AUTH_TOKEN", "value": "sk-other-0123456789" },\n  ]',
      ),
    },
    written: [code],
  },
  {
    title: 'VS Code of another machine, connected to this one',
    files: extension('.vscode-server'),
    written: ['.vscode-server/data/Machine/settings.json'],
  },
]

const otherKey = `cr_${'fedcba9876543210'.repeat(4)}`

function homeWith({ files }: Pick<State, 'files'>): RunOptions & { home: string } {
  const { home, drop } = makeHome()
  onTestFinished(drop)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }
  return { home, env: { CLAUDE_CONFIG_DIR: join(home, 'work') } }
}

/** Every file of an editor by its path, with its mode. */
const editorsOf = (home: string) =>
  Object.entries(usersPart(readTree(home))).filter(
    ([path, { kind }]) => kind === 'file' && /Code|Cursor|VSCodium|vscode|cursor/.test(path),
  )

const wish = ['--vscode', '--on-conflict', 'overwrite'] as const

const takesBack: readonly (readonly [string, (place: RunOptions) => Promise<Ran>])[] = [
  ['undo', (place) => runProgram(['undo', '--yes'], place)],
  ['remove', (place) => runProgram(['remove', '--yes'], place)],
  ['--unset vscode', (place) => setUp(['claude-code'], place, '--unset', 'vscode')],
  ['--method env', (place) => setUp(['claude-code'], place, '--method', 'env')],
]

describe.each(states.map((state) => [state.title, state] as const))('given %s', (_, state) => {
  it('is left alone where nobody asks for it', async () => {
    const place = homeWith(state)
    const before = editorsOf(place.home)
    expect((await setUp(['claude-code'], place)).exit).toBe(0)
    expect((await runProgram(['switch', 'eu', '--yes', '--no-check'], place)).exit).toBe(0)
    expect(editorsOf(place.home)).toEqual(before)
  })

  it('gets the login screen off and the folder, never a key, and says so where there is no editor', async () => {
    const place = homeWith(state)
    const done = await setUp(['claude-code'], place, ...wish)
    expect(done.exit, done.stderr).toBe(0)
    expect(done.stderr.includes('--vscode changed nothing')).toBe(state.written.length === 0)
    for (const path of state.written) {
      const text = readFileSync(join(place.home, path), 'utf8')
      expect(text).toMatch(/"claudeCode.disableLoginPrompt": true/)
      expect(text).toContain(join(place.home, 'work'))
      for (const line of (state.files[path] ?? '').split(/\r?\n/).filter((one) => one.includes('//')))
        expect(text).toContain(line)
    }
    const after = editorsOf(place.home)
    for (const args of [
      ['switch', 'eu', '--yes', '--no-check'],
      ['key', 'rotate', '--yes', '--no-check'],
    ]) {
      const env = { ...place.env, QCODE_API_KEY: otherKey }
      const moved = await runProgram(args, { ...place, env })
      expect(moved.exit, moved.stderr).toBe(0)
      expect(editorsOf(place.home)).toEqual(after)
    }
    expect(JSON.stringify(after)).not.toMatch(new RegExp(`${sampleKey}|${otherKey}|qcode[.]cc`))
    const { stdout } = await runProgram(['status'], place)
    expect(stdout).toContain('up to date')
    const doctor = await runProgram(['doctor', '--no-check', '--json'], place)
    expect(doctor.stdout).not.toContain('claude-code-vscode')
  })
})

const withEditors = states.filter(({ written }) => written.length > 0)

describe.each(withEditors.map((state) => [state.title, state] as const))('given %s', (_, state) => {
  it.each(takesBack)('has its bytes again after %s', async (_, takeBack) => {
    const place = homeWith(state)
    const before = editorsOf(place.home)
    expect((await setUp(['claude-code'], place)).exit).toBe(0)
    expect((await setUp(['claude-code'], place, ...wish)).exit).toBe(0)
    expect(editorsOf(place.home)).not.toEqual(before)
    expect((await takeBack(place)).exit).toBe(0)
    expect(editorsOf(place.home)).toEqual(before)
  })
})

it.each(withEditors.slice(1, 3))(
  'is the same on another computer that applies what was exported: $title',
  async (state) => {
    const place = homeWith(state)
    expect((await setUp(['claude-code'], place, ...wish)).exit).toBe(0)
    const { stdout } = await runProgram(['export'], place)
    const other = homeWith(state)
    const file = join(other.home, 'qcode.toml')
    writeFileSync(file, stdout)
    const env = { ...other.env, QCODE_API_KEY: sampleKey }
    const args = ['apply', file, '--yes', '--no-check', '--on-conflict', 'overwrite']
    const applied = await runProgram(args, { ...other, env })
    expect(applied.exit, applied.stderr).toBe(0)
    const plain = (home: string) => JSON.stringify(editorsOf(home)).replaceAll(home, '~')
    expect(plain(other.home)).toBe(plain(place.home))
  },
)

it.each([
  ['has the name twice', '[{ "name": "CLAUDE_CONFIG_DIR", "value": "a" }, { "name": "CLAUDE_CONFIG_DIR" }]'],
  ['is no list', '{ "CLAUDE_CONFIG_DIR": "a" }'],
  ['does not parse', '[{ "name" ]'],
])('given a list that %s, refuses before anything is written', async (_, entries) => {
  const place = homeWith({ files: { ...extension('.vscode'), [code]: variables(entries) } })
  const before = usersPart(readTree(place.home))
  const refused = await setUp(['claude-code'], place, ...wish)
  expect(refused.exit).not.toBe(0)
  expect(refused.stderr).toContain(code)
  expect(usersPart(readTree(place.home))).toEqual(before)
})

it('with two folders of Claude Code the last one is told to the extension, once', async () => {
  const place = homeWith({ files: { ...extension('.vscode'), [code]: '{\n}\n' } })
  const other = { ...place, env: { CLAUDE_CONFIG_DIR: join(place.home, 'private') } }
  expect((await setUp(['claude-code'], place, ...wish)).exit).toBe(0)
  expect((await setUp(['claude-code'], other, ...wish)).exit).toBe(0)
  const before = editorsOf(place.home)
  for (const exit of [3, 0]) {
    const args = ['switch', 'eu', '--yes', '--no-check']
    expect((await runProgram([...args, '--dry-run', '--exit-code'], place)).exit).toBe(exit)
    const done = await runProgram(args, place)
    expect([done.exit, done.stderr]).toEqual([
      0,
      expect.stringContaining(`${other.env.CLAUDE_CONFIG_DIR}" is used`),
    ])
    expect(editorsOf(place.home)).toEqual(before)
  }
})

/** What is left of an editor that somebody takes off the computer. */
const uninstalled: readonly (readonly [string, readonly string[]])[] = [
  ['the extension gone', ['.vscode/extensions']],
  ['the program gone, its settings left', ['.vscode']],
  ['all of it gone', ['.vscode', '.config/Code']],
]

describe.each(uninstalled)('given an editor that was set up, and then %s', (_, gone) => {
  const lose = async () => {
    const place = homeWith({ files: { ...extension('.vscode'), [code]: '// mine\n' } })
    expect((await setUp(['claude-code'], place, '--vscode', '--region', 'eu')).exit).toBe(0)
    for (const path of gone) rmSync(join(place.home, path), { recursive: true })
    return place
  }

  it.each(['en', 'zh-CN'])('a switch says which command ends that, in %s, and it does', async (lang) => {
    const place = await lose()
    const moved = await runProgram(['switch', 'us', '--yes', '--no-check', '--lang', lang], place)
    const [, command = ''] = /(qcode-setup --tool claude-code .*--unset vscode)/.exec(moved.stderr) ?? []
    expect(command.split(' ')).toEqual(expect.arrayContaining(['--region', 'us']))
    const ended = await runProgram(
      [...command.split(' ').slice(1), '--key-file', '-', '--yes', '--no-check'],
      { ...place, input: `${sampleKey}\n` },
    )
    expect(ended.exit, ended.stderr).toBe(0)
    if (!gone.includes('.config/Code')) expect(readFileSync(join(place.home, code), 'utf8')).toBe('// mine\n')
    const { stdout } = await runProgram(['status', '--json'], place)
    expect(JSON.parse(stdout).tools[0]).toMatchObject({ region: 'us', asWritten: true })
    const after = await runProgram(['switch', 'asia', '--yes', '--no-check'], place)
    expect(after.stderr).not.toContain('vscode')
  })

  it('apply says what to take out of the file, and without that it is quiet', async () => {
    const place = await lose()
    const { stdout } = await runProgram(['export'], place)
    const file = join(place.home, 'qcode.toml')
    writeFileSync(file, stdout)
    const applied = await runProgram(['apply', file, '--yes', '--no-check'], place)
    expect(applied.stderr.replace(/\s+/g, ' ')).toContain(
      'take vscode out of the options of claude-code in your setup file',
    )
    expect(applied.stderr).not.toContain('--unset')
    writeFileSync(file, stdout.replace(/^\s*vscode = true$/m, ''))
    const after = await runProgram(['apply', file, '--yes', '--no-check'], place)
    expect([after.exit, after.stderr]).toEqual([0, expect.not.stringContaining('vscode')])
  })
})
