import { describe, expect, test } from 'vitest'
import type { KeyPath, Value } from '../../../../src/documents/document.ts'
import { UserError } from '../../../../src/errors.ts'
import { refusalOf } from '../../../support/refusal-of.ts'
import { edited, open } from './support.ts'

/** What is done, the text before, the path, the value (undefined: unset), the text after. */
type Row = readonly [what: string, before: string, path: KeyPath, value: Value | undefined, after: string]

function rows(list: readonly Row[]): void {
  test.each(list)('%s', (_, before, path, value, after) => {
    const edit = (opened: ReturnType<typeof open>) =>
      value === undefined ? opened.unset(path) : opened.set(path, value)
    expect(edited(before, edit)).toBe(after)
  })
}

const baseUrl = ['model_providers', 'qcode', 'base_url']

describe('a root key', () => {
  rows([
    ['in an empty file', '', ['m'], 'a', 'm = "a"\n'],
    ['behind only a byte order mark', '\uFEFF', ['m'], 'a', '\uFEFFm = "a"\n'],
    ['behind only comments', '# hi\n', ['m'], 'a', '# hi\nm = "a"\n'],
    ['goes behind the last root key', 'a = 1\n# c\n\n[t]\n', ['m'], 2, 'a = 1\nm = 2\n# c\n\n[t]\n'],
    ['goes above the first header', '[t]\nx = 1\n', ['m'], 2, 'm = 2\n\n[t]\nx = 1\n'],
    ['goes above an array of tables', '[[t]]\nx = 1\n', ['m'], 2, 'm = 2\n\n[[t]]\nx = 1\n'],
    ['leaves a file comment first', '# file\n\n[t]\n', ['m'], 2, '# file\n\nm = 2\n\n[t]\n'],
    ['leaves a comment on its table', '# f\n\n# t\n[t]\n', ['m'], 2, '# f\n\nm = 2\n\n# t\n[t]\n'],
    ['leaves a schema line first', '#:schema x\n[t]\n', ['m'], 2, '#:schema x\nm = 2\n\n[t]\n'],
    ['goes behind the byte order mark', '\uFEFF[t]\n', ['m'], 2, '\uFEFFm = 2\n\n[t]\n'],
    ['keeps CRLF', 'a = 1\r\n[t]\r\n', ['m'], 2, 'a = 1\r\nm = 2\r\n[t]\r\n'],
    [
      'takes the newline of most lines',
      'a = 1\r\nb = 1\r\nc = 1\n',
      ['m'],
      2,
      'a = 1\r\nb = 1\r\nc = 1\nm = 2\r\n',
    ],
    ['keeps a missing final newline', 'a = 1', ['m'], 2, 'a = 1\nm = 2'],
    ['is not fooled by a header in a string', 'a = """\n[t]\n"""\n', ['m'], 2, 'a = """\n[t]\n"""\nm = 2\n'],
    ['takes the indent of its neighbour', '  a = 1\n', ['m'], 2, '  a = 1\n  m = 2\n'],
    ['takes the place of a zero that ends the file', 'a = 1\nm = 0', ['m'], 2, 'a = 1\nm = 2'],
    ['goes behind a zero that ends the file', 'a = 0', ['m'], 2, 'a = 0\nm = 2'],
    ['is gone with its zero that ends the file', 'a = 1\nm = 0', ['m'], undefined, 'a = 1'],
  ])
})

describe('a new table', () => {
  rows([
    ['in an empty file', '', baseUrl, 'u', '[model_providers.qcode]\nbase_url = "u"\n'],
    [
      'goes to the end',
      '[t]\nx = 1\n# end\n',
      baseUrl,
      'u',
      '[t]\nx = 1\n# end\n\n[model_providers.qcode]\nbase_url = "u"\n',
    ],
    ['without final newline', 'a = 1', baseUrl, 'u', 'a = 1\n\n[model_providers.qcode]\nbase_url = "u"'],
    ['with CRLF', 'a = 1\r\n', baseUrl, 'u', 'a = 1\r\n\r\n[model_providers.qcode]\r\nbase_url = "u"\r\n'],
    [
      'beside another provider',
      '[model_providers.other]\nname = "o"\n',
      baseUrl,
      'u',
      '[model_providers.other]\nname = "o"\n\n[model_providers.qcode]\nbase_url = "u"\n',
    ],
    ['from an object', 'a = 1\n', ['t'], { x: 1, l: [1, 'b'] }, 'a = 1\n\n[t]\nx = 1\nl = [1, "b"]\n'],
    ['with sub tables', '', ['t'], { u: { x: 1 }, y: 2 }, '[t]\ny = 2\n\n[t.u]\nx = 1\n'],
    ['of tables only has no header', '', ['t'], { u: { x: 1 } }, '[t.u]\nx = 1\n'],
    ['without keys', '', ['t'], {}, '[t]\n'],
    ['with objects in a list', '', ['t', 'l'], [{ a: 1 }, {}], '[t]\nl = [{ a = 1 }, {}]\n'],
    ['with odd names', '', ['a.b', '', 'ü"', 'k k'], true, '["a.b".""."ü\\""]\n"k k" = true\n'],
  ])
})

