import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { placeOfKey } from '../../../../src/documents/toml/place-of-key.ts'
import { tomlFormat } from '../../../../src/documents/toml/toml-format.ts'
import { projectFolder } from '../../../support/test-catalog.ts'

/** What the text has from the place on, to the end of the line. */
function textAt(text: string, path: readonly (string | number)[]): string {
  const { line = 0, column = 0 } = placeOfKey(text, 'x.toml', path)
  return (text.split('\n')[line - 1] ?? '').slice(column - 1)
}

const text = `# a comment with title = "no"
schema = 1
"a b".c = { d = 1, "e.f" = [{ g = 2 }, { g = 3, h.i = "]}" }] } # { d
list = [
  "one", # [
  """two
]""",
  ['three', [4, 5]],
]
last.but.one = 1

[env.variables] # title
URL = "x"

[[variants]]
id = "a"
endpoints = [{ protocol = "p", prefix = "q" }, { prefix = "r" }]
[[variants]]
'id' = "b"
  [[variants.inner]]
  x = 1
  [variants.inner.table]
  y = 2
`

describe('the place of a field in TOML', () => {
  it.each<[path: (string | number)[], there: string]>([
    [['schema'], 'schema = 1'],
    [['a b', 'c'], '"a b".c ='],
    [['a b', 'c', 'd'], 'd = 1'],
    [['a b', 'c', 'e.f', 1, 'g'], 'g = 3'],
    [['a b', 'c', 'e.f', 1, 'h', 'i'], 'h.i = '],
    [['a b', 'c', 'e.f', 0], '{ g = 2'],
    [['list'], 'list = ['],
    [['list', 0], '"one", # ['],
    [['list', 1], '"""two'],
    [['list', 2, 1, '1'], '5]],'.slice(0, 3)],
    [['last', 'but', 'one'], 'last.but.one'],
    [['env', 'variables', 'URL'], 'URL = "x"'],
    [['variants', 0, 'id'], 'id = "a"'],
    [['variants', '1', 'id'], '\'id\' = "b"'],
    [['variants', 0, 'endpoints', 1, 'prefix'], 'prefix = "r"'],
    [['variants', 1, 'inner', 0, 'x'], 'x = 1'],
    [['variants', 1, 'inner', 0, 'table', 'y'], 'y = 2'],
  ])('given %j, is where it is written', (path, there) => {
    expect(textAt(text, path).slice(0, there.length)).toBe(there)
  })

  it.each<[path: (string | number)[], there: string]>([
    [['variants', 1, 'title'], '[[variants]]\n'],
    [['variants', 0, 'endpoints', 1, 'protocol'], '{ prefix = "r" }'],
    [['variants', 0, 'endpoints', 7], 'endpoints = '],
    [['env', 'variables', 'KEY'], '[env.variables] # title'],
    [['env', 'other'], '[env.variables] # title'],
    [['schema', 'below'], 'schema = 1'],
  ])('given %j, which is not there, is that of what is around it', (path, there) => {
    expect(`${textAt(text, path)}\n`.slice(0, there.length)).toBe(there)
  })

  it.each<[path: (string | number)[]]>([[['title']], [[]]])('given %j, is the beginning', (path) => {
    expect(placeOfKey(text, 'x.toml', path)).toEqual({ file: 'x.toml', line: 1, column: 1 })
  })

  it.each(['\uFEFF', ''])('given the mark %j or line ends of Windows, counts neither', (mark) => {
    const place = placeOfKey(`${mark}a = 1\r\nb = 2\r\n`, 'x.toml', ['b'])
    expect([place.line, place.column]).toEqual([2, 1])
    expect(placeOfKey(`${mark}a = { b = 1 }`, 'x.toml', ['a', 'b']).column).toBe(7)
  })
})

const templates = join(projectFolder, 'templates')
const files = readdirSync(templates, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.toml') && !name.includes('cases'),
)

/** Every path below a value. */
function pathsIn(value: unknown, above: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, child]) => {
    const path = [...above, name]
    return [path, ...pathsIn(child, path)]
  })
}

it.each(files)('every field of %s has the place where its name is written', (name) => {
  const whole = readFileSync(join(templates, name), 'utf8')
  for (const path of pathsIn(tomlFormat.parseStrict(whole))) {
    const last = path.at(-1) ?? ''
    const there = textAt(whole, path)
    const isNamed = new RegExp(`^\\[*["']?(?:[\\w-]+\\.)*["']?${last.replace(/\W/g, '\\$&')}(?!\\w)`).test(
      there,
    )
    const isElement = /^\d+$/.test(last) && /^(?:["'{[\d]|true|false)/.test(there)
    if (!isNamed && !isElement) expect(`${path.join('.')}: ${there}`).toBe('the place of its name')
  }
})
