import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readTree } from '../../support/home-tree.ts'
import { makeHome, runProgram, sampleKey } from '../../support/run-program.ts'

const { home, drop } = makeHome()
afterAll(drop)
mkdirSync(join(home, 'app'))
symlinkSync('/etc', join(home, 'away'))
writeFileSync(join(home, 'key.txt'), `${sampleKey}\n`, { mode: 0o600 })
writeFileSync(join(home, 'blank.txt'), ' \n', { mode: 0o600 })
writeFileSync(join(home, 'two.txt'), `${sampleKey}\n${sampleKey}\n`, { mode: 0o600 })

type Format = 'toml' | 'json' | 'yaml'

/** What is wrong, its error, what is said, and the file in each format; `¦` stands before the place that is named. */
type Row = readonly [fault: string, code: string, says: string, files: Readonly<Record<Format, string>>]

/** A value of `key`, which is told of at its beginning. */
const key = (value: string): Record<Format, string> => ({
  toml: `tools = ["codex"]\nkey = ¦${JSON.stringify(value)}\n`,
  json: `{\n  "tools": ["codex"],\n  "key": ¦${JSON.stringify(value)}\n}\n`,
  yaml: `tools: [codex]\nkey: ¦${JSON.stringify(value)}\n`,
})

/** A setting of the second tool. */
const setting = (name: string, value: string): Record<Format, string> => ({
  toml: `key = "file:key.txt"\n[[tools]]\nid = "claude-code"\n[[tools]]\nid = "codex"\n${name} = ¦${JSON.stringify(value)}\n`,
  json: `{ "key": "file:key.txt", "tools": [\n  "claude-code",\n  { "id": "codex", "${name}": ¦${JSON.stringify(value)} }\n] }\n`,
  yaml: `key: file:key.txt\ntools:\n  - claude-code\n  - id: codex\n    ${name}: ¦${JSON.stringify(value)}\n`,
})

/** The key of a name, beside a tool that needs none. */
const nameKey = (value: string): Record<Format, string> => ({
  toml: `tools = ["codex"]\nkey = "file:key.txt"\n[names.work]\nregion = "eu"\nkey = ¦${JSON.stringify(value)}\n`,
  json: `{ "tools": ["codex"], "key": "file:key.txt",\n "names": { "work": { "region": "eu", "key": ¦${JSON.stringify(value)} } } }\n`,
  yaml: `tools: [codex]\nkey: file:key.txt\nnames:\n  work:\n    region: eu\n    key: ¦${JSON.stringify(value)}\n`,
})

const folder = (path: string): Record<Format, string> => ({
  toml: `key = "file:key.txt"\n[[tools]]\nid = "codex"\nfolders = ¦{ CODEX_HOME = "${path}" }\n`,
  json: `{ "key": "file:key.txt", "tools": [\n  { "id": "codex",\n    "folders": ¦{ "CODEX_HOME": "${path}" } }\n] }\n`,
  yaml: `key: file:key.txt\ntools:\n  - id: codex\n    folders: ¦{ CODEX_HOME: "${path}" }\n`,
})

const project = (path: string): Record<Format, string> => ({
  toml: `key = "file:key.txt"\n[[tools]]\nid = "claude-code"\nscope = "project"\nproject = ¦"${path}"\n`,
  json: `{ "key": "file:key.txt", "tools": [{ "id": "claude-code", "scope": "project",\n "project": ¦"${path}" }] }`,
  yaml: `key: file:key.txt\ntools:\n  - id: claude-code\n    scope: project\n    project: ¦"${path}"\n`,
})

