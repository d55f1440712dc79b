import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { modelFlags } from '../../support/every-tool.ts'
import { readTree, usersPart } from '../../support/home-tree.ts'
import { runInProcess } from '../../support/run-in-process.ts'
import { createTestHost } from '../../support/test-host.ts'

function newHome(): string {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-bare-')))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}

const setUp = (id: string, ...flags: readonly string[]) =>
  ['setup --tool', id, ...flags, '--key-file - --yes --no-check', ...modelFlags(id)].join(' ')

const blank = ['', '\n', '  \n\n', '\t', '\r\n\r\n']

const marked = ['\uFEFF', '\uFEFF\r\n']

const hashes = ['# mine', '# mine\n', '# mine \n\n', '\n# a\n\n# b\n', '# a\r\n# b', '  # {}\n']

const slashes = [
  ...hashes.map((text) => text.replaceAll('#', '//')),
  '/* a */',
  '/* a\n */\n',
  '// a\n/* {} */ ',
  '\uFEFF// mine\r\n',
]

/** Files in which a setup writes, and what may stand there that is no value; by hand, for each format. */
const files: readonly (readonly [setup: string, file: string, texts: readonly string[], shell?: string])[] = [
  [setUp('claude-code'), '.claude/settings.json', [...blank, ...marked]],
  [setUp('opencode'), '.config/opencode/opencode.jsonc', [...blank, ...marked, ...slashes]],
  [setUp('qwen-code'), '.qwen/settings.json', [...blank, ...marked, ...slashes]],
  [setUp('claude-code', '--vscode'), '.config/Code/User/settings.json', [...blank, ...marked, ...slashes]],
  [setUp('codex'), '.codex/config.toml', [...blank, ...marked, ...hashes, '\uFEFF# mine\r\n']],
  [setUp('qwen-code'), '.qwen/.env', [...blank, ...hashes]],
  [setUp('aider'), '.aider.conf.yml', [...blank, ...marked, ...hashes, '---\n', '# a\n---\n# b\n']],
  [setUp('openai-sdk'), '.bashrc', [...blank, ...hashes], '/bin/bash'],
  [setUp('openai-sdk'), '.zshenv', [...blank, ...hashes], '/usr/bin/zsh'],
  [setUp('openai-sdk'), '.config/fish/config.fish', [...blank, ...hashes], '/usr/bin/fish'],
]

const rows = files.flatMap(([setup, file, texts, shell]) =>
  texts.map((text) => ({ setup, file, text, shell })),
)

/** A home with one file in it, and the program there. */
function machine({
  file,
  text,
  shell = '/bin/bash',
}: Pick<(typeof rows)[number], 'file' | 'text' | 'shell'>) {
  const home = newHome()
  const path = join(home, file)
  mkdirSync(dirname(path), { recursive: true })
  mkdirSync(join(home, '.vscode/extensions/anthropic.claude-code-2.1.330'), { recursive: true })
  writeFileSync(path, text)
  const host = createTestHost(home, { env: { HOME: home, PATH: '', SHELL: shell } })
  const run = async (line: string) => {
    const done = await runInProcess(line, host)
    expect(done.exit, done.text).toBe(0)
  }
  return { path, run, users: () => usersPart(readTree(home)) }
}

describe('given a file in which no value stands', () => {
  it.each(rows)('$file with $text: a removal leaves it as it was', async (row) => {
    const { path, run, users } = machine(row)
    const before = users()
    await run(row.setup)
    expect(readFileSync(path, 'utf8')).not.toBe(row.text)
    await run('switch eu --yes --no-check')
    await run('remove --yes')
    expect(users()).toEqual(before)
  })
})

/** What a user does to the file between: ours is taken out of what is there then. */
const between: readonly (readonly [
  string,
  before: string,
  change: (text: string) => string,
  after: string,
])[] = [
  ['a comment put in front', '', (text) => `// new\n${text}`, '// new'],
  ['a comment put behind', '// mine\n', (text) => `${text}// new\n`, '// mine\n// new\n'],
  ['a comment put behind what was empty', '', (text) => `${text}// new\n`, '// new\n'],
  ['the comment taken out', '// mine\n', (text) => text.replace('// mine\n', ''), '\n'],
  ['a comment put in', '', (text) => text.replace('{', '{\n  // new'), '{\n  // new\n}\n'],
  ['a value put in', '// mine\n', (text) => text.replace('{', '{\n  "a": 1,'), '// mine\n{\n  "a": 1\n}\n'],
]

it.each(between)('with %s, only what is ours goes', async (_, text, change, after) => {
  const { path, run } = machine({ file: '.config/opencode/opencode.jsonc', text, shell: undefined })
  await run(setUp('opencode'))
  writeFileSync(path, change(readFileSync(path, 'utf8')))
  await run('remove --yes')
  expect(readFileSync(path, 'utf8')).toBe(after)
})

it.each(['{}', '{}\n', '// mine\n{}\n', '{ }', '{\n}\n', '{ /* mine */ }\n'])(
  'given %j, the object was there before and stays',
  async (text) => {
    const { run, users } = machine({ file: '.config/opencode/opencode.jsonc', text, shell: undefined })
    const before = users()
    await run(setUp('opencode'))
    await run('remove --yes')
    expect(users()).toEqual(before)
  },
)

it('given no file, there is none afterwards', async () => {
  const home = newHome()
  const host = createTestHost(home)
  for (const id of ['opencode', 'aider', 'codex']) expect((await runInProcess(setUp(id), host)).exit).toBe(0)
  expect(existsSync(join(home, '.config/opencode/opencode.jsonc'))).toBe(true)
  expect((await runInProcess('remove --yes', host)).exit).toBe(0)
  expect(usersPart(readTree(home))).toEqual({})
})
