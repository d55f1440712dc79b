import { describe, expect, it } from 'vitest'
import type { Format, KeyPath, Value } from '../../../src/documents/document.ts'
import { jsoncFormat, jsonFormat } from '../../../src/documents/json/json-format.ts'
import { tomlFormat } from '../../../src/documents/toml/toml-format.ts'
import { yamlFormat } from '../../../src/documents/yaml/yaml-format.ts'

function replaceAndRestore(format: Format, text: string, path: KeyPath, ours: Value): string {
  const edited = format.open(text, 'file')
  edited.set(path, ours)
  expect(edited.toText()).not.toBe(text)
  const document = format.open(edited.toText(), 'file')
  document.restore?.(path, format.open(text, 'file'))
  return document.toText()
}

/** One value spelled as this program would not, with something behind it. */
const spellings: readonly [string, Format, readonly string[]][] = [
  [
    'TOML',
    tomlFormat,
    [
      "a = 'single' # why\nb = 1\n",
      'a = "\\u0041\\t" # why\n',
      'a = 1_000\n',
      'a = 0xFF\r\nb = 1\r\n',
      'a = +1.50e3\n',
      'a = 1979-05-27T07:32:00Z # a date\n',
      "a = '''\nlines\nof text'''\nb = 1\n",
      'a = [\n  1, # one\n  2,\n]\n',
      "a = { b = 'c',d=1 }\n",
    ],
  ],
  [
    'JSON',
    jsonFormat,
    [
      '{"a": "\\u0041\\/b"}',
      '{"a" : 1.50e3, "b": 1}\n',
      '{"a": -0.0}',
      '{"a": [1,2,\n3]}',
      '{"a":{ "b":1 }}',
    ],
  ],
  ['JSONC', jsoncFormat, ['{"a": 1.0 /* why */, // b\n}\n', '{"a": [1, /* two */ 2,]}\n']],
  [
    'YAML',
    yamlFormat,
    [
      "a: 'single' # why\nb: 1\n",
      'a: "\\u0041" # why\n',
      'a: plain words\r\nb: 1\r\n',
      'a: 0xFF # hex\n',
      'a: 1.50e3\n',
      'a: ~\nb: 1\n',
      "{a: 'b', c: 1}\n",
    ],
  ],
]

describe.each(spellings)('%s: a value that was replaced comes back as it was spelled', (_, format, texts) => {
  it.each(texts)('%j', (text) => {
    expect(replaceAndRestore(format, text, ['a'], 'ours')).toBe(text)
  })

  it.each(texts)('%j, with a byte order mark', (text) => {
    expect(replaceAndRestore(format, `\ufeff${text}`, ['a'], 'ours')).toBe(`\ufeff${text}`)
  })
})

it('given an old spelling that would be read as another value now, it is not written back', () => {
  const document = yamlFormat.open('{a: ours, c: 1}\n', 'file')
  document.restore?.(['a'], yamlFormat.open('a: x, y\n', 'file'))
  expect(yamlFormat.parseStrict(document.toText())).toEqual({ a: 'x, y', c: 1 })
})

it('where nothing stood nothing is put back', () => {
  for (const [format, text] of [
    [tomlFormat, 'a = 1\n'],
    [jsonFormat, '{"a": 1}\n'],
    [yamlFormat, 'a: 1\n'],
  ] as const) {
    const document = format.open(text, 'file')
    document.restore?.(['a'], format.open('', 'file'))
    expect(document.toText()).toBe(text)
  }
})
