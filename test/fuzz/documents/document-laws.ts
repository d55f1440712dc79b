import assert from 'node:assert/strict'
import type { Document, Format, KeyPath, Value } from '../../../src/documents/document.ts'
import { assertSame } from './data.ts'
import type { Edit } from './edits.ts'
import { assertPlace, refusalOf } from './typed-error.ts'

/** A text of some format, and what is done to it. */
export interface DocumentCase {
  readonly text: string
  readonly edits: readonly Edit[]
}

export const file = 'the file'

/** The document of a text that comes out as it went in; undefined where the text is refused, with a place in it. */
export function openWhole(format: Format, text: string): Document | undefined {
  let document: Document | undefined
  const refusal = refusalOf(() => {
    document = format.open(text, file)
  })
  if (refusal) assertPlace(refusal, file, text)
  if (document) assert.equal(document.toText(), text, 'a text comes out as it went in')
  return document
}

/** Whether an edit was done; a refused one changes nothing. */
export function isDone(document: Document, path: KeyPath, edit: (document: Document) => void): boolean {
  const before = document.toText()
  if (!refusalOf(() => edit(document), path)) return true
  assert.equal(document.toText(), before, 'a refused edit changes nothing')
  return false
}

/** What was written by a set, opened again; a second set of the same changes neither of the two. */
export function reopenSet(format: Format, document: Document, path: KeyPath, value: Value): Document {
  const after = document.toText()
  const reopened = format.open(after, file)
  assert.equal(reopened.toText(), after, 'what was written opens again')
  assertSame(reopened.get([]), document.get([]), 'and reads the same')
  for (const each of [document, reopened]) {
    each.set(path, value)
    assert.equal(each.toText(), after, 'set twice is set once')
  }
  return reopened
}
