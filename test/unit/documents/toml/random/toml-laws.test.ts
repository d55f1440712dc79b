import iarna from '@iarna/toml'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KeyPath, Value } from '../../../../../src/documents/document.ts'
import { tomlFormat } from '../../../../../src/documents/toml/toml-format.ts'
import { UserError } from '../../../../../src/errors.ts'
import { randomCases } from '../../../../support/random-cases.ts'
import { type Block, path, type RandomDocument, randomDocument, value } from '../random-toml.ts'
import { edited, open, shallowestAbsent, valueIn, withoutEmpty, withValue } from '../support.ts'
import { tortureDocuments } from '../torture-documents.ts'

const runs = randomCases(500)

const document = randomDocument.filter(({ text }) => opens(text))
const torture = fc
  .constantFrom(...Object.values(tortureDocuments))
  .map((text): RandomDocument => ({ text, blocks: [] }))
const anyDocument = fc.oneof({ weight: 4, arbitrary: document }, torture)

function opens(text: string): boolean {
  try {
    open(text)
    return true
  } catch (error) {
    if (error instanceof UserError && error.code === 'does-not-parse') return false
    throw error
  }
}

/** The text after `set`; undefined when a value is in the way, and then nothing has changed. */
function textAfterSet(text: string, keys: KeyPath, wanted: Value): string | undefined {
  const opened = open(text)
  try {
    opened.set(keys, wanted)
    return opened.toText()
  } catch (error) {
    if (!(error instanceof UserError && error.code === 'path-taken')) throw error
    expect(opened.toText()).toBe(text)
    return undefined
  }
}

function isWithin(keys: readonly string[], start: readonly string[]): boolean {
  return start.every((key, index) => key === keys[index])
}

/** Blocks that an edit does not name, nor a table that it edits in place. */
function isForeign(block: Block, keys: KeyPath): boolean {
  return !block.path || !(isWithin(block.path, keys) || isWithin(keys, block.path))
}

function expectInOrder(text: string, blocks: readonly Block[]): void {
  const lines = `\n${text.replaceAll('\r\n', '\n').replace(/^\uFEFF/, '')}\n`
  let at = 0
  for (const { text: block } of blocks) {
    const found = lines.indexOf(`\n${block}\n`, at)
    expect(found, `${JSON.stringify(block)} is missing in ${JSON.stringify(text)}`).toBeGreaterThanOrEqual(0)
    at = found + 1 + block.length
  }
}

describe('set', () => {
  test('gives the value, and setting it twice changes nothing', () => {
    fc.assert(
      fc.property(anyDocument, path, value, ({ text }, keys, wanted) => {
        const after = textAfterSet(text, keys, wanted)
        if (after === undefined) return
        expect(open(after).get(keys)).toEqual(wanted)
        expect(textAfterSet(after, keys, wanted)).toBe(after)
      }),
      runs,
    )
  })

  test('changes nothing else for an independent parser', () => {
    fc.assert(
      fc.property(anyDocument, path, value, ({ text }, keys, wanted) => {
        const after = textAfterSet(text, keys, wanted)
        if (after === undefined) return
        expect(tomlFormat.parseStrict(after)).toEqual(withValue(tomlFormat.parseStrict(text), keys, wanted))
      }),
      runs,
    )
  })

  test('keeps every line that it does not name, in order', () => {
    fc.assert(
      fc.property(document, path, value, ({ text, blocks }, keys, wanted) => {
        const after = textAfterSet(text, keys, wanted)
        if (after === undefined) return
        expectInOrder(
          after,
          blocks.filter(
            (block) => block.text !== '' && (isForeign(block, keys) || isHeaderAbove(block, keys)),
          ),
        )
      }),
      runs,
    )
  })

  test('followed by unset of the topmost key that it created gives the original bytes', () => {
    fc.assert(
      fc.property(anyDocument, path, value, fc.boolean(), ({ text }, keys, wanted, reopens) => {
        const made = shallowestAbsent(tomlFormat.parseStrict(text), keys)
        const after = made && textAfterSet(text, keys, wanted)
        if (made === undefined || after === undefined) return
        const back = reopens
          ? edited(after, (opened) => opened.unset(made))
          : edited(text, (opened) => {
              opened.set(keys, wanted)
              opened.unset(made)
            })
        expect(back).toBe(text)
      }),
      randomCases(2000),
    )
  })

  test('of many keys is undone by unset in reverse order', () => {
    fc.assert(
      fc.property(anyDocument, fc.array(fc.tuple(path, value), { maxLength: 6 }), ({ text }, wanted) => {
        const undo: (readonly string[])[] = []
        let current = text
        for (const [keys, each] of wanted) {
          const made = shallowestAbsent(tomlFormat.parseStrict(current), keys)
          const after = made && textAfterSet(current, keys, each)
          if (made === undefined || after === undefined) continue
          current = after
          undo.unshift(made)
        }
        const opened = open(current)
        for (const made of undo) opened.unset(made)
        expect(opened.toText()).toBe(text)
      }),
      runs,
    )
  })
})

