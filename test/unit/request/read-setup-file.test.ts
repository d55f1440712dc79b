import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import { readSetupFiles } from '../../../src/request/read-setup-file.ts'
import { setupFileSchema } from '../../../src/request/setup-file-schema.ts'
import { say } from '../../../src/texts/message.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

const home = mkdtempSync(join(tmpdir(), 'setup-file-'))
afterAll(() => rmSync(home, { recursive: true }))

function write(name: string, text: string | Uint8Array): string {
  const path = join(home, name)
  writeFileSync(path, text)
  return path
}

async function errorOf(names: readonly string[], stdin = ''): Promise<UserError> {
  const readStdin = async () => new TextEncoder().encode(stdin)
  try {
    await readSetupFiles(names, testCatalog, createTestHost(home, { readStdin }))
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('it was taken')
}

type Row = readonly [fault: string, file: string, text: string, line: number, column: number, says: string]

const rows: readonly Row[] = [
  ['an unknown setting', 'a.toml', 'regoin = "eu"\ntools = ["codex"]\n', 1, 1, 'Did you mean region?'],
  ['an unknown setting', 'a.json', '{\n  "regoin": "eu"\n}', 2, 3, 'Did you mean region?'],
  ['an unknown setting', 'a.yaml', '# c\ntools: [codex]\nregoin: eu\n', 3, 1, 'Did you mean region?'],
  [
    'an unknown setting of a tool',
    'a.toml',
    '[[tools]]\nid = "codex"\n[[tools]]\nid = "aider"\nmodle = "x"\n',
    5,
    1,
    'Did you mean model?',
  ],
  [
    'an unknown setting of a tool',
    'a.toml',
    'tools = [\n  "codex",\n  { id = "aider", modle = "x" },\n]\n',
    3,
    19,
    'Did you mean model?',
  ],
  [
    'an unknown setting of a tool',
    'a.json',
    '{ "tools": [\n  "codex",\n  { "id": "aider", "modle": 1 } ] }',
    3,
    20,
    'Did you mean model?',
  ],
  [
    'an unknown setting of a tool',
    'a.yml',
    'tools:\n  - codex\n  - id: aider\n    modle: x\n',
    4,
    5,
    'Did you mean model?',
  ],
  ['a table for an unknown setting', 'a.toml', 'region = "eu"\n\n[extra]\nx = 1\n', 3, 1, '"extra"'],
  ['a dotted unknown setting', 'a.toml', 'region = "eu"\nextra.x = 1\n', 2, 1, '"extra"'],
  ['another name for the key', 'a.toml', 'api_key = "hunter2hunter2"\n', 1, 1, 'Did you mean key?'],
  ['an unknown tool', 'a.toml', 'tools = ["aider", "cdoex"]\n', 1, 19, 'Did you mean codex?'],
  ['an unknown tool', 'a.json', '{"tools": ["aider",\n "cdoex"]}', 2, 2, 'Did you mean codex?'],
  ['an unknown tool', 'a.yaml', 'tools:\n  - id: cdoex\n', 2, 9, 'Did you mean codex?'],
  ['a tool that is no id at all', 'a.yaml', 'tools: ["-x y"]\n', 1, 9, 'Unknown tool'],
  ['a synonym of a tool', 'a.yaml', 'tools: [claude]\n', 1, 9, 'Did you mean claude-code?'],
  ['an unknown region', 'a.toml', 'region = "europe"\n', 1, 10, 'Did you mean eu?'],
  [
    'an unknown region of a tool',
    'a.toml',
    '[[tools]]\nid = "codex"\nregion = "mars"\n',
    3,
    10,
    'Valid: global',
  ],
  ['an unknown scope', 'a.json', '{"scope": "global"}', 1, 11, 'Did you mean user?'],
  ['an unknown method', 'a.yaml', 'method: environment\n', 1, 9, 'Did you mean env?'],
  ['an unknown key store', 'a.toml', 'key_store = "keyring"\n', 1, 13, 'Did you mean keychain?'],
  [
    'an unknown variant',
    'a.toml',
    '[[tools]]\nid = "codex"\nvariant = "opneai"\n',
    3,
    11,
    'Did you mean openai?',
  ],
  ['a number for a text', 'a.toml', 'gateway = 1\n', 1, 11, 'gateway must be a text'],
  ['a number for a choice', 'a.toml', 'region = 1\n', 1, 10, 'region must be'],
  ['a text for a list', 'a.yaml', 'tools: codex\n', 1, 8, 'tools must be a list'],
  ['a number for a tool', 'a.json', '{"tools": [1]}', 1, 12, 'tools must be a list of tool ids'],
  ['a table without an id', 'a.toml', '[[tools]]\nmodel = "x"\n', 1, 1, '"id" is missing'],
  ['null', 'a.json', '{"region": null}', 1, 12, 'region must be'],
  [
    'a list for folders',
    'a.yaml',
    'tools:\n  - id: codex\n    folders: [a]\n',
    3,
    14,
    'folders must be a table',
  ],
  [
    'a number in folders',
    'a.toml',
    '[[tools]]\nid = "codex"\nfolders = { CODEX_HOME = 1 }\n',
    3,
    26,
    'CODEX_HOME must be a text',
  ],
  [
    'an odd name in folders',
    'a.toml',
    '[[tools]]\nid = "codex"\nfolders = { "A B" = "x" }\n',
    3,
    13,
    '"A B" is not the name',
  ],
  ['an empty text', 'a.toml', 'gateway = ""\n', 1, 11, 'gateway is empty'],
  ['a later version', 'a.toml', 'version = 2\n', 1, 11, 'version must be'],
  [
    'a key instead of a reference',
    'a.toml',
    'region = "eu"\nkey = "hunter2hunter2"\n',
    2,
    7,
    'not what it is',
  ],
  ['a number as the key', 'a.json', '{"key": 12345678}', 1, 9, 'not what it is'],
  ['a variable without a name', 'a.toml', 'key = "env:"\n', 1, 7, 'not what it is'],
  ['a variable with a blank', 'a.toml', 'key = "env:A B"\n', 1, 7, 'not what it is'],
  ['a file without a path', 'a.yaml', 'key: "file:"\n', 1, 6, 'not what it is'],
  ['a command that is no list', 'a.toml', 'key = "command:pass qcode"\n', 1, 7, 'not what it is'],
  ['a command without words', 'a.toml', 'key = "command:[]"\n', 1, 7, 'not what it is'],
  ['a command of numbers', 'a.toml', 'key = { command = [1] }\n', 1, 7, 'not what it is'],
  [
    'both region and gateway',
    'a.toml',
    'region = "eu"\ngateway = "https://relay.example.com"\n',
    2,
    1,
    "can't be used together",
  ],
  ['the same tool twice', 'a.toml', 'tools = ["codex", "codex"]\n', 1, 19, 'listed twice'],
  ['a syntax error', 'a.toml', 'region = "eu"\nkey = \n', 2, 7, 'not valid TOML'],
  ['a syntax error', 'a.json', '{\n  "region" "eu"\n}', 2, 12, 'not valid JSON'],
  ['a syntax error', 'a.yaml', 'region: eu\n\ttools: []\n', 2, 1, 'not valid YAML'],
  ['the same setting twice', 'a.json', '{"region": "eu", "region": "us"}', 1, 18, 'same key twice'],
  ['the same setting twice', 'a.yaml', 'region: eu\nregion: us\n', 2, 1, 'same key twice'],
  ['the same setting twice', 'a.toml', 'region = "eu"\nregion = "us"\n', 2, 1, 'defined twice'],
  ['the name of a prototype', 'a.json', '{"__proto__": {"region": "eu"}}', 1, 2, '__proto__'],
  ['the name of a method', 'a.yaml', 'constructor: eu\n', 1, 1, '"constructor"'],
  ['a text as the whole', 'a.yaml', 'codex\n', 1, 1, ''],
  ['a list as the whole', 'a.json', '[]', 1, 1, ''],
  ['a key that looks like one', 'a.toml', `# mine\nkey = "${testKey}"\n`, 2, 8, 'contains a key'],
  ['a key in a comment', 'a.yaml', `tools: [codex]\n# ${testKey}\n`, 2, 3, 'contains a key'],
  ['a key of a vendor', 'a.json', '{"key": "sk-ant-REDACTEDREDACTED"}', 1, 10, 'contains a key'],
  ['a key behind escapes', 'a.json', `{"key": "\\u0063${testKey.slice(1)}"}`, 1, 9, 'contains a key'],
  ['a key in a broken file', 'a.toml', `key = "${testKey}\n`, 1, 8, 'contains a key'],
  ['a key in a command', 'a.toml', `key = { command = ["echo", "${testKey}"] }\n`, 1, 29, 'contains a key'],
]

describe('a setup file', () => {
  it.each(rows)('with %s (%s: %j) is refused at its place', async (_, name, text, line, column, says) => {
    const file = write(name, text)
    const error = await errorOf([file])
    expect([error.exit, error.where]).toEqual([2, { file, line, column }])
    expect(`${error.message} ${error.hint}`).toContain(says)
    const shown = JSON.stringify([error.message, error.hint])
    for (const secret of [testKey, 'hunter2', 'REDACTED']) expect(shown).not.toContain(secret)
  })
})

/** Of a setting that is no text, or whose flag names a tool, no error of the command line is shown. */
const otherWords = ['id', 'models', 'options', 'variant', 'folders']

it('an error of the command line that a setting leads to speaks of the setting, and of flags only in a command', () => {
  const settings = Object.keys(setupFileSchema(testCatalog).tool.shape).filter(
    (name) => !otherWords.includes(name),
  )
  expect(settings.length).toBeGreaterThan(6)
  for (const name of settings) {
    const flag = `--${name.replace('_', '-')}`
    const hint = [`Use ${flag} a/b.c.`, say('print.steps-key.hint'), `Run: qcode-setup ${flag} a`]
    const placed = new UserError({ code: 'x', message: `(${flag} a)`, hint }).at({ file: 'f' })
    expect([placed.message, placed.hint]).toEqual([
      `(${name} = "a")`,
      `Use ${name} = "a/b.c".\n${String(say('print.steps-key.hint'))}\nRun: qcode-setup ${flag} a`,
    ])
  }
})