const rows: readonly Row[] = [
  [
    'a syntax error',
    'does-not-parse',
    'not valid',
    {
      toml: 'region = "eu"\ntools = ["codex" ¦"aider"]\n',
      json: '{\n  "region": "eu",\n  "tools" ¦["codex"]\n}\n',
      yaml: 'region: eu\ntools: [codex, ¦}\n',
    },
  ],
  [
    'an unknown setting',
    'unknown-setting',
    'Did you mean region?',
    {
      toml: 'tools = ["codex"]\n¦regoin = "eu"\n',
      json: '{ "tools": ["codex"],\n  ¦"regoin": "eu" }\n',
      yaml: 'tools: [codex]\n¦regoin: eu\n',
    },
  ],
  [
    'an unknown setting of a tool',
    'unknown-setting',
    'Did you mean model?',
    {
      toml: '[[tools]]\nid = "codex"\n¦modle = "m"\n',
      json: '{ "tools": [{ "id": "codex",\n  ¦"modle": "m" }] }\n',
      yaml: 'tools:\n  - id: codex\n    ¦modle: m\n',
    },
  ],
  [
    'a wrong type',
    'setup-file-type',
    'must be a list',
    { toml: 'tools = ¦"codex"\n', json: '{\n"tools": ¦"codex" }\n', yaml: 'tools: ¦codex\n' },
  ],
  [
    'an unknown tool',
    'unknown-tool',
    'Did you mean codex?',
    {
      toml: 'tools = [\n  "aider",\n  ¦"cdoex",\n]\n',
      json: '{ "tools": ["aider",\n  ¦"cdoex"] }\n',
      yaml: 'tools:\n  - aider\n  - ¦cdoex\n',
    },
  ],
  ['an unknown region', 'unknown-region', 'Did you mean eu?', setting('region', 'europe')],
  ['an unknown scope', 'unknown-scope', 'Valid: ', setting('scope', 'managed-by-me')],
  ['an unknown shell', 'unknown-shell', 'Valid: ', setting('shell', 'tcsh')],
  ['a gateway that is no address', 'scheme', 'https://', setting('gateway', 'relay')],
  ['a gateway of another kind', 'scheme', '', setting('gateway', 'ftp://relay.example.com')],
  ['a relay without TLS', 'plain-http', '', setting('gateway', 'http://relay.example.com')],
  [
    'a gateway with more than an address',
    'query-or-fragment',
    'Use gateway = "https://relay.example.com"',
    setting('gateway', 'https://relay.example.com/?a=1'),
  ],
  ['a scope that the tool has not', 'scope-not-supported', 'Use scope = "user"', setting('scope', 'project')],
  ['a method that the tool has not', 'method-not-supported', 'Use method = "file"', setting('method', 'env')],
  ['a key inside', 'key-in-file', 'This file contains a key', keyInside()],
  ['a variable that is not set', 'key-empty', 'NOT_THERE is not set, or empty', key('env:NOT_THERE')],
  ['an empty variable', 'key-empty', 'EMPTY is not set, or empty', key('env:EMPTY')],
  ['a key file that is not there', 'key-file', 'change "key" in the file', key('file:~/none')],
  ['a folder as its key file', 'key-file', 'change "key" in the file', key('file:app')],
  ['a key file of a name that is not there', 'key-file', 'change "key" in the file', nameKey('file:~/none')],
  ['an empty key file of a name', 'key-empty', '', nameKey('file:blank.txt')],
  ['an empty key file', 'key-empty', '', key('file:blank.txt')],
  ['a key file with two lines', 'key-malformed', '', key('file:two.txt')],
  ['a key file outside of the home', 'path-outside', 'outside your home', key('file:/etc/hostname')],
  ['a key file behind a link', 'path-outside', 'outside your home', key('file:away/hostname')],
  ['a key file above the home', 'path-outside', 'outside your home', key('file:../elsewhere')],
  ['no reference at all', 'key-reference', 'must say where the key is', key('my-password')],
  [
    'a command that fails',
    'key-command',
    'failed with exit code 3',
    key('command:["/bin/sh","-c","exit 3"]'),
  ],
  ['a command that is not there', 'key-command', '', key('command:["no-such-program-anywhere"]')],
  ['a command that prints nothing', 'key-empty', '', key('command:["/bin/sh","-c","true"]')],
  ['a command by a relative path', 'key-command', '', key('command:["./get-key"]')],
  ['a folder outside of the home', 'path-outside', 'outside your home', folder('/var/codex')],
  ['a folder behind a link', 'path-outside', 'outside your home', folder('~/away/codex')],
  ['a folder above the home', 'path-outside', 'outside your home', folder('~/../codex')],
  ['the home of another user', 'path-outside', 'another user', folder('~root/codex')],
  ['a project outside of the home', 'path-outside', 'outside your home', project('/srv/app')],
  ['a project behind a link', 'path-outside', 'outside your home', project('away/app')],
]

function keyInside(): Record<Format, string> {
  return {
    toml: `tools = ["codex"]\nkey = "¦${sampleKey}"\n`,
    json: `{ "tools": ["codex"],\n  "key": "¦${sampleKey}" }\n`,
    yaml: `tools: [codex]\nkey: ¦${sampleKey}\n`,
  }
}

const cases = rows.flatMap(([fault, code, says, files]) =>
  Object.entries(files).map(([format, marked]) => ({ fault, code, says, format, marked })),
)