describe('a key in a table', () => {
  rows([
    [
      'goes behind its last key, before comments and blank lines',
      '[t]\nx = 1 # c\n# end\n\n[u]\n',
      ['t', 'y'],
      2,
      '[t]\nx = 1 # c\ny = 2\n# end\n\n[u]\n',
    ],
    ['goes behind a bare header', '[t] # c\n# d\n', ['t', 'y'], 2, '[t] # c\ny = 2\n# d\n'],
    ['goes behind a header without newline', '[t]', ['t', 'y'], 2, '[t]\ny = 2'],
    [
      'goes behind a value of many lines',
      '[t]\nx = [\n 1,\n] # c\n',
      ['t', 'y'],
      2,
      '[t]\nx = [\n 1,\n] # c\ny = 2\n',
    ],
    ['takes the indent of the keys', '[t]\n\tx = 1\n', ['t', 'y'], 2, '[t]\n\tx = 1\n\ty = 2\n'],
    ['takes the indent of the header', '  [t]\n', ['t', 'y'], 2, '  [t]\n  y = 2\n'],
    ['stays among dotted keys', 'a.b = 1\nz = 1\n', ['a', 'c'], 2, 'a.b = 1\na.c = 2\nz = 1\n'],
    [
      'stays among dotted keys of a table',
      '[t]\na.b = 1\nz = 1\n',
      ['t', 'a', 'c', 'd'],
      2,
      '[t]\na.b = 1\na.c.d = 2\nz = 1\n',
    ],
    ['is inline below dotted keys', 'a.b = 1\n', ['a', 'c'], { d: 2 }, 'a.b = 1\na.c = { d = 2 }\n'],
    ['is dotted where the table has no header', '[a.b]\nx = 1\n', ['a', 'k'], 2, 'a.k = 2\n\n[a.b]\nx = 1\n'],
    [
      'is dotted in the nearest table',
      '[a]\nx = 1\n[a.b.c]\n',
      ['a', 'b', 'k'],
      2,
      '[a]\nx = 1\nb.k = 2\n[a.b.c]\n',
    ],
    [
      'goes to a table that stands behind its sub table',
      '[a.b]\n[a]\n',
      ['a', 'k'],
      2,
      '[a.b]\n[a]\nk = 2\n',
    ],
  ])
})

describe('a key in an inline table', () => {
  rows([
    ['with spaces', 'p = { a = 1 } # c\n', ['p', 'b'], 2, 'p = { a = 1, b = 2 } # c\n'],
    ['without spaces', 'p = {a=1}\n', ['p', 'b'], 2, 'p = {a=1, b = 2}\n'],
    ['that is empty', 'p = {}\n', ['p', 'b'], 2, 'p = {b = 2}\n'],
    ['that is empty but for a space', 'p = { }\n', ['p', 'b'], 2, 'p = { b = 2 }\n'],
    ['of an inline table', 'p = { a = { b = 1 } }\n', ['p', 'a', 'c'], 2, 'p = { a = { b = 1, c = 2 } }\n'],
    [
      'behind a value of several lines, where TOML 1.0 knows no line of its own',
      "p = { a = '''\nx\n''' }\n",
      ['p', 'b'],
      2,
      "p = { a = '''\nx\n''', b = 2 }\n",
    ],
    ['by a dotted name', 'p = { a = 1 }\n', ['p', 'q', 'c'], 2, 'p = { a = 1, q.c = 2 }\n'],
    ['with a last comma', 'p = { a = 1, }\n', ['p', 'b'], 2, 'p = { a = 1, b = 2, }\n'],
    ['over many lines', 'p = {\n  a = 1 # c\n}\n', ['p', 'b'], 2, 'p = {\n  a = 1, # c\n  b = 2\n}\n'],
    [
      'over many lines with a last comma',
      'p = {\n\ta = 1, # c\n}\n',
      ['p', 'b'],
      2,
      'p = {\n\ta = 1, # c\n\tb = 2,\n}\n',
    ],
    ['is replaced in place', 'p = { a = 1, b = 2 }\n', ['p', 'a'], [3], 'p = { a = [3], b = 2 }\n'],
    ['is taken out at the start', 'p = { a = 1, b = 2 }\n', ['p', 'a'], undefined, 'p = { b = 2 }\n'],
    ['is taken out at the end', 'p = { a = 1, b = 2 }\n', ['p', 'b'], undefined, 'p = { a = 1 }\n'],
    ['is taken out, the last', 'p = { a = 1 }\n', ['p', 'a'], undefined, 'p = { }\n'],
    ['is taken out, the last with a comma', 'p = { a = 1, }\n', ['p', 'a'], undefined, 'p = { }\n'],
    ['keeps comments when taken out', 'p = { # c\n  a = 1 }\n', ['p', 'a'], undefined, 'p = { # c\n }\n'],
    [
      'takes dotted names out together',
      'p = { z = 0, a.b = 1, a.c = 2 }\n',
      ['p', 'a'],
      undefined,
      'p = { z = 0 }\n',
    ],
  ])
})

