import { describe, expect, it } from 'vitest'
import type { Document, Value } from '../../../../src/documents/document.ts'
import { yamlFormat } from '../../../../src/documents/yaml/yaml-format.ts'

type Edit = (document: Document) => void

const setK: Edit = (document) => document.set(['k'], 'v')
const setNested: Edit = (document) => document.set(['env', 'K'], 'v')
const setA =
  (value: Value): Edit =>
  (document) =>
    document.set(['a'], value)
const unsetA: Edit = (document) => document.unset(['a'])
const unsetB: Edit = (document) => document.unset(['b'])

function edited(text: string, edit: Edit): string {
  const document = yamlFormat.open(text, '.aider.conf.yml')
  edit(document)
  return document.toText()
}

describe('a new key', () => {
  it.each<[string, string, Edit, string]>([
    ['in an empty text', '', setK, 'k: v\n'],
    ['behind a byte order mark alone', '\ufeff', setK, '\ufeffk: v\n'],
    ['below comments alone', '# c\n\n# d\n', setK, '# c\n\n# d\nk: v\n'],
    ['below a comment without a line break', '# c', setK, '# c\nk: v'],
    ['below the document start', '---\n', setK, '---\nk: v\n'],
    ['in front of the document end', '# c\n...\n# d\n', setK, '# c\nk: v\n...\n# d\n'],
    ['behind the last key', 'a: 1\n', setK, 'a: 1\nk: v\n'],
    ['without a final line break', 'a: 1', setK, 'a: 1\nk: v'],
    ['with CRLF', 'a: 1\r\n', setK, 'a: 1\r\nk: v\r\n'],
    ['in front of trailing comments', 'a: 1 # one\n\n# end\n...\n', setK, 'a: 1 # one\nk: v\n\n# end\n...\n'],
    ['behind a list', 'a:\n- x\n- y # why\n# end\n', setK, 'a:\n- x\n- y # why\nk: v\n# end\n'],
    ['behind a block of text', 'a: |\n  x\n\n\n# c\n', setK, 'a: |\n  x\nk: v\n\n\n# c\n'],
    ['behind a block that keeps its blank lines', 'a: |+\n  x\n\n', setK, 'a: |+\n  x\n\nk: v\n'],
    ['behind a key without a value', 'a: # c\n', setK, 'a: # c\nk: v\n'],
    ['behind an explicit key', '? a\n: b\n', setK, '? a\n: b\nk: v\n'],
    ['in a root with a tag', '--- !!map\na: 1\n', setK, '--- !!map\na: 1\nk: v\n'],
    ['in an indented root', '  a: 1\n  b: 2\n', setK, '  a: 1\n  b: 2\n  k: v\n'],
    ['with tables on the way', 'a: 1\n', setNested, 'a: 1\nenv:\n  K: v\n'],
    [
      'in a nested mapping',
      'env:\n    A: 1 # c\n# d\nb: 2\n',
      setNested,
      'env:\n    A: 1 # c\n    K: v\n# d\nb: 2\n',
    ],
    ['in a flow mapping', 'env: {A: 1} # c\n', setNested, 'env: {A: 1, K: v} # c\n'],
    ['in an empty flow mapping', 'env: {}\n', setNested, 'env: {K: v}\n'],
    ['behind a trailing comma', 'env: { A: 1, }\n', setNested, 'env: { A: 1, K: v, }\n'],
    [
      'in a flow mapping over lines',
      'env: {\n  A: 1, # c\n  }\n',
      setNested,
      'env: {\n  A: 1, # c\n  K: v,\n  }\n',
    ],
    ['in JSON', '{\n  "a": 1\n}\n', setK, '{\n  "a": 1,\n  k: v\n}\n'],
    [
      'in a mapping with an anchor that nothing uses',
      'env: &e\n  A: 1\n',
      setNested,
      'env: &e\n  A: 1\n  K: v\n',
    ],
    [
      'that a merge key could hide',
      'b: &b {x: 1}\na:\n  <<: *b\n',
      setK,
      'b: &b {x: 1}\na:\n  <<: *b\nk: v\n',
    ],
  ])('%s', (_, text, edit, wanted) => {
    expect(edited(text, edit)).toBe(wanted)
  })
})

