import { describe, expect, it } from 'vitest'
import type { Format } from '../../../../src/documents/document.ts'
import { jsoncFormat, jsonFormat } from '../../../../src/documents/json/json-format.ts'
import { refusalOf } from '../../../support/refusal-of.ts'

const broken: [string, number, number][] = [
  ['{"a":01}', 1, 7],
  ['{"a":+1}', 1, 6],
  ['{"a":.5}', 1, 6],
  ['{"a":1.}', 1, 6],
  ['{"a":0x10}', 1, 7],
  ['{"a":NaN}', 1, 6],
  ['{"a":Infinity}', 1, 6],
  ['{"a":undefined}', 1, 6],
  ['{"a":tru}', 1, 6],
  ['{"a":\'x\'}', 1, 6],
  ['{a:1}', 1, 2],
  ['{"a":"\\x"}', 1, 6],
  ['{"a":"\t"}', 1, 6],
  ['{"a":"\\u12"}', 1, 6],
  ['{"a":"x\ny"}', 1, 6],
  ['{"a" 1}', 1, 6],
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3],
  ['{\r\n  "a": 1,,\r\n}', 2, 10],
  ['{"a":1', 1, 7],
  ['{"a":1}}', 1, 8],
  ['{"a":1}{}', 1, 8],
  ['[,]', 1, 2],
  ['\ufeff{"a":}', 1, 6],
  ['\u00a0{}', 1, 1],
]

const formats: [string, Format][] = [
  ['strict JSON', jsonFormat],
  ['JSONC', jsoncFormat],
]

describe.each(formats)('%s', (_, format) => {
  it.each(broken)('does not open %j', (text, line, column) => {
    const error = refusalOf(() => format.open(text, 'settings.json'))
    expect(error).toMatchObject({
      code: 'does-not-parse',
      exit: 1,
      where: { file: 'settings.json', line, column },
    })
    expect(String(error.hint)).toContain('run the same command again')
    expect(() => format.parseStrict(text)).toThrow()
  })

  it.each([
    ['{"a":1,"b":2,"a":3}', 1, 14],
    ['{\n  "x": [{"a": 1,\n    "\\u0061": 2}]\n}', 3, 5],
    ['{"__proto__":1,"__proto__":2}', 1, 16],
  ])('refuses the twin keys of %j', (text, line, column) => {
    const error = refusalOf(() => format.open(text, 'f'))
    expect(error).toMatchObject({ code: 'duplicate-key', exit: 1, where: { file: 'f', line, column } })
  })

  it.each([
    ['[]', ['a'], 1, 1],
    [' "text"', ['a'], 1, 2],
    ['null', ['a'], 1, 1],
    ['{"a":null}', ['a', 'b'], 1, 6],
    ['{"a":[{}]}', ['a', '0'], 1, 6],
    ['{\n  "a": {"b": 1}\n}', ['a', 'b', 'c'], 2, 14],
  ])('cannot set in %j at %j', (text, path, line, column) => {
    const document = format.open(text, 'f')
    const error = refusalOf(() => document.set(path, 1))
    expect(error).toMatchObject({ code: 'path-taken', exit: 1, where: { file: 'f', line, column } })
    expect(document.get(path)).toBeUndefined()
    document.unset(path)
    expect(document.toText()).toBe(text)
  })

  it('never quotes the file', () => {
    const secret = 'cr_0123456789'
    const texts = [`{"${secret}": ${secret}}`, `{"${secret}":1,"${secret}":2}`, `{"k":"${secret}`, secret]
    for (const text of texts) {
      const error = refusalOf(() => format.open(text, 'f'))
      expect(error.message + error.hint).not.toContain(secret)
    }
    const taken = refusalOf(() => format.open(`{"a":"${secret}"}`, 'f').set(['a', 'b'], 1))
    expect(taken.message + taken.hint).not.toContain(secret)
  })
})

describe('what only JSONC allows', () => {
  it.each([
    ['// c\n{}', 1, 1],
    ['{"a":1 /* c */}', 1, 8],
    ['{"a":1,}', 1, 8],
    ['{"a":[1,\n]}', 2, 1],
    ['// c', 1, 1],
  ])('%j', (text, line, column) => {
    const error = refusalOf(() => jsonFormat.open(text, 'f'))
    expect(error).toMatchObject({ code: 'does-not-parse', where: { line, column } })
    expect(() => jsonFormat.parseStrict(text)).toThrow()
    expect(jsoncFormat.open(text, 'f').get([])).toEqual(jsoncFormat.parseStrict(text))
  })
})
