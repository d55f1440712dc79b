import { describe, expect, it } from 'vitest'
import type { KeyPath, Value } from '../../../src/documents/document.ts'
import { type FormatId, loadFormats } from '../../../src/documents/formats.ts'
import { UserError } from '../../../src/errors.ts'

const formats = await loadFormats(['yaml', 'toml', 'json', 'jsonc'])

function open(id: FormatId, text: string) {
  const format = formats.get(id)
  if (!format) throw new Error(id)
  return format.open(text, `f.${id}`)
}

const entry: KeyPath = ['list', '[name=qcode]']

/** What our entry holds, value by value, as a plan sets it. */
const values: readonly (readonly [string, Value])[] = [
  ['type', 'claude'],
  ['models', [{ name: 'm-1' }]],
]

interface Case {
  readonly title: string
  readonly id: FormatId
  readonly before: string
  readonly after: string
  /** What is taken out again: what was not there before. */
  readonly made: KeyPath
}

const cases: readonly Case[] = [
  {
    title: 'no list',
    id: 'yaml',
    before: '# mine\na: 1\n',
    after: '# mine\na: 1\nlist:\n  - name: qcode\n    type: claude\n    models:\n      - name: m-1\n',
    made: ['list'],
  },
  {
    title: 'an empty list',
    id: 'yaml',
    before: 'list: [] # none\na: 1\n',
    after: 'list: [{name: qcode, type: claude, models: [{name: m-1}]}] # none\na: 1\n',
    made: entry,
  },
  {
    title: 'entries at the indent of the key',
    id: 'yaml',
    before: 'list:\n- type: openai # theirs\n  api_key: x\n\n# tail\nb: 2\n',
    after:
      'list:\n- type: openai # theirs\n  api_key: x\n- name: qcode\n  type: claude\n  models:\n    - name: m-1\n\n# tail\nb: 2\n',
    made: entry,
  },
  {
    title: 'entries deeper than the key, without a last line end',
    id: 'yaml',
    before: 'list:\n    -   name: other\n        type: openai',
    after:
      'list:\n    -   name: other\n        type: openai\n    - name: qcode\n      type: claude\n      models:\n        - name: m-1',
    made: entry,
  },
  {
    title: 'entries in brackets',
    id: 'yaml',
    before: 'list: [{name: other}, plain]\n',
    after: 'list: [{name: other}, plain, {name: qcode, type: claude, models: [{name: m-1}]}]\n',
    made: entry,
  },
  {
    title: 'no list',
    id: 'toml',
    before: '# mine\na = 1\n\n[table]\nb = 2\n',
    after:
      '# mine\na = 1\n\n[table]\nb = 2\n\n[[list]]\nname = "qcode"\ntype = "claude"\nmodels = [{ name = "m-1" }]\n',
    made: ['list'],
  },
  {
    title: 'an empty list',
    id: 'toml',
    before: 'list = [ ] # none\n',
    after: 'list = [ { name = "qcode", type = "claude", models = [{ name = "m-1" }] } ] # none\n',
    made: entry,
  },
  {
    title: 'tables of others, one with a table of its own, and another table behind them',
    id: 'toml',
    before: '[[list]]\nname = "other"\n[list.headers]\nx = "1"\n\n[z]\nb = 2\n',
    after:
      '[[list]]\nname = "other"\n[list.headers]\nx = "1"\n\n[z]\nb = 2\n\n[[list]]\nname = "qcode"\ntype = "claude"\nmodels = [{ name = "m-1" }]\n',
    made: entry,
  },
  {
    title: 'inline tables over lines, with a trailing comma',
    id: 'toml',
    before: 'list = [\n  { name = "other" }, # theirs\n]\n',
    after:
      'list = [\n  { name = "other" }, # theirs\n  { name = "qcode", type = "claude", models = [{ name = "m-1" }] },\n]\n',
    made: entry,
  },
  {
    title: 'no list',
    id: 'json',
    before: '{\n  "a": 1\n}\n',
    after:
      '{\n  "a": 1,\n  "list": [\n    {\n      "name": "qcode",\n      "type": "claude",\n      "models": [\n        {\n          "name": "m-1"\n        }\n      ]\n    }\n  ]\n}\n',
    made: ['list'],
  },
  {
    title: 'an empty list',
    id: 'json',
    before: '{ "list": [] }',
    after: '{ "list": [{ "name": "qcode", "type": "claude", "models": [ { "name": "m-1" } ] }] }',
    made: entry,
  },
  {
    title: 'entries on one line',
    id: 'json',
    before: '{"list":[{"name":"other"},1]}',
    after: '{"list":[{"name":"other"},1,{"name":"qcode","type":"claude","models":[{"name":"m-1"}]}]}',
    made: entry,
  },
  {
    title: 'entries on lines, with comments and a trailing comma',
    id: 'jsonc',
    before: '{\n  "list": [\n    // theirs\n    { "name": "other" }, // tail\n  ],\n}\n',
    after:
      '{\n  "list": [\n    // theirs\n    { "name": "other" }, // tail\n    {\n      "name": "qcode",\n      "type": "claude",\n      "models": [\n        {\n          "name": "m-1"\n        }\n      ]\n    },\n  ],\n}\n',
    made: entry,
  },
]

