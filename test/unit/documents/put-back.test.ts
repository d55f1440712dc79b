import { describe, expect, it } from 'vitest'
import type { KeyPath, Value } from '../../../src/documents/document.ts'
import { type FormatId, loadFormats } from '../../../src/documents/formats.ts'
import { hunkBetween, openInPlace } from '../../../src/documents/put-back.ts'

type Case = readonly [
  what: string,
  format: FormatId,
  path: KeyPath,
  /** `null` takes the value out. */
  left: Value,
  text: string,
  /** What the user does meanwhile, as a text to replace. */
  change?: readonly [string, string],
]

const settings = '{\n  "env": {\n    "A": "1",\n    "B": "2",\n    "C": "3"\n  },\n  "model": "m"\n}\n'

const cases: readonly Case[] = [
  ['the first entry', 'json', ['env', 'A'], null, settings],
  ['an entry in the middle', 'json', ['env', 'B'], null, settings],
  ['the last entry', 'json', ['env', 'C'], null, settings],
  ['a whole object', 'json', ['env'], null, settings],
  ['the only entry', 'json', ['env', 'A'], null, '{ "env": { "A": "1" } }'],
  ['an entry of a minified text', 'json', ['env', 'B'], null, '{"env":{"A":"1","B":"2","C":"3"}}'],
  ['the first of a minified text', 'json', ['A'], null, '{"A":"1","B":"2"}'],
  ['the last of a minified text', 'json', ['env', 'C'], null, '{"env":{"A":"1","C":"3"}}'],
  ['an entry that shares its line', 'json', ['B'], null, '{\n\t"A": 1,   "B": [1,\n2], "C": 1e5\n}'],
  ['with a value of commas and braces', 'json', ['B'], null, '{"A":"{a,b}","B":"[c],{d}","C":","}'],
  ['with lines of CRLF', 'json', ['B'], null, '{\r\n  "A": 1,\r\n  "B": 2,\r\n  "C": 3\r\n}\r\n'],
  ['when the value before has changed', 'json', ['env', 'B'], null, settings, ['"1"', '"one"']],
  ['when the value behind has changed', 'json', ['env', 'B'], null, settings, ['"3"', '"three"']],
  ['when the entry before is gone', 'json', ['env', 'B'], null, settings, ['    "A": "1",\n', '']],
  ['when the entry behind is another', 'json', ['env', 'B'], null, settings, ['"C"', '"D"']],
  ['when an entry came in front', 'json', ['env', 'B'], null, settings, ['"A"', '"X": "0",\n    "A"']],
  [
    'when the same keys stand elsewhere',
    'json',
    ['env', 'B'],
    null,
    settings,
    ['"model": "m"', '"x": {\n    "A": "1",\n    "C": "3"\n  }'],
  ],
  [
    'an entry with its comment',
    'jsonc',
    ['B'],
    null,
    '{\n  // one\n  "A": 1, // a\n  "B": 2, // b\n  "C": 3 // c\n}\n',
  ],
  ['the last entry, with comments', 'jsonc', ['C'], null, '{\n  "A": 1, // a\n  "C": 3 // c\n}\n'],
  ['the last entry, with a comma behind', 'jsonc', ['C'], null, '{\n  "A": 1,\n  "C": 3,\n}\n'],
  ['a flow list that loses an item', 'yaml', ['api-key'], ['b=2'], 'model: m\napi-key: [a=1, b=2]\nx: 1\n'],
  ['a flow list of quoted items', 'yaml', ['api-key'], ['b=2'], 'api-key: [ \'a=1\',"b=2" ] # mine\nx: 1\n'],
  ['a flow list over lines', 'yaml', ['api-key'], ['b=2'], 'api-key: [\n  a=1,\n  b=2,\n]\nx: 1\n'],
  [
    'a block list that loses an item',
    'yaml',
    ['api-key'],
    ['b=2'],
    'a: 1\napi-key:\n- a=1\n- b=2 # mine\nx: 1\n',
  ],
  [
    'a block list with comments',
    'yaml',
    ['api-key'],
    ['b=2'],
    'api-key:\n    # first\n    - "a=1"\n\n    - b=2\n',
  ],
  ['a list taken out whole', 'yaml', ['api-key'], null, 'model: m\napi-key: [a=1]\nx: 1\n'],
  ['a folded text', 'yaml', ['api-key'], 'b=2', 'model: m\napi-key: >-\n  a=1,\n  b=2\nx: 1\n'],
  ['the only key', 'yaml', ['api-key'], null, '# mine\napi-key: a=1\n'],
  [
    'a flow list when lines came before and behind',
    'yaml',
    ['api-key'],
    ['b=2'],
    'm: m\napi-key: [a=1, b=2]\nx: 1\n',
    ['m: m', 'k: k\nm: n\nl: l'],
  ],
  ['a key of a table', 'toml', ['t', 'b'], null, '[t]\na = 1\nb = "2" # mine\nc = 3\n\n[u]\na = 1\n'],
  ['a key of a table among dotted ones', 'toml', ['t', 'b'], null, 't.a = 1\nt.b = 2\nt.c = 3\n'],
  [
    'a key of an inline table',
    'toml',
    ['h', 'x-api-key'],
    null,
    'a = 1\nh = { "x" = "1", "x-api-key" = "2",  "y" = "3" }\n',
  ],
  ['the last key of an inline table', 'toml', ['h', 'y'], null, 'h = { "x" = "1",  "y" = "3" }\n'],
  ['a value over lines', 'toml', ['b'], null, 'a = 1\nb = """\nx\ny"""\nc = 3\n'],
  ['a table', 'toml', ['t'], null, 'a = 1\n\n[s]\nx = 1\n\n# of t\n[t]\nb = 2\n\n[u]\nc = 3\n'],
  ['a variable', 'dotenv', ['B'], null, 'A=1\nB=2 # mine\n\nC=3\n'],
  ['a variable beside a byte order mark', 'dotenv', ['A'], null, '\ufeffA=1\r\nB=2\r\n'],
  ['a variable that stands twice', 'dotenv', ['B'], null, 'A=1\nB=2\nC=3\nexport B="4"\nD=5'],
  ['the last variable of an open text', 'dotenv', ['B'], null, 'A=1\nB=2'],
  [
    'a line of a shell',
    'posix-env',
    ['B'],
    null,
    "export A='1'\nexport B='2'\nif x; then y; fi\nexport C=3\n",
  ],
  ['a line of fish', 'fish-env', ['B'], null, 'set -gx A 1\nset -gx B 2\nset -gx C 3\n'],
  ['a line of PowerShell', 'powershell-env', ['B'], null, "$env:A = '1'\r\n$env:B = '2'\r\n$env:C = '3'\r\n"],
]

