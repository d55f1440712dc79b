import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Format, KeyPath, Value } from '../../../../src/documents/document.ts'
import { jsoncFormat, jsonFormat } from '../../../../src/documents/json/json-format.ts'
import { getIn, isBlocked, isSubsequence, pathFor, setIn, shallowestAbsent, unsetIn } from './data.ts'
import { keys, tidyJson, wildJson } from './json-arbitrary.ts'

const steps = fc.array(fc.record({ known: fc.boolean(), index: fc.nat(20) }), { minLength: 1, maxLength: 4 })

const values: fc.Arbitrary<Value> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.string(), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom(...keys), fc.string(), { maxKeys: 3 }),
)

const runs = { numRuns: 300 }

const documents: [string, Format, fc.Arbitrary<string>][] = [
  ['strict JSON in any layout', jsonFormat, wildJson(false)],
  ['strict JSON as programs write it', jsonFormat, tidyJson],
  ['JSONC in any layout', jsoncFormat, wildJson(true)],
]

/** Runs a law on documents and on paths that can be set in them. */
function check(
  format: Format,
  texts: fc.Arbitrary<string>,
  law: (text: string, path: KeyPath, value: Value, data: Value) => void,
): void {
  fc.assert(
    fc.property(texts, steps, values, (text, walk, value) => {
      const data = format.referee(text)
      const path = pathFor(data, walk, keys)
      fc.pre(!isBlocked(data, path))
      law(text, path, value, data)
    }),
    runs,
  )
}

describe.each(documents)('%s', (_, format, texts) => {
  it('comes out as it went in when nothing is edited', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const document = format.open(text, 'f.json')
        expect(document.toText()).toBe(text)
        expect(document.get([])).toEqual(format.referee(text))
      }),
      runs,
    )
  })

  it('holds after set what was set, and nothing else has changed', () => {
    check(format, texts, (text, path, value, data) => {
      const document = format.open(text, 'f.json')
      document.set(path, value)
      expect(document.get(path)).toEqual(value)
      expect(format.referee(document.toText())).toEqual(setIn(data, path, value))
    })
  })

  it('keeps every byte when a key is added', () => {
    check(format, texts, (text, path, value, data) => {
      fc.pre(getIn(data, path) === undefined)
      const document = format.open(text, 'f.json')
      document.set(path, value)
      expect(isSubsequence(text, document.toText())).toBe(true)
    })
  })

  it('writes the same bytes when set twice, opened again or not', () => {
    check(format, texts, (text, path, value) => {
      const document = format.open(text, 'f.json')
      document.set(path, value)
      const once = document.toText()
      document.set(path, value)
      expect(document.toText()).toBe(once)
      const again = format.open(once, 'f.json')
      again.set(path, value)
      expect(again.toText()).toBe(once)
    })
  })

  it('gives the original bytes when what set created is unset, opened again or not', () => {
    check(format, texts, (text, path, value, data) => {
      fc.pre(getIn(data, path) === undefined)
      const document = format.open(text, 'f.json')
      document.set(path, value)
      const reopened = format.open(document.toText(), 'f.json')
      for (const each of [document, reopened]) {
        each.unset(shallowestAbsent(data, path))
        expect(each.toText()).toBe(text)
      }
    })
  })

  it('gives the original bytes when several new keys are unset in any order', () => {
    fc.assert(
      fc.property(texts, fc.shuffledSubarray(['n1', 'n2', 'n3']), (text, order) => {
        const document = format.open(text, 'f.json')
        for (const key of ['n1', 'n2', 'n3']) document.set([key], { inner: key })
        for (const key of order) document.unset([key])
        for (const key of ['n1', 'n2', 'n3']) document.unset([key])
        expect(document.toText()).toBe(text)
      }),
      runs,
    )
  })

  it('lacks after unset the key alone, and only loses bytes', () => {
    check(format, texts, (text, path, _value, data) => {
      const document = format.open(text, 'f.json')
      document.unset(path)
      expect(format.referee(document.toText())).toEqual(unsetIn(data, path))
      expect(isSubsequence(document.toText(), text)).toBe(true)
      if (getIn(data, path) === undefined) expect(document.toText()).toBe(text)
    })
  })

  it('replaces the bytes of the old value alone', () => {
    check(format, texts, (text, path, _value, data) => {
      fc.pre(getIn(data, path) === undefined)
      const document = format.open(text, 'f.json')
      document.set(path, 'OLD-MARK')
      const before = document.toText()
      document.set(path, 'new "mark"')
      expect(document.toText()).toBe(before.replace('"OLD-MARK"', '"new \\"mark\\""'))
    })
  })
})
