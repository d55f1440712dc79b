import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { compileToolFolders } from '../../../src/catalog/compile-catalog.ts'
import { resolvePath, resolvePlaces } from '../../../src/catalog/places.ts'
import { UserError } from '../../../src/errors.ts'
import { testCatalog } from '../../support/test-catalog.ts'

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
      'a note with a base URL that there is not',
      `${manifest}[[notes]]\ntext = "use {{ baseUrl:nothing }}"\n`,
      {},
      /notes: /,
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

it('a place that asks for the variable toString got a function', () => {
  const env = Object.create({ toString: () => '' })
  const host = { env, home: scratch, cwd: scratch, platform: 'linux' as const }
  expect(resolvePlaces({ mine: [{ env: 'toString' }, { path: '{{ home }}/x' }] }, host).mine).toBe(
    join(scratch, 'x'),
  )
})
