import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  compileCatalog,
  compileToolFolders,
  describeFolderFault,
} from '../../../src/catalog/compile-catalog.ts'
import { resolvePath, resolvePlaces } from '../../../src/catalog/places.ts'
import { UserError } from '../../../src/errors.ts'
import { projectFolder, testCatalog } from '../../support/test-catalog.ts'

const scratch = mkdtempSync(join(tmpdir(), 'qcode-folders-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const manifest = `schema = 1
id = "mine"
title = "Mine"
docs = "https://example.com"
auth = "bearer"
detect = {}
[[variants]]
id = "default"
title = "every version"
endpoints = [{ protocol = "openai-chat", prefix = "/openai/v1", appends = "/chat/completions" }]
`
const target = `[[targets]]
scope = "user"
path = "{{ home }}/.mine/config"
format = "yaml"
content = "config"
`

/** The refusal of a folder with these files. */
async function refusalOf(files: Readonly<Record<string, string>>): Promise<UserError> {
  const parent = mkdtempSync(join(scratch, 'tools-'))
  mkdirSync(join(parent, 'mine'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(parent, 'mine', name), text)
  return thrownBy(() => compileToolFolders(parent, testCatalog.gateway))
}

async function thrownBy(work: () => unknown): Promise<UserError> {
  const error = await Promise.resolve()
    .then(work)
    .catch((thrown: unknown) => thrown)
  if (error instanceof UserError) return error
  throw new Error(`no UserError: ${error}`)
}

describe('a tool folder that failed with an error that was not for its author', () => {
  it.each([
    ['a snippet that is not there', `${manifest}[snippets]\npython = "example.py"\n`, {}, /missing/],
    ['a script that is not there', `${manifest}[[prove]]\nscript = "run.mjs"\n`, {}, /missing/],
    [
      'the base URL of a variant that there is not',
      manifest + target,
      { config: 'u: "{{ baseUrl@old }}"' },
      /\{\{ baseUrl@old \}\}/,
    ],
    [
      'the base URL of a protocol that a variant does not speak',
      `${manifest}[env.variables]\nU = "{{ baseUrl:anthropic-messages }}"\n`,
      {},
      /env: \{\{ baseUrl:anth/,
    ],
    [
      'a target for an option that there is not',
      `${manifest}${target}needs_option = "editor"\n`,
      { config: 'u: 1' },
      /targets\.0\.needs_option/,
    ],
    [
      'a note with a base URL that there is not',
      `${manifest}[[notes]]\ntext = "use {{ baseUrl:nothing }}"\n`,
      {},
      /notes: /,
    ],
    [
      'a placeholder that there is not',
      manifest + target,
      { config: 'u: "{{ baseurl }}"' },
      /\{\{ baseurl \}\}; did you mean \{\{ baseUrl \}\}\?/,
    ],
    [
      'a placeholder of a variable that there is not',
      `${manifest}[env.variables]\nU = "{{ modle }}"\n`,
      {},
      /env: .*\{\{ modle \}\}; did you mean \{\{ model \}\}\?/,
    ],
    [
      'a placeholder of a file of one run that there is not',
      `${manifest}[[run]]\nenv = { HOME_OF_MINE = "{{ runs }}" }\n`,
      {},
      /run: .*\{\{ runs \}\}/,
    ],
    ['a key that is joined to other text', manifest + target, { config: 'k: "Bearer {{ key }}"' }, /joins/],
    ['a value that contains itself', manifest + target, { config: 'a: &x\n  b: *x\n' }, /contains itself/],
  ])('%s', async (_, text, files, message) => {
    const error = await refusalOf({ 'tool.toml': text, ...files })
    expect(error).toMatchObject({ code: 'tool-folder', exit: 2 })
    expect(String(error.message)).toMatch(message)
  })

  it('a file where the folder of tools should be', async () => {
    const file = join(scratch, 'tools')
    writeFileSync(file, '')
    const error = await thrownBy(() => compileToolFolders(file, testCatalog.gateway))
    expect(error).toMatchObject({ code: 'tool-folder', exit: 2, where: { file } })
  })

  it.each(['nowhere', 'constructor', 'later'])(
    'a path that begins with the place %s, unknown on this machine',
    async (name) => {
      const host = { env: {}, home: scratch, cwd: scratch, platform: 'linux' as const }
      const places = resolvePlaces({ later: [{ env: 'LATER' }] }, host)
      const error = await thrownBy(() => resolvePath(`{{ ${name} }}/x`, places))
      expect(error).toMatchObject({ code: 'tool-folder', exit: 2 })
      expect(String(error.message)).toContain(`{{ ${name} }}`)
    },
  )
})

/** What a build says of the templates, with one file of them as it is here. */
async function faultAt(path: string, text: string): Promise<string | undefined> {
  const root = mkdtempSync(join(scratch, 'build-'))
  cpSync(join(projectFolder, 'templates'), join(root, 'templates'), { recursive: true })
  mkdirSync(join(root, 'templates/mine'))
  writeFileSync(join(root, 'templates/mine/config'), 'k: v\n')
  writeFileSync(join(root, path), text)
  return describeFolderFault(await thrownBy(() => compileCatalog(join(root, 'templates'))), root)
}

describe('a build says in one line, with the place, what is wrong with the templates', () => {
  const tool = 'templates/mine/tool.toml'
  it.each([
    [
      'a field of another kind',
      tool,
      manifest.replace('"Mine"', '7'),
      `${tool}:3:1: title must be of type string`,
    ],
    [
      'a name spelled wrong',
      tool,
      manifest.replace('docs', 'doc'),
      `${tool}:4:1: there is no field doc; did you mean docs?`,
    ],
    ['what is no TOML', tool, `${manifest}x = = 1\n`, new RegExp(`^${tool}:11:\\d+: ${tool} `)],
    [
      'a file that is not there',
      tool,
      manifest + target.replace('"config"', '"other"'),
      /^templates\/mine\/other: /,
    ],
    [
      'the gateway',
      'templates/gateway.toml',
      '# regions\n schema = 2\n',
      /^templates\/gateway\.toml:2:2: schema must be 1/,
    ],
    [
      'an endpoint of code that is no route',
      'templates/code-clients.toml',
      `schema = 1
[[clients]]
title = "Some library"
in = "code"
words = ["some"]
endpoint = { protocol = "openai-chat", prefix = "/v1", appends = "/chat/completions" }
`,
      /^templates\/code-clients\.toml:6:40: .*Some library/,
    ],
    [
      'a place of dotfiles that nobody defines',
      'templates/dotfiles.toml',
      'schema = 1\nfolders = ["{{ home }}/a", "{{ nowhere }}/b"]\nall_in = []\nplaces = {}\n',
      /^templates\/dotfiles\.toml:2:28: .*nowhere/,
    ],
    [
      'a field of dotfiles of another kind',
      'templates/dotfiles.toml',
      'schema = 1\nfolders = ["{{ home }}/a"]\nall_in = [7]\nplaces = {}\n',
      /^templates\/dotfiles\.toml:3:11: all_in\.0 must be of type string/,
    ],
    [
      'a field of a shell that there is not',
      'templates/shells.toml',
      'schema = 1\n[[shells]]\nid = "sh"\nlanguages = "posix"\n',
      /^templates\/shells\.toml:4:1: /,
    ],
    [
      'a trap without its Chinese text',
      'templates/traps.toml',
      'schema = 1\n\n[[traps]]\nid = "x"\nlevel = "info"\nwhen = [{ gateway = true }]\ntext = ""\nfix = ""\n',
      /^templates\/traps\.toml:3:1: traps\.0\.text_zh /,
    ],
    [
      'a shared file that is no TOML',
      'templates/traps.toml',
      'schema = = 1\n',
      /^templates\/traps\.toml:1:10: /,
    ],
  ])('%s', async (_, path, text, said) => {
    const fault = await faultAt(path, text)
    expect(fault).toEqual(typeof said === 'string' ? said : expect.stringMatching(said))
    expect(fault?.split('\n')).toHaveLength(1)
    expect(fault).not.toContain(scratch)
  })

  it('is not asked about a fault of the program', () => {
    expect(describeFolderFault(new TypeError('x'), '/')).toBeUndefined()
  })
})

it('a place that asks for the variable toString got a function', () => {
  const env = Object.create({ toString: () => '' })
  const host = { env, home: scratch, cwd: scratch, platform: 'linux' as const }
  expect(resolvePlaces({ mine: [{ env: 'toString' }, { path: '{{ home }}/x' }] }, host).mine).toBe(
    join(scratch, 'x'),
  )
})