function isHeaderAbove({ text, path: own }: Block, keys: KeyPath): boolean {
  return own !== undefined && /^\s*\[/.test(text) && own.length < keys.length && isWithin(keys, own)
}

describe('unset', () => {
  test('takes out the value and nothing else for an independent parser', () => {
    fc.assert(
      fc.property(anyDocument, path, ({ text }, keys) => {
        const after = edited(text, (opened) => opened.unset(keys))
        const wanted = withValue(tomlFormat.parseStrict(text), keys, undefined)
        expect(withoutEmpty(tomlFormat.parseStrict(after))).toEqual(withoutEmpty(wanted))
        expect(open(after).get(keys)).toBeUndefined()
      }),
      randomCases(1000),
    )
  })

  test('keeps comments and every line that it does not name, in order', () => {
    fc.assert(
      fc.property(document, path, ({ text, blocks }, keys) => {
        const after = edited(text, (opened) => opened.unset(keys))
        const foreign = blocks.filter((block) => isForeign(block, keys) && block.text !== '')
        expectInOrder(after, foreign)
      }),
      randomCases(1000),
    )
  })

  test('of an absent path changes nothing', () => {
    fc.assert(
      fc.property(anyDocument, path, ({ text }, keys) => {
        if (valueIn(tomlFormat.parseStrict(text), keys) !== undefined) return
        expect(edited(text, (opened) => opened.unset(keys))).toBe(text)
      }),
      runs,
    )
  })
})

describe('reading', () => {
  test('gives back the bytes of a document without edits', () => {
    fc.assert(
      fc.property(anyDocument, ({ text }) => {
        expect(open(text).toText()).toBe(text)
      }),
      runs,
    )
  })

  test('agrees with the independent parser', () => {
    fc.assert(
      fc.property(anyDocument, ({ text }) => {
        expect(open(text).get([])).toEqual(tomlFormat.parseStrict(text))
      }),
      runs,
    )
  })
})

test('a second independent parser reads the same foreign values before and after', () => {
  fc.assert(
    fc.property(anyDocument, path, value, ({ text }, keys, wanted) => {
      if (!isForIarna(text) || namesInherited(text + JSON.stringify([keys, wanted]))) return
      const after = textAfterSet(text, keys, wanted)
      if (after === undefined) return
      const others = [text, after].map((each) => withValue(readWithIarna(each), keys, undefined))
      expect(withoutEmpty(others[1])).toEqual(withoutEmpty(others[0]))
    }),
    randomCases(1000),
  )
})

/** Names that @iarna/toml 3.0.0 finds in every table: `[constructor]` writes to the global Object there. */
function namesInherited(text: string): boolean {
  return Object.getOwnPropertyNames(Object.prototype).some((name) => text.includes(name))
}

/** That parser refuses byte order marks, carriage returns behind comments, lines after a local time, and TOML 1.1. */
function isForIarna(text: string): boolean {
  if (text.includes('\r') || /\d:\d\d\s*\n/.test(text)) return false
  try {
    readWithIarna(text)
    return true
  } catch {
    return false
  }
}

function readWithIarna(text: string): Value {
  const data = iarna.parse(text)
  return JSON.parse(JSON.stringify(data, (_, each) => (typeof each === 'bigint' ? `${each}` : each)))
}
