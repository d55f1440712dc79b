import { describe, expect, it } from 'vitest'
import type { Format } from '../../../../src/documents/document.ts'
import { jsoncFormat, jsonFormat } from '../../../../src/documents/json/json-format.ts'
import { pathsOf, setIn, tablePathsOf, unsetIn } from './data.ts'

const strict = [
  '{}',
  '{ }',
  '{\n}',
  '{\n\n}\n',
  '\r\n{\r\n}\r\n',
  '{\t}',
  '\ufeff{}',
  ' { } ',
  '{"a":1}',
  '{"a":1}\n\n\n',
  '{ "a" : 1 }',
  '{\n"a":1}',
  '{"a":1\n}',
  '{\n  "a": 1}',
  '{\n\t"a": 1\n}',
  '{\n   "a": 1,\n   "b": {\n      "c": 2\n   }\n}',
  '{\r\n  "a": 1,\r\n  "b": [1,\r\n 2]\r\n}\r\n',
  '{\n  "a": 1,\r\n  "b": 2\n}\r\n',
  '{\r  "a": 1,\r  "b": 2\r}\r',
  '{"a":1,"b":2,"c":3}',
  '{"a":1 , "b":2\t,\t"c":3}',
  '{ "a": 1\n, "b": 2\n, "c": 3\n}',
  '{\n  "a": 1, "b": 2,\n  "c": 3, "d": 4\n}',
  '{\n  "a": 1,\n\n\n  "b": 2\n\n}',
  '{\n  "a":\n    1\n  ,\n  "b":\n  {\n  }\n}',
  '{"a":{"b":{"c":{"d":{}}}}}',
  '{\n  "a": { "b": {} },\n  "c": { }\n}',
  '{\n  "a": {\n  },\n  "b": {\n\n    }\n}',
  '{"a":[],"b":[[]],"c":[{"d":1}]}',
  '{"n":12345678901234567890,"e":1e400,"f":1.0,"z":-0,"x":1E+2}',
  '{"s":"\\u0041\\ud83d\\ude00\\/","t":"😀","u":"\u2028"}',
  '{"lone":"\\ud800"}',
  '{"":0}',
  '{"__proto__":{"x":1},"constructor":{"prototype":{}}}',
  '{"toString":1,"hasOwnProperty":{}}',
  '{"a.b":1,"a":{"b":2}}',
  '{"{":"}","[":"]",",":":"}',
  '{"//":"/*","*/":"//"}',
  '{"\\"":"\\\\","\\\\":"\\""}',
  '{"a":true,"b":false,"c":null}',
  `{"deep":${'['.repeat(200)}${']'.repeat(200)}}`,
  `{"long":"${'x'.repeat(20_000)}","b":1}`,
  '  {\n    "indented": {\n      "b": 1\n    }\n  }\n',
]

const relaxed = [
  '// c\n{}',
  '{} // c',
  '{ // c\n}',
  '{ /* c */ }',
  '{/**/}',
  '{\n  // c\n}',
  '{\n  /* c\n     d */\n}',
  '{ /* c\n d */ }',
  '{"a":1,}',
  '{"a":1 , }',
  '{\n  "a": 1,\n}\n',
  '{\n  "a": 1 // c\n}',
  '{\n  "a": 1, // c\n}',
  '{\n  "a": 1 // c\n  , // d\n}',
  '{\n  "a": 1 /* c */ , /* d */ "b": 2 /* e */\n}',
  '{\n  "a": 1, // {"b": 2}\n  "c": 3 // }\n}',
  '{\n  "a": 1\n  // "b": 2,\n}',
  '{\n  // "z": 0,\n  "a": 1,\n  // "b": 2,\n  "c": 3,\n  // "d": 4\n}\n// end',
  '{\r\n  // c\r\n  "a": 1, // d\r\n  "b": {}, // e\r\n}\r\n',
  '{ "a": 1 // c\n, "b": 2 // d\n}',
  '{"a": /* c */ 1, /* d */ "b" /* e */ : 2}',
  '{"a":1/* c */}',
  '{"a":1// c\n}',
  '{\n  "a": 1 /* c\n  d */\n}',
  '{\n  "a": 1, /* c\n  d */ "b": 2\n}',
  '{\n  "a": 1, // c\n  "b": 2 }',
  '{\n  "a": { // c\n    "b": 1 // d\n  }, // e\n  "f": [ // g\n    1, // h\n  ],\n}',
  '{\n  "url": "http://x//y", // http://z\n  "k": "/* no */"\n}',
  '\ufeff// c\r\n{\r\n}\r\n',
  '{\n  "a": 1, /* c */ // d\n  /* e */ "b": 2, /* f */\n}',
  '{"a":{"b":1,/* c */},/* d */}',
]

const documents: [string, Format][] = [
  ...strict.map((text): [string, Format] => [text, jsonFormat]),
  ...[...strict, ...relaxed].map((text): [string, Format] => [text, jsoncFormat]),
]

describe.each(documents)('%j', (text, format) => {
  const data = format.referee(text)

  it('takes new keys in every object and gives them back', () => {
    for (const holder of tablePathsOf(data)) {
      const document = format.open(text, 'f')
      document.set([...holder, 'new', 'inner'], 'v')
      expect(format.referee(document.toText())).toEqual(setIn(data, [...holder, 'new', 'inner'], 'v'))
      document.set([...holder, 'other'], ['w'])
      document.unset([...holder, 'new'])
      document.unset([...holder, 'other'])
      expect(document.toText()).toBe(text)
    }
  })

  it('replaces and loses every key alone', () => {
    for (const path of pathsOf(data)) {
      const document = format.open(text, 'f')
      document.set(path, { other: ['value'] })
      expect(format.referee(document.toText())).toEqual(setIn(data, path, { other: ['value'] }))
      const second = format.open(text, 'f')
      second.unset(path)
      expect(format.referee(second.toText())).toEqual(unsetIn(data, path))
    }
  })

  it('loses all its keys one by one', () => {
    const document = format.open(text, 'f')
    for (const key of Object.keys(data as object)) document.unset([key])
    expect(format.referee(document.toText())).toEqual({})
  })
})