describe('a setup file', () => {
  it.each(cases)('in $format with $fault is refused at its place', async ({ code, says, format, marked }) => {
    const before = marked.slice(0, marked.indexOf('¦'))
    const name = `qcode.${format}`
    writeFileSync(join(home, name), marked.replace('¦', ''))
    const tree = readTree(home)
    const { exit, stdout, stderr } = await runProgram(
      ['apply', name, '--yes', '--no-check', '--allow-command', '--json'],
      { home, env: { EMPTY: '' } },
    )
    expect(exit, stdout + stderr).toBe(2)
    const { error } = JSON.parse(stdout)
    expect(error.where).toEqual({
      file: join(home, name),
      line: before.split('\n').length,
      column: before.length - before.lastIndexOf('\n'),
    })
    expect(error.code).toBe(code)
    expect(`${error.message} ${error.hint}`).toContain(says)
    // What is corrected in the file is no flag; what only this command can be told is one.
    expect(`${error.message} ${error.hint}`).not.toMatch(/--(?!allow-)/)
    expect(stdout + stderr).not.toContain(sampleKey)
    expect(readTree(home)).toEqual(tree)
  })
})

it.each([
  'https://example.com/qcode.toml',
  'http://127.0.0.1:1/qcode.toml',
  'file:///etc/qcode.toml',
  'data:text/plain,tools=[]',
])('an address instead of a file is a file that is not there: %s', async (address) => {
  const { exit, stderr } = await runProgram(['apply', address, '--yes', '--no-check'], { home })
  expect(exit, stderr).toBe(2)
  expect(stderr.replace(/\s+/g, ' ')).toContain('files and standard input, never an address')
})

const mebibyte = 1024 * 1024
const deep = (open: string, close: string) => open.repeat(20_000) + close.repeat(20_000)
const laughs = ['a: &a [x]', ...[...'bcdefghijklmnopq'].map(lineOf)].join('\n')

function lineOf(name: string, index: number): string {
  const inner = String.fromCharCode(name.charCodeAt(0) - 1)
  return `${name}: &${name} [${`*${inner},`.repeat(9)}*${inner}] # ${index}`
}

describe('a setup file that is meant to exhaust', () => {
  it.each<[string, string, string | Buffer]>([
    ['is larger than 1 MiB', 'a.toml', `${'# mine\n'.repeat(mebibyte / 7 + 1)}tools = ["codex"]\n`],
    ['is nested too deeply', 'a.toml', `tools = ${deep('[', ']')}\n`],
    ['is nested too deeply', 'a.json', `{"tools": ${deep('[', ']')}}`],
    ['is nested too deeply', 'a.json', `${deep('{"tools":', '}')}`],
    ['is nested too deeply', 'a.yaml', `tools: ${deep('[', ']')}\n`],
    ['is nested too deeply by blanks', 'a.yaml', nested(1_000)],
    ['has tables in tables', 'a.toml', `[${'a.'.repeat(20_000)}a]\nx = 1\n`],
    ['repeats itself by aliases', 'a.yaml', `${laughs}\ntools: *q\n`],
    ['is no text', 'a.toml', Buffer.from([0xff, 0xfe, 0x00, 0x80])],
    ['lists tools without end', 'a.yaml', `tools:\n${'  - codex\n'.repeat(5_000)}`],
  ])('since it %s, as %s, is refused in time', async (_, name, text) => {
    writeFileSync(join(home, name), text)
    const before = readTree(home)
    const began = performance.now()
    const { exit, stderr } = await runProgram(['apply', name, '--yes', '--no-check'], { home })
    expect(exit, stderr.slice(0, 500)).toBe(2)
    expect(stderr).toContain(name)
    expect(stderr.length).toBeLessThan(3_000)
    expect(performance.now() - began).toBeLessThan(30_000)
    expect(readTree(home)).toEqual(before)
  })

  it.each([
    ['a folder', (path: string) => mkdirSync(path)],
    ['a pipe that nobody writes to', (path: string) => execFileSync('mkfifo', [path])],
    ['a link to nothing', (path: string) => symlinkSync('nowhere', path)],
    ['a link to itself', (path: string) => symlinkSync(path, path)],
  ])('and %s in its place', async (what, make) => {
    const name = `${what.replaceAll(' ', '-')}.toml`
    make(join(home, name))
    const { exit, stderr } = await runProgram(['apply', name, '--yes', '--no-check'], { home })
    expect(exit, stderr).toBe(2)
    expect(stderr).toContain(name)
  })
})

function nested(levels: number): string {
  return Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}tools:\n`).join('')
}