describe('given a value that was taken out or changed', () => {
  it.each(cases.map((given) => ({ given, title: `${given[0]} (${given[1]})` })))(
    '$title comes back where it stood, with every byte',
    async ({ given: [, id, path, left, text, change] }) => {
      const format = (await loadFormats([id])).get(id)
      if (!format) throw new Error(id)
      const original = format.open(text, 'file')
      const edited = format.open(text, 'file')
      if (left === null) edited.unset(path)
      else edited.set(path, left)
      const hunk = hunkBetween(text, edited.toText())
      if (!hunk) throw new Error('no place')
      const changed = (content: string) => (change ? content.replace(...change) : content)
      const today = format.open(changed(edited.toText()), 'file')
      const placed = openInPlace(today, { path, original, hunk }, format, 'file')
      expect(placed?.toText()).toBe(changed(text))
    },
  )

  it('comes back nowhere when nothing around it is left', async () => {
    const format = (await loadFormats(['json'])).get('json')
    if (!format) throw new Error('json')
    const edited = format.open(settings, 'file')
    edited.unset(['env', 'B'])
    const hunk = hunkBetween(settings, edited.toText())
    if (!hunk) throw new Error('no place')
    const today = format.open('[1]', 'file')
    const original = format.open(settings, 'file')
    expect(openInPlace(today, { path: ['env', 'B'], original, hunk }, format, 'file')).toBeUndefined()
  })

  it('remembers nothing of the values beside it that could be read', () => {
    const text = '{"KEY":"secret-of-mine","B":"2","LIST":["other-secret"]}'
    expect(JSON.stringify(hunkBetween(text, text.replace('"B":"2",', '')))).not.toContain('secret')
  })
})