describe('a value', () => {
  rows([
    ['is replaced before its comment', 'a = 1   # keep\n', ['a'], 'x', 'a = "x"   # keep\n'],
    ['of many lines is replaced', 'a = [\n 1, # c\n] # d\nb = 1\n', ['a'], 2, 'a = 2 # d\nb = 1\n'],
    [
      'that is equal keeps its spelling',
      "a = 0x10\nb = 'x'\nl = [ 1,2 ]\n",
      [],
      { a: 16, b: 'x', l: [1, 2] },
      "a = 0x10\nb = 'x'\nl = [ 1,2 ]\n",
    ],
    ['that is a date is not its text', 'a = 1979-05-27\n', ['a'], '1979-05-27', 'a = "1979-05-27"\n'],
    ['becomes a table in place', 'a = 1 # c\n', ['a'], { b: 1 }, 'a = { b = 1 } # c\n'],
    ['replaces a table', 'b = 1\n\n[a]\nx = 1\n', ['a'], 2, 'b = 1\na = 2\n'],
    ['replaces arrays of tables', '[[a]]\nx = 1\n[[a]]\n', ['a'], [1], 'a = [1]\n'],
    [
      'merges into a table',
      '[t]\nx = 1 # c\n# d\ny = 2\n',
      ['t'],
      { y: 3, z: 4 },
      '[t]\n# d\ny = 3\nz = 4\n',
    ],
    ['empties a table', '[t]\nx = 1\n[t.u]\n', ['t'], {}, '[t]\n'],
    [
      'with control characters is escaped',
      '',
      ['a'],
      '"\\\b\t\n\f\r\u0000\u007f',
      'a = "\\"\\\\\\b\\t\\n\\f\\r\\u0000\\u007f"\n',
    ],
    ['beyond 2^53 is a float', '', ['a'], 2 ** 60, 'a = 1.152921504606847e+18\n'],
    ['that is no number', '', ['a'], [Number.NaN, Infinity, -Infinity, -0], 'a = [nan, inf, -inf, -0.0]\n'],
  ])
})