describe('an entry of a list, by its name', () => {
  it.each(cases)('given $title in $id, stands beside what is there, and goes without a trace', (given) => {
    const document = open(given.id, given.before)
    for (const [key, value] of values) document.set([...entry, key], value)
    expect(document.toText()).toBe(given.after)
    expect(document.get([...entry, 'type'])).toBe('claude')
    const again = open(given.id, given.after)
    for (const [key, value] of values) again.set([...entry, key], value)
    expect(again.toText()).toBe(given.after)
    again.unset(given.made)
    expect(again.toText()).toBe(given.before)
  })

  it.each(cases)('given $title in $id, has its values changed in place and taken out one by one', (given) => {
    const document = open(given.id, given.after)
    document.set([...entry, 'type'], 'openai')
    expect(document.toText()).toBe(given.after.replace('claude', 'openai'))
    document.unset([...entry, 'type'])
    expect(document.get(entry)).toEqual({ name: 'qcode', models: [{ name: 'm-1' }] })
    expect(open(given.id, document.toText()).get([])).toEqual(document.get([]))
  })

  it.each([
    ['yaml', 'list:\n- name: qcode\n  type: a\n- name: other\n', 'list:\n- name: other\n'],
    ['yaml', 'list: [{name: qcode}, {name: other}]\n', 'list: [{name: other}]\n'],
    ['toml', '[[list]]\nname = "qcode"\n\n[[list]]\nname = "other"\n', '\n[[list]]\nname = "other"\n'],
    ['toml', 'list = [{ name = "qcode" }, { name = "other" }]\n', 'list = [{ name = "other" }]\n'],
    ['json', '{"list":[{"name":"qcode"},{"name":"other"}]}', '{"list":[{"name":"other"}]}'],
  ] as const)('in %s goes from before another: %s', (id, before, after) => {
    const document = open(id, before)
    document.unset(entry)
    expect(document.toText().trimStart()).toBe(after.trimStart())
    expect(document.get(entry)).toBeUndefined()
  })

  it.each([
    ['yaml', 'list: {}\n'],
    ['toml', '[list]\na = 1\n'],
    ['json', '{"list":"x"}'],
  ] as const)('in %s is refused where something else than a list stands: %s', (id, text) => {
    expect(refusal(id, text)).toMatchObject({ code: 'path-taken', where: { file: `f.${id}` } })
  })

  it.each([
    ['yaml', 'list: [{name: qcode}, {name: qcode}]\n'],
    ['toml', '[[list]]\nname = "qcode"\n[[list]]\nname = "qcode"\n'],
    ['json', '{"list":[{"name":"qcode"},{"name":"qcode"}]}'],
  ] as const)('in %s is refused where two have its name: %s', (id, text) => {
    expect(refusal(id, text)).toMatchObject({ code: 'duplicate-key', where: { file: `f.${id}` } })
  })
})

function refusal(id: FormatId, text: string): unknown {
  const document = open(id, text)
  try {
    document.set([...entry, 'type'], 'claude')
  } catch (error) {
    expect(document.toText()).toBe(text)
    if (error instanceof UserError) return error
    throw error
  }
  return undefined
}
