import fc from 'fast-check'
import { expect } from 'vitest'
import type { Format, KeyPath, Value } from '../../../../src/documents/document.ts'
import { UserError } from '../../../../src/errors.ts'
import { randomCases } from '../../../support/random-cases.ts'

export const runs = randomCases(400)

/** The text after a set, and after that with an unset in a document of its own. */
export function setIn(format: Format, text: string, path: KeyPath, value: Value): string {
  const document = format.open(text, 'file')
  document.set(path, value)
  return document.toText()
}

export function unsetIn(format: Format, text: string, path: KeyPath): string {
  const document = format.open(text, 'file')
  document.unset(path)
  return document.toText()
}

/** Holds a format to the laws of `Document`, on texts in which the path is absent; texts that do not open are left out. */
export function expectLaws(
  format: Format,
  path: KeyPath,
  texts: fc.Arbitrary<string>,
  values: fc.Arbitrary<Value>,
): void {
  fc.assert(
    fc.property(texts, values, values, (text, first, second) => {
      fc.pre(opens(format, text) && format.open(text, 'file').get(path) === undefined)
      const document = format.open(text, 'file')
      document.unset(path)
      expect(document.toText()).toBe(text)

      document.set(path, first)
      const once = document.toText()
      expect(once.startsWith(text)).toBe(true)
      expect(document.get(path)).toEqual(first)
      expect(format.open(once, 'file').get(path)).toEqual(first)
      document.set(path, first)
      expect(document.toText()).toBe(once)
      expect(setIn(format, once, path, first)).toBe(once)

      document.set(path, second)
      expect(document.get(path)).toEqual(second)
      expect(setIn(format, document.toText(), path, first)).toBe(once)

      expect(unsetIn(format, once, path)).toBe(text)
      document.unset(path)
      expect(document.toText()).toBe(text)
      expect(document.get(path)).toBeUndefined()
    }),
    runs,
  )
}

function opens(format: Format, text: string): boolean {
  try {
    format.open(text, 'file')
    return true
  } catch (error) {
    if (error instanceof UserError) return false
    throw error
  }
}
