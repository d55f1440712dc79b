import assert from 'node:assert/strict'
import type { Document, Format, KeyPath, Value } from '../../../src/documents/document.ts'
import {
  assertSame,
  filled,
  getIn,
  isSubsequence,
  pathFor,
  setIn,
  shallowestAbsent,
  unsetIn,
} from './data.ts'
import { type DocumentCase, file, isDone, openWhole, reopenSet } from './document-laws.ts'
import { type Edit, oddKeys } from './edits.ts'

/** What one format does in its own way. */
export interface Structured {
  readonly format: Format
  /** Whether unset may leave text of its own behind, as `{}` in YAML. */
  readonly leavesBraces?: boolean
  /** An empty text that was edited once does not become empty again. */
  readonly keepsBraces?: boolean
}

/** The laws of `Document`, for formats with nested keys: either the text is refused, or all of them hold. */
export function holdStructuredLaws(subject: Structured, { text, edits }: DocumentCase): void {
  const document = openWhole(subject.format, text)
  if (!document) return
  assertSame(document.get([]), subject.format.parseStrict(text), 'editor and referee read the same')
  for (const edit of edits) apply(subject, document, edit)
}

function apply(subject: Structured, document: Document, { verb, walk, value }: Edit): void {
  const data = subject.format.parseStrict(document.toText())
  const path = pathFor(data, walk, oddKeys)
  if (verb === 'get') assertSame(document.get(path), getIn(data, path), 'get reads what the referee reads')
  if (verb === 'set') set(subject, document, path, value, data)
  if (verb === 'unset') unset(subject, document, path, data)
}

function set(
  { format, keepsBraces = false }: Structured,
  document: Document,
  path: KeyPath,
  value: Value,
  data: Value,
): void {
  const before = document.toText()
  if (!isDone(document, path, (one) => one.set(path, value))) return
  const after = document.toText()
  assertSame(document.get(path), value, 'set, then get')
  assertSame(format.parseStrict(after), setIn(data, path, value), 'set changes that value alone')
  const reopened = reopenSet(format, document, path, value)
  if (getIn(data, path) !== undefined) return
  assert.ok(isSubsequence(before, after), 'a new key takes no byte away')
  reopened.unset(shallowestAbsent(data, path))
  if (!keepsBraces || holdsData(before))
    assert.equal(reopened.toText(), before, 'set, then unset, gives the bytes back')
}

function unset(
  { format, leavesBraces = false }: Structured,
  document: Document,
  path: KeyPath,
  data: Value,
): void {
  const before = document.toText()
  if (!isDone(document, path, (one) => one.unset(path))) return
  const after = document.toText()
  if (getIn(data, path) === undefined) assert.equal(after, before, 'unset of nothing changes nothing')
  assert.equal(document.get(path), undefined, 'unset, then get')
  assert.deepStrictEqual(
    filled(format.parseStrict(after)),
    filled(unsetIn(data, path)),
    'unset takes that value alone',
  )
  assertSame(format.open(after, file).get([]), document.get([]), 'what is left opens again')
  assert.ok(leavesBraces || isSubsequence(after, before), 'unset adds no byte')
}

function holdsData(text: string): boolean {
  return text.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '').includes('{')
}