describe('unset', () => {
  rows([
    ['takes the line with its comment', '# user\na = 1 # gone\nb = 2\n', ['a'], undefined, '# user\nb = 2\n'],
    ['takes all lines of a value', 'a = [ # x\n 1,\n]\nb = 2\n', ['a'], undefined, 'b = 2\n'],
    ['leaves an emptied table', '[t]\nx = 1\n', ['t', 'x'], undefined, '[t]\n'],
    ['keeps a missing final newline', 'a = 1\r\nb = 2', ['b'], undefined, 'a = 1'],
    [
      'takes a table, its sub tables and no neighbour',
      'm = 1\n\n[p.qcode]\nx = 1\n\n[mcp.foo]\ny = 1\n\n[p.qcode.z]\nw = 1\n\n[p.qcodes]\nv = 1\n',
      ['p', 'qcode'],
      undefined,
      'm = 1\n\n[mcp.foo]\ny = 1\n\n[p.qcodes]\nv = 1\n',
    ],
    [
      'keeps comments in a table',
      'm = 1\n\n# above\n[t] # gone\n# one\nx = 1 # gone\n# two\n\n[u]\n',
      ['t'],
      undefined,
      'm = 1\n\n# above\n# one\n# two\n\n[u]\n',
    ],
    ['takes dotted keys', 'a.b = 1\nz = 1\na.c.d = 2\n', ['a'], undefined, 'z = 1\n'],
    ['takes arrays of tables', '[[a]]\nx = 1\n\n[[a]]\n[a.b]\n[c]\n', ['a'], undefined, '[c]\n'],
    ['takes an inline table', 'a = 1\np = { b = 1 }\n', ['p'], undefined, 'a = 1\n'],
    ['takes the blank line behind the only root key', 'a = 1\n\n[t]\n', ['a'], undefined, '[t]\n'],
    ['leaves the blank line below a comment', '# on a\na = 1\n\n[t]\n', ['a'], undefined, '# on a\n\n[t]\n'],
    ['of an absent key', 'a = 1\n', ['a', 'b'], undefined, 'a = 1\n'],
    ['does not look into arrays of tables', '[[a]]\nx = 1\n', ['a', 'x'], undefined, '[[a]]\nx = 1\n'],
  ])
})

describe('get', () => {
  const text = [
    '"a.b" = 1',
    'big = 9223372036854775807',
    'when = 1979-05-27T07:32:00Z',
    'p = { x.y = "v", l = [{ z = 1 }] }',
    '[t.u]',
    'k = """\nline"""',
    '[t]',
    'd.e = -inf',
    '[[list]]',
    'n = 1',
    '[[list]]',
    '[list.sub]',
    'n = 2',
  ].join('\n')

  test.each<[KeyPath, Value | undefined]>([
    [['a.b'], 1],
    [['a', 'b'], undefined],
    [['big'], '9223372036854775807'],
    [['when'], '1979-05-27T07:32:00.000Z'],
    [['p'], { x: { y: 'v' }, l: [{ z: 1 }] }],
    [['p', 'x', 'y'], 'v'],
    [['t'], { u: { k: 'line' }, d: { e: Number.NEGATIVE_INFINITY } }],
    [['list'], [{ n: 1 }, { sub: { n: 2 } }]],
    [['list', '0'], undefined],
    [['toString'], undefined],
  ])('%j', (path, value) => {
    expect(open(text).get(path)).toEqual(value)
  })

  test('the empty path is the whole document', () => {
    expect(open('\uFEFFa = 1\n[t]\n').get([])).toEqual({ a: 1, t: {} })
  })
})

describe('a value in the way', () => {
  test.each<[string, KeyPath, number]>([
    ['\na = 1\n', ['a', 'b'], 2],
    ['a = [1]\n', ['a', 'b', 'c'], 1],
    ['[[a]]\nx = 1\n', ['a', 'x'], 1],
    ['[[a.b]]\n', ['a', 'b', 'c', 'd'], 1],
    ['[a.b.c]\n[a]\n', ['a', 'b', 'k'], 1],
  ])('%j', (text, path, line) => {
    const opened = open(text)
    const error = refusalOf(() => opened.set(path, 1))
    expect(error).toMatchObject({ code: 'path-taken', exit: 1, where: { file: 'config.toml', line } })
    expect(opened.toText()).toBe(text)
  })
})

describe('names of Object.prototype', () => {
  test('are names like any other', () => {
    const opened = open('[__proto__]\npolluted = true\n')
    opened.set(['constructor', 'prototype', 'polluted'], 1)
    opened.set(['x', '__proto__', 'polluted'], JSON.parse('{ "__proto__": 1 }'))
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    expect(opened.get(['constructor', 'prototype'])).toEqual({ polluted: 1 })
    expect(JSON.stringify(open(opened.toText()).get(['x']))).toBe(
      '{"__proto__":{"polluted":{"__proto__":1}}}',
    )
  })
})

test('what TOML cannot hold is refused, and a root that is no table is a mistake of the caller', () => {
  expect(() => open('').set(['a'], [null])).toThrow("TOML can't hold null")
  expect(() => open('').set(['a\ud800'], 1)).toThrow("TOML can't hold half a character")
  expect(() => open('').set([], 1)).toThrow(TypeError)
  const opened = open('[t]\nx = 1\n')
  expect(() => opened.set(['t'], { y: 1, z: null })).toThrow(UserError)
  expect(opened.toText()).toBe('[t]\nx = 1\n')
})