describe('a new value', () => {
  it.each<[string, string, Edit, string]>([
    ['keeps spacing and comment', 'a:   old   # c\nb: 012\n', setA('new'), 'a:   new   # c\nb: 012\n'],
    ['takes the place of nothing', 'a: # c\n', setA(1), 'a: 1 # c\n'],
    ['takes the place of a list', 'a: # c\n  - x\n  - y # d\nb: 1\n', setA('v'), 'a: v # c # d\nb: 1\n'],
    ['takes the place of a block', 'a: >-\n  x\n  y\nb: 1\n', setA('v'), 'a: v\nb: 1\n'],
    ['takes the place of lines', 'a: one\n  two # c\n', setA('v'), 'a: v # c\n'],
    ['takes the place of a mapping', 'a:\n  x: 1\n  y:\n    z: 2\nb: 1\n', setA(true), 'a: true\nb: 1\n'],
    ['drops the tag of the old one', 'a: !!str 12\n', setA(5), 'a: 5\n'],
    ['takes the place of an alias', 'b: &b x\na: *b # c\n', setA('v'), 'b: &b x\na: v # c\n'],
    ['becomes a list', 'a: old # c\nb: 1\n', setA(['x', 'y: z']), 'a: # c\n  - x\n  - "y: z"\nb: 1\n'],
    ['becomes another list', 'a: # c\n- x\nb: 1\n', setA(['q', 'r']), 'a: # c\n  - q\n  - r\nb: 1\n'],
    ['becomes an empty list', 'a:\n- x\n', setA([]), 'a: []\n'],
    [
      'becomes a mapping',
      'a: 1',
      setA({ x: { w: [] }, z: [{ q: 1 }] }),
      'a:\n  x:\n    w: []\n  z:\n    - q: 1',
    ],
    ['in a flow mapping', '{a: [1], b: 2}', setA(['x', '1']), '{a: [x, "1"], b: 2}'],
    ['in a flow mapping behind a key alone', '{a, b: 2}', setA(1), '{a: 1, b: 2}'],
    ['in a flow mapping behind a colon', '{"a":1,"b":2}', setA('x'), '{"a":x,"b":2}'],
    ['for a quoted key', '"a" : 1\n', setA(2), '"a" : 2\n'],
    ['for an explicit key', '? a\n: 1\n', setA(2), '? a\n: 2\n'],
    ['that is there already', "a: 'x'\n", setA('x'), "a: 'x'\n"],
    ['that readers take differently', 'a: yes\n', setA('yes'), 'a: "yes"\n'],
    ['that reads as an octal number elsewhere', 'a: 012\n', setA(12), 'a: 12\n'],
  ])('%s', (_, text, edit, wanted) => {
    expect(edited(text, edit)).toBe(wanted)
  })

  it.each([
    'yes',
    'No',
    'ON',
    'off',
    'y',
    'N',
    'true',
    'Null',
    'nan',
    '~',
    '',
    ' x',
    'x ',
    '012',
    '0o14',
    '1_000',
    '1:30',
    '1e3',
    '.5',
    '.inf',
    '2026-01-01',
    'a: b',
    'a:',
    'a #b',
    '#a',
    '@a',
    '`a',
    '!a',
    '&a',
    '*a',
    '%a',
    '|',
    '>',
    '-',
    '- a',
    '?',
    '? a',
    '[a',
    '{a',
    'a,b',
    '"',
    "'",
    '<<',
    '=',
    '---',
    '...',
    'a\nb',
    'a\tb',
    '\u0000',
    '\u0085',
    '\u2028',
    '\u007f',
    '\ufeff',
    '\ud800',
    '😀',
    'https://api.qcode.cc/openai/v1',
  ])('is quoted when it is %j', (value) => {
    const text = edited('', (document) => document.set(['k'], value))
    expect(text).toMatch(/^k: ".*"\n$/)
    expect(yamlFormat.parseStrict(text)).toEqual({ k: value })
    expect(text).not.toMatch(/[\u0000-\u0009\u007f-\u009f\u2028\ufeff]/)
  })

  it.each(['gpt-5.2-codex', 'openai/gpt-5', 'claude-sonnet-4-5', 'text'])(
    'is bare when it is %j',
    (value) => {
      expect(edited('', (document) => document.set(['k'], value))).toBe(`k: ${value}\n`)
    },
  )

  it.each([
    [1e21, '1.0e+21'],
    [1.5e-7, '1.5e-7'],
    [-3, '-3'],
    [0.1, '0.1'],
  ])('is a number in every reader: %d', (value, wanted) => {
    expect(edited('', (document) => document.set(['k'], value))).toBe(`k: ${wanted}\n`)
  })
})

