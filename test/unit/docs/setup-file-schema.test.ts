import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Validator } from '@cfworker/json-schema'
import { parse as parseToml } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { setupFileJsonSchema } from '../../../src/request/setup-file-schema.ts'
import { projectFolder, testCatalog } from '../../support/test-catalog.ts'

const file = join(projectFolder, 'schema/qcode.schema.json')
const made = `${JSON.stringify(setupFileJsonSchema(testCatalog), null, 2)}\n`
if (process.env.UPDATE_DOCS) writeFileSync(file, made)
const schema = JSON.parse(readFileSync(file, 'utf8'))
const validator = new Validator(schema, '2020-12', false)

/** Every block of a page that is a setup file: it names tools, or where the key is. */
function examples(): [where: string, data: unknown][] {
  const pages = readdirSync(join(projectFolder, 'docs')).filter(
    // The reference shows what tools' files get.
    (name) => name.endsWith('.md') && !name.startsWith('reference'),
  )
  return pages.flatMap((page) => {
    const text = readFileSync(join(projectFolder, 'docs', page), 'utf8')
    return [...text.matchAll(/^```(toml|yaml|json)\n([\s\S]*?)^```$/gm)].flatMap(([, format, block = '']) => {
      if (!/^(?:\s*"?tools"?\s*[=:]|\s*"?key"?\s*[=:]|\[\[tools\]\])/m.test(block)) return []
      const data =
        format === 'toml' ? parseToml(block) : format === 'yaml' ? parseYaml(block) : JSON.parse(block)
      // A play of Ansible is a list.
      if (Array.isArray(data)) return []
      return [[`${page}: ${block.split('\n')[0]}`, JSON.parse(JSON.stringify(data))] as [string, unknown]]
    })
  })
}

describe('the JSON Schema of a setup file', () => {
  it('is what the program takes; `UPDATE_DOCS=1 npx vitest run test/unit/docs` renews it', () => {
    expect(readFileSync(file, 'utf8')).toBe(made)
  })

  it('says of every setting what it is', () => {
    const { properties } = schema
    const tool = properties.tools.items.anyOf.find(({ type }: { type?: string }) => type === 'object')
    for (const each of [properties, tool.properties]) {
      const bare = Object.entries<{ title?: string; description?: string }>(each)
        .filter(([name, { title, description }]) => name !== '$schema' && !(title && description))
        .map(([name]) => name)
      expect(bare).toEqual([])
      const titles = Object.values<{ title?: string }>(each).flatMap(({ title }) => title ?? [])
      expect(titles.length).toBe(new Set(titles).size)
    }
  })

  it('takes every example in docs/', () => {
    const found = examples()
    expect(found.length).toBeGreaterThan(2)
    for (const [where, data] of found) expect([where, validator.validate(data).errors]).toEqual([where, []])
  })

  it.each<[at: string, data: unknown]>([
    ['#/regoin', { regoin: 'eu' }],
    ['#/region', { region: 'mars' }],
    ['#/region', { region: 1 }],
    ['#/gateway', { gateway: '' }],
    ['#/gateway', { gateway: null }],
    ['#/scope', { scope: 'global' }],
    ['#/method', { method: 'variables' }],
    ['#/shell', { shell: 'tcsh' }],
    ['#/key_store', { key_store: 'vault' }],
    ['#/key', { key: 'hunter2' }],
    ['#/key', { key: 'env:' }],
    ['#/key', { key: 'env:A B' }],
    ['#/key', { key: 'file:' }],
    ['#/key', { key: 'command:pass' }],
    ['#/key/command', { key: { command: [] } }],
    ['#/key/command/0', { key: { command: [1] } }],
    ['#/version', { version: 2 }],
    ['#/tools', { tools: 'codex' }],
    ['#/tools/0', { tools: [1] }],
    ['#/tools/1', { tools: ['codex', '-x y'] }],
    ['#/tools/0', { tools: [{ model: 'x' }] }],
    ['#/tools/0/modle', { tools: [{ id: 'codex', modle: 'x' }] }],
    ['#/tools/0/region', { tools: [{ id: 'codex', region: 'mars' }] }],
    ['#/tools/0/folders', { tools: [{ id: 'codex', folders: [] }] }],
    ['#/tools/0/folders/CODEX_HOME', { tools: [{ id: 'codex', folders: { CODEX_HOME: 1 } }] }],
    ['#', []],
    ['#', 'codex'],
  ])('refuses at %s what is wrong there: %j', (at, data) => {
    const { valid, errors } = validator.validate(data)
    expect(valid).toBe(false)
    expect(errors.map(({ instanceLocation }) => instanceLocation)).toContain(at)
  })
})
