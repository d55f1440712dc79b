import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Document, Format, KeyPath, Value } from '../../../../src/documents/document.ts'
import { UserError } from '../../../../src/errors.ts'
import { randomCases } from '../../../support/random-cases.ts'
import { getIn, isBlocked, isSubsequence, pathFor, setIn, shallowestAbsent, unsetIn } from './data.ts'

/** A format with documents to try it on, and keys to look up and to add. */
export interface Subject {
  readonly name: string
  readonly format: Format
  readonly texts: fc.Arbitrary<string>
  readonly keys: readonly string[]
  /** Whether taking a key out of the text may be refused as `unsupported-yaml`. */
  readonly mayRefuse?: (text: string) => boolean
}

/** What a law is tried on: a text, what it holds, and a path that no value stands in the way of. */
export interface Trial {
  readonly text: string
  readonly data: Value
  readonly path: KeyPath
  readonly value: Value
}

export const runs = randomCases(300)

const steps = fc.array(fc.record({ known: fc.boolean(), index: fc.nat(20) }), { minLength: 1, maxLength: 4 })

function valuesWith(keys: readonly string[]): fc.Arbitrary<Value> {
  return fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'yesNOtruefal~01:.#-[]{}, \n"\'') }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.string(), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys), fc.oneof(fc.string(), fc.constant([]), fc.constant({})), {
      maxKeys: 3,
    }),
  )
}

export function check({ format, texts, keys }: Subject, law: (trial: Trial) => void): void {
  fc.assert(
    fc.property(texts, steps, valuesWith(keys), (text, walk, value) => {
      const data = format.parseStrict(text)
      const path = pathFor(data, walk, keys)
      fc.pre(!isBlocked(data, path))
      law({ text, data, path, value })
    }),
    runs,
  )
}

/** The laws of the Document interface. */
export function describeLaws(subject: Subject): void {
  const { name, format, texts } = subject
  describe(name, () => {
    it('comes out as it went in when nothing is edited', () => {
      fc.assert(
        fc.property(texts, (text) => {
          const document = format.open(text, 'file')
          expect(document.toText()).toBe(text)
          expect(document.get([])).toEqual(format.parseStrict(text))
        }),
        runs,
      )
    })

    it('after set holds what was set, and nothing else has changed', () => {
      check(subject, ({ text, path, value, data }) => {
        const document = format.open(text, 'file')
        document.set(path, value)
        expect(document.get(path)).toEqual(value)
        expect(format.parseStrict(document.toText())).toEqual(setIn(data, path, value))
      })
    })

    it('keeps every byte when a key is added', () => {
      check(subject, ({ text, path, value, data }) => {
        fc.pre(getIn(data, path) === undefined)
        const document = format.open(text, 'file')
        document.set(path, value)
        expect(isSubsequence(text, document.toText())).toBe(true)
      })
    })

    it('writes the same bytes when set twice, opened again or not', () => {
      check(subject, ({ text, path, value }) => {
        const document = format.open(text, 'file')
        document.set(path, value)
        const once = document.toText()
        document.set(path, value)
        expect(document.toText()).toBe(once)
        const again = format.open(once, 'file')
        again.set(path, value)
        expect(again.toText()).toBe(once)
      })
    })

    it('gives the original bytes when what set created is unset, opened again or not', () => {
      check(subject, ({ text, path, value, data }) => {
        fc.pre(getIn(data, path) === undefined)
        const document = format.open(text, 'file')
        document.set(path, value)
        const reopened = format.open(document.toText(), 'file')
        for (const each of [document, reopened]) {
          each.unset(shallowestAbsent(data, path))
          expect(each.toText()).toBe(text)
        }
      })
    })

    it('gives the original bytes when several new keys are unset in any order', () => {
      fc.assert(
        fc.property(texts, fc.shuffledSubarray(['n1', 'n2', 'n3']), (text, order) => {
          const document = format.open(text, 'file')
          for (const key of ['n1', 'n2', 'n3']) document.set([key], { inner: key })
          for (const key of order) document.unset([key])
          for (const key of ['n1', 'n2', 'n3']) document.unset([key])
          expect(document.toText()).toBe(text)
        }),
        runs,
      )
    })

    it('after unset lacks that key and nothing else', () => {
      check(subject, ({ text, path, data }) => {
        const document = format.open(text, 'file')
        if (!unsets(document, path)) {
          expect([document.toText(), subject.mayRefuse?.(text)]).toEqual([text, true])
          return
        }
        expect(format.parseStrict(document.toText())).toEqual(unsetIn(data, path))
        if (getIn(data, path) === undefined) expect(document.toText()).toBe(text)
      })
    })

    it('replaces the bytes of the old value alone', () => {
      check(subject, ({ text, path, data }) => {
        fc.pre(getIn(data, path) === undefined)
        const document = format.open(text, 'file')
        document.set(path, 'old mark')
        const before = document.toText()
        document.set(path, 'new "mark"')
        expect(document.toText()).toBe(before.replace('"old mark"', '"new \\"mark\\""'))
      })
    })
  })
}

/** False when the edit was refused because the text cannot be edited there. */
function unsets(document: Document, path: KeyPath): boolean {
  try {
    document.unset(path)
    return true
  } catch (error) {
    if (error instanceof UserError && error.code === 'unsupported-yaml') return false
    throw error
  }
}
