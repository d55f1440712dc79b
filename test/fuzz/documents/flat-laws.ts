import assert from 'node:assert/strict'
import type { Document, Format, KeyPath, Value } from '../../../src/documents/document.ts'
import { assertSame, getIn, isSubsequence, isTable, pathFor, setIn, unsetIn } from './data.ts'
import { type DocumentCase, file, isDone, openWhole, reopenSet } from './document-laws.ts'
import { type Edit, oddKeys } from './edits.ts'

/** Formats whose text is lines: assignments, or one block of ours in a profile. */
export interface Flat {
  readonly format: Format
  /** Whether the second parser sees the whole file; else lines that the editor leaves alone can hide what it writes. */
  readonly refereeSeesAll?: boolean
}

/**
 * What node's dotenv alone reads so: `name: value`, a quoted value on the line behind `name=`, a `=` on the line behind its
 * name, U+2028 as the end of a line. The plan refuses what is lost by that.
 */
const readByNodeAlone =
  /[\u2028\u2029]|^\s*(?:export\s+)?[\w.-]+(?::(?:\s|$)|\s*=\s*[\r\n]\s*['"`]|\s*[\r\n]\s*=)/m

/** The laws of `Document`, for files of lines: either the text is refused, or all of them hold. */
export function holdFlatLaws(subject: Flat, { text, edits }: DocumentCase): void {
  const document = openWhole(subject.format, text)
  if (!document) return
  subject.format.parseStrict(text)
  for (const edit of edits) apply(subject, document, edit)
}

function apply(subject: Flat, document: Document, { verb, walk, value }: Edit): void {
  const data = document.get([]) as Value
  const path = pathFor(data, walk, oddKeys)
  if (path.length > 1 && verb !== 'set') {
    assert.equal(document.get(path), undefined, 'a line holds no keys of its own')
    return
  }
  if (verb === 'get') assertSame(document.get(path), getIn(data, path), 'get reads what the whole holds')
  if (verb === 'set') set(subject, document, path, value, data)
  if (verb === 'unset') unset(subject, document, path, data)
}

function set(
  { format, refereeSeesAll = false }: Flat,
  document: Document,
  path: KeyPath,
  value: Value,
  data: Value,
): void {
  const before = document.toText()
  if (!isDone(document, path, (one) => one.set(path, value))) return
  const after = document.toText()
  assertSame(document.get(path), value, 'set, then get')
  assertSame(document.get([]), setIn(data, path, value), 'set changes that value alone')
  const read = format.parseStrict(after)
  if (refereeSeesAll && !readByNodeAlone.test(before))
    assertSame(read, setIn(format.parseStrict(before), path, value), 'the referee reads what was meant')
  const reopened = reopenSet(format, document, path, value)
  if (isTable(data) && Object.hasOwn(data, path[0] ?? '')) {
    restore(format, after, before, path)
    return
  }
  assert.ok(after.startsWith(before), 'what is new comes behind all else')
  reopened.unset(path)
  assert.equal(reopened.toText(), before, 'set, then unset, gives the bytes back')
}

/** The user's own spelling comes back. */
function restore(format: Format, after: string, before: string, path: KeyPath): void {
  const changed = format.open(after, file)
  const original = format.open(before, file)
  if (!changed.restore) return
  changed.restore(path, original)
  assertSame(changed.get([]), original.get([]), 'restore gives the old value back')
}

function unset({ format }: Flat, document: Document, path: KeyPath, data: Value): void {
  const before = document.toText()
  if (!isDone(document, path, (one) => one.unset(path))) return
  const after = document.toText()
  if (getIn(data, path) === undefined) assert.equal(after, before, 'unset of nothing changes nothing')
  assertSame(document.get([]), unsetIn(data, path), 'unset takes that value alone')
  assertSame(format.open(after, file).get([]), document.get([]), 'what is left opens again')
  assert.ok(isSubsequence(after, before), 'unset adds no byte')
}