describe('a key that is taken out', () => {
  it.each<[string, string, Edit, string]>([
    [
      'with the comment of its line',
      '# above\na: 1 # one\n# below\nb: 2\n',
      unsetA,
      '# above\n# below\nb: 2\n',
    ],
    ['at the top', 'a: 1\nb: 2\n', unsetA, 'b: 2\n'],
    ['at the end', 'a: 1\nb: 2', unsetB, 'a: 1'],
    ['alone', 'a: 1\n', unsetA, ''],
    ['alone below the document start', '---\na: 1\n...\n', unsetA, '---\n...\n'],
    ['with a list', 'a: # c\n  - x\n\n  # d\n  - y # e\nb: 1\n', unsetA, 'b: 1\n'],
    ['with a block of text', 'a: |\n  # x\n\n  y\n\nb: 1\n', unsetA, '\nb: 1\n'],
    [
      'out of a nested mapping',
      'env:\n  A: 1\n  K: v # c\nb: 2\n',
      (d) => d.unset(['env', 'K']),
      'env:\n  A: 1\nb: 2\n',
    ],
    [
      'leaving an empty mapping',
      'env: # c\n  # d\n  K: v\nb: 2\n',
      (d) => d.unset(['env', 'K']),
      'env: {} # c\n  # d\nb: 2\n',
    ],
    ['leaving an anchor', 'env: &e\n  K: v\n', (d) => d.unset(['env', 'K']), 'env: &e {}\n'],
    ['out of a flow mapping', '{a: 1, b: 2}', unsetA, '{b: 2}'],
    ['at the end of a flow mapping', '{a: 1, b: 2 }', unsetB, '{a: 1 }'],
    ['with an explicit key', '? a\n: 1\nb: 2\n', unsetA, 'b: 2\n'],
    ['that is absent', 'a: 1\n', (d) => d.unset(['a', 'b']), 'a: 1\n'],
    ['of a list', 'a: [x]\n', (d) => d.unset(['a', '0']), 'a: [x]\n'],
  ])('%s', (_, text, edit, wanted) => {
    expect(edited(text, edit)).toBe(wanted)
  })
})

it('holds keys that JavaScript gives a meaning', () => {
  const document = yamlFormat.open('', 'f')
  document.set(['__proto__', 'polluted'], true)
  expect(document.toText()).toBe('"__proto__":\n  polluted: true\n')
  expect(document.get(['__proto__', 'polluted'])).toBe(true)
  expect(document.get(['constructor'])).toBeUndefined()
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

it('reads through aliases', () => {
  const document = yamlFormat.open('b: &b {x: 1}\na: *b\n', 'f')
  expect(document.get(['a', 'x'])).toBe(1)
})
