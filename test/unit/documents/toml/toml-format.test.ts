import { describe, expect, test } from 'vitest'
import { tomlFormat } from '../../../../src/documents/toml/toml-format.ts'
import { refusalOf } from '../../../support/refusal-of.ts'
import { edited, open, withValue } from './support.ts'
import { tortureDocuments } from './torture-documents.ts'

const provider = { name: 'QCode', base_url: 'https://api.qcode.cc/openai', wire_api: 'responses' }

describe.each(Object.entries(tortureDocuments))('%s', (_, text) => {
  test('comes out as it went in', () => {
    expect(open(text).toText()).toBe(text)
    expect(open(text).get([])).toEqual(tomlFormat.parseStrict(text))
  })

  test('takes a provider, key by key, and gives it back', () => {
    const after = edited(text, (opened) => {
      opened.set(['model_provider'], 'qcode')
      for (const [key, value] of Object.entries(provider))
        opened.set(['model_providers', 'qcode', key], value)
    })
    const expected = withValue(tomlFormat.parseStrict(text), ['model_providers', 'qcode'], provider)
    expect(tomlFormat.parseStrict(after)).toEqual(withValue(expected, ['model_provider'], 'qcode'))
    const back = edited(after, (opened) => {
      opened.unset(['model_providers'])
      opened.unset(['model_provider'])
    })
    expect(back).toBe(text)
  })

  test('has each key taken out and nothing else', () => {
    const data = tomlFormat.parseStrict(text) as object
    for (const key of Object.keys(data)) {
      const after = edited(text, (opened) => opened.unset([key]))
      expect(tomlFormat.parseStrict(after)).toEqual(withValue(tomlFormat.parseStrict(text), [key], undefined))
    }
  })
})

describe('a text that does not parse', () => {
  test.each([
    ['a key twice', 'a = 1\n  a = "cr_secret"\n', 2, 3],
    ['a table twice', '[t]\nx = 1\n[t]\n', 3, 2],
    ['a table over an inline table', 't = {}\n[t.u]\n', 2, 2],
    ['no value', 'a =\n', 1, 4],
    ['an open string', '\uFEFFa = "cr_secret\n', 1, 15],
    ['an open array', 'a = [1,\r\nb = "cr_secret"\r\n', 2, 1],
    ['two pairs on a line', 'a = 1 b = "cr_secret"\n', 1, 7],
    ['a bare name that needs quotes', '\nclé = "cr_secret"\n', 2, 3],
    ['a number without a key at the end', '-0', 1, 1],
    ['a carriage return alone in a string', "a = '''cr_secret\r\r\n'''\n", 1, 17],
    ['a carriage return alone, which the parser overlooks', 'a = 1 # cr_secret\rb = 2\n', 1, 18],
    ['a leap second, which the parser refuses', 'a = 1990-12-31T23:59:60Z\n', 1, 5],
    ['two byte order marks', '\uFEFF\uFEFFa = 1\n', 1, 1],
    ['a conflict marker', '<<<<<<< HEAD\na = "cr_secret"\n', 1, 1],
    ['another format', '{ "key": "cr_secret" }\n', 1, 1],
  ])('%s', (_, text, line, column) => {
    const error = refusalOf(() => open(text))
    expect(error).toMatchObject({ code: 'does-not-parse', exit: 1 })
    expect(error.where).toEqual({ file: 'config.toml', line, column })
    expect(String(error.hint)).toContain(`config.toml:${line}:${column}`)
    expect(error.message + error.hint).not.toContain('cr_secret')
  })

  test('a key or table twice is named as that', () => {
    expect(refusalOf(() => open('a = 1\na = 2\n')).message).toContain('defined twice')
    expect(refusalOf(() => open('a = 1\na = 2\n')).hint).toContain('Remove or rename one of the two')
  })

  test('the strict parser refuses it too, and quotes no line of it', () => {
    const error = refusalOf(() => tomlFormat.parseStrict('a = "cr_secret'))
    expect(error.code).toBe('does-not-parse')
    expect(String(error.message)).not.toContain('cr_secret')
  })
})

test('given a string of half a million characters, when a key is set behind it, then it stays as it is', () => {
  const text = `a = "${'x\\"'.repeat(170_000)}"\n`
  expect(edited(text, (opened) => opened.set(['b'], 1))).toBe(`${text}b = 1\n`)
})

describe('the strict parser', () => {
  test('gives plain values', () => {
    const text =
      '\uFEFFa = 9223372036854775807\r\nb = 07:32:00\r\nc = """\r\nx\r\ny"""\r\n[[__proto__]]\r\nz = -inf\r\n'
    const data = tomlFormat.parseStrict(text)
    expect(Object.entries(data as object)).toEqual([
      ['a', '9223372036854775807'],
      ['b', '07:32:00.000'],
      ['c', 'x\ny'],
      ['__proto__', [{ z: Number.NEGATIVE_INFINITY }]],
    ])
  })
})
