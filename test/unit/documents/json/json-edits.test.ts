import { describe, expect, it } from 'vitest'
import type { Document, Format } from '../../../../src/documents/document.ts'
import { jsoncFormat, jsonFormat } from '../../../../src/documents/json/json-format.ts'

type Edit = (document: Document) => void

const setK: Edit = (document) => document.set(['k'], 'v')
const setNested: Edit = (document) => document.set(['env', 'K'], 'v')
const setThenUnsetK: Edit = (document) => {
  document.set(['k'], 'v')
  document.unset(['k'])
}
const unsetA: Edit = (document) => document.unset(['a'])
const unsetB: Edit = (document) => document.unset(['b'])

function edited(format: Format, text: string, edit: Edit): string {
  const document = format.open(text, 'settings.json')
  edit(document)
  return document.toText()
}

describe('strict JSON', () => {
  it.each<[string, string, Edit, string]>([
    ['an empty text', '', setK, '{\n  "k": "v"\n}\n'],
    ['a byte order mark alone', '\ufeff', setK, '\ufeff{\n  "k": "v"\n}\n'],
    ['a line end alone', '\r\n', setK, '{\r\n  "k": "v"\r\n}\r\n'],
    ['blanks alone', '  ', setK, '{\n  "k": "v"\n}\n  '],
    ['a nested key in an empty text', '', setNested, '{\n  "env": {\n    "K": "v"\n  }\n}\n'],
    ['an empty object', '{}', setK, '{\n  "k": "v"\n}'],
    ['an empty object over two lines', '{\n}\n', setK, '{\n  "k": "v"\n\n}\n'],
    ['a nested empty object', '{\n\t"env": {}\n}', setNested, '{\n\t"env": {\n\t\t"K": "v"\n\t}\n}'],
    ['two spaces', '{\n  "a": 1\n}\n', setNested, '{\n  "a": 1,\n  "env": {\n    "K": "v"\n  }\n}\n'],
    [
      'four spaces',
      '{\n    "a": 1\n}',
      setNested,
      '{\n    "a": 1,\n    "env": {\n        "K": "v"\n    }\n}',
    ],
    ['tabs', '{\n\t"a": 1\n}', setNested, '{\n\t"a": 1,\n\t"env": {\n\t\t"K": "v"\n\t}\n}'],
    [
      'CRLF',
      '{\r\n  "a": 1\r\n}\r\n',
      setNested,
      '{\r\n  "a": 1,\r\n  "env": {\r\n    "K": "v"\r\n  }\r\n}\r\n',
    ],
    ['one line', '{ "a": 1 }', setNested, '{ "a": 1, "env": { "K": "v" } }'],
    ['a minified text', '{"a":1,"b":[1]}', setNested, '{"a":1,"b":[1],"env":{"K":"v"}}'],
    [
      'an inline object',
      '{\n  "env": { "A": "1" },\n  "b": 2\n}',
      setNested,
      '{\n  "env": { "A": "1", "K": "v" },\n  "b": 2\n}',
    ],
    [
      'an empty object in an inline one',
      '{"a": {"env": {}}}',
      (d) => d.set(['a', 'env', 'K'], 1),
      '{"a": {"env": {"K": 1}}}',
    ],
    ['a value alone', '{\n  "k" :\t1.0 ,\n  "n": 1e400\n}', setK, '{\n  "k" :\t"v" ,\n  "n": 1e400\n}'],
    ['an equal value', '{"k":1.0}', (d) => d.set(['k'], 1), '{"k":1.0}'],
    [
      'long numbers beside it',
      '{"n":12345678901234567890,"k":0}',
      setK,
      '{"n":12345678901234567890,"k":"v"}',
    ],
    ['a one-line list', '{\n  "l": ["a"]\n}', (d) => d.set(['l'], ['a', 'b']), '{\n  "l": [ "a", "b" ]\n}'],
    [
      'a list of lines',
      '{\n  "l": [\n    "a"\n  ]\n}',
      (d) => d.set(['l'], ['b']),
      '{\n  "l": [\n    "b"\n  ]\n}',
    ],
    ['quotes and line ends in a value', '{}', (d) => d.set(['k'], '"\n\\'), '{\n  "k": "\\"\\n\\\\"\n}'],
    ['a key with a dot', '{"a.b":1}', (d) => d.set(['a.b'], 2), '{"a.b":2}'],
    ['unset of the first key', '{\n  "a": 1,\n  "b": 2\n}\n', unsetA, '{\n  "b": 2\n}\n'],
    ['unset of the last key', '{\n  "a": 1,\n  "b": 2\n}\n', unsetB, '{\n  "a": 1\n}\n'],
    [
      'unset of the middle key',
      '{\n  "x": 0,\n  "a": {\n    "y": 1\n  },\n  "b": 2\n}',
      unsetA,
      '{\n  "x": 0,\n  "b": 2\n}',
    ],
    ['unset of the only key', '{\n  "a": 1\n}\n', unsetA, '{}\n'],
    [
      'unset leaves an emptied object',
      '{\n  "env": {\n    "K": 1\n  }\n}',
      (d) => d.unset(['env', 'K']),
      '{\n  "env": {}\n}',
    ],
    ['unset in one line', '{ "a": 1, "b": 2 }', unsetA, '{ "b": 2 }'],
    ['unset at the end of one line', '{ "a": 1, "b": 2 }', unsetB, '{ "a": 1 }'],
    ['unset in a minified text', '{"a":1,"b":2}', unsetA, '{"b":2}'],
    ['unset of an absent path', '{"a":1}', (d) => d.unset(['a', 'b']), '{"a":1}'],
    ['unset in an empty text', ' \n', unsetA, ' \n'],
    ['the exception: an empty text keeps its braces', '', setThenUnsetK, '{}\n'],
  ])('%s', (_, text, edit, wanted) => {
    expect(edited(jsonFormat, text, edit)).toBe(wanted)
    expect(edited(jsoncFormat, text, edit)).toBe(wanted)
  })

  it('holds keys that JavaScript gives a meaning', () => {
    const document = jsonFormat.open('{}', 'settings.json')
    document.set(['__proto__', 'polluted'], true)
    expect(document.toText()).toContain('"__proto__": {\n    "polluted": true')
    expect(document.get(['__proto__', 'polluted'])).toBe(true)
    expect(document.get(['constructor'])).toBeUndefined()
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('has one zero, so that the other one is not written again', () => {
    const text = '{"a":\n  { "b" : 0 }\n}'
    expect(edited(jsonFormat, text, (d) => d.set(['a'], { b: -0 }))).toBe(text)
  })

  it('refuses a number that JSON does not have', () => {
    expect(() => edited(jsonFormat, '{}', (d) => d.set(['k'], Number.NaN))).toThrow("JSON can't hold NaN")
  })

  it('stays as it was when an edit is refused', () => {
    const document = jsonFormat.open('{"a":1}', 'settings.json')
    expect(() => document.set(['a', 'b'], 1)).toThrow()
    expect(() => document.set([], 1)).toThrow(RangeError)
    expect(document.toText()).toBe('{"a":1}')
  })
})

describe('JSONC', () => {
  it.each<[string, string, Edit, string]>([
    ['comments alone', '// mine\n', setK, '// mine\n{\n  "k": "v"\n}\n'],
    ['a comment behind the last value', '{\n  "a": 1 // one\n}', setK, '{\n  "a": 1, // one\n  "k": "v"\n}'],
    ['comment lines at the end', '{\n  "a": 1\n  // end\n}', setK, '{\n  "a": 1,\n  "k": "v"\n  // end\n}'],
    ['a trailing comma', '{\n  "a": 1, // one\n}', setK, '{\n  "a": 1, // one\n  "k": "v",\n}'],
    ['a trailing comma in one line', '{ "a": 1, }', setK, '{ "a": 1, "k": "v", }'],
    [
      'a comma on its own line',
      '{\n  "a": 1\n  , // one\n}',
      setK,
      '{\n  "a": 1\n  , // one\n  "k": "v",\n}',
    ],
    ['a line comment in one line', '{ "a": 1 // one\n}', setK, '{ "a": 1, // one\n  "k": "v"\n}'],
    ['a block comment in one line', '{ "a": 1 /* one */ }', setK, '{ "a": 1, /* one */ "k": "v" }'],
    ['an object that holds comments alone', '{\n  // none\n}', setK, '{\n  "k": "v"\n  // none\n}'],
    ['a comment behind the brace', '{ // none\n}', setK, '{ // none\n  "k": "v"\n}'],
    ['signs of a comment in a string', '{"a": "/* // "}', setK, '{"a": "/* // ", "k": "v"}'],
    ['a value between comments', '{"k": /* x */ 1 /* y */}', setK, '{"k": /* x */ "v" /* y */}'],
    ['unset takes the comment of its line', '{\n  "a": 1, // one\n  "b": 2\n}', unsetA, '{\n  "b": 2\n}'],
    [
      'unset leaves comment lines',
      '{\n  // above\n  "a": 1,\n  // below\n  "b": 2\n}',
      unsetA,
      '{\n  // above\n  // below\n  "b": 2\n}',
    ],
    ['unset leaves comments of shared lines', '{ "a": 1, /* two */ "b": 2 }', unsetA, '{ /* two */ "b": 2 }'],
    ['unset leaves a comment of many lines', '{\n  "a": 1 /* x\n y */\n}', unsetA, '{ /* x\n y */\n}'],
    ['unset of the last key', '{\n  "a": 1, // one\n  "b": 2 // two\n}', unsetB, '{\n  "a": 1 // one\n}'],
    ['unset keeps a trailing comma', '{\n  "a": 1,\n  "b": 2, // two\n}', unsetB, '{\n  "a": 1,\n}'],
    [
      'unset before a brace, behind a comment',
      '{\n  "a": 1, // one\n  "b": 2 }',
      unsetB,
      '{\n  "a": 1 // one\n   }',
    ],
    ['unset with the comma in front', '{ "a": 1\n, "b": 2\n}', unsetB, '{ "a": 1\n\n}'],
    ['unset with the comma on the next line', '{\n  "a": 1\n  , "b": 2\n}', unsetA, '{\n   "b": 2\n}'],
  ])('%s', (_, text, edit, wanted) => {
    expect(edited(jsoncFormat, text, edit)).toBe(wanted)
  })
})
