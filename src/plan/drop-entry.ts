import type { BlankTrace } from '../documents/blank-line.ts'
import { type Document, decodeText, type Format, type KeyPath } from '../documents/document.ts'
import { openInPlace, putBack } from '../documents/put-back.ts'
import { sameValue, valueAt } from '../documents/value.ts'
import type { Finding } from '../finding.ts'
import type { LedgerEntry } from '../ledger.ts'
import { say } from '../texts/message.ts'
import { absentHash, type OpenFile } from './document-set.ts'
import { keepRequired, withoutValues } from './keep-required.ts'
import { displayValue } from './placeholders.ts'
import { pathId } from './plan.ts'
import { type FileWork, type PlanWork, workOn } from './plan-work.ts'
import { isAsLastWritten } from './profile-path.ts'

/**
 * Takes our values out of their files: what we replaced comes back as the ledger has it spelled, what we made goes together
 * with the tables or objects that were made for it. A value that the user changed since is theirs and stays.
 */
export function dropEntries(entries: readonly LedgerEntry[], work: PlanWork): void {
  const ours = entries.filter((entry) => stillOurs(entry, work))
  // Backwards as well: each finds around it what it was taken from.
  const gone = ours
    .toReversed()
    .filter((entry) => !giveBack(entry, work))
    .toReversed()
  const leaving = keepRequired(gone, work)
  // Backwards, as each edit left the text that the one before it had made.
  for (const entry of leaving.entries.toReversed()) takeOut(entry, leaving.entries, work)
  for (const { file, keyPath } of leaving.containers) keepContainer(keyPath, workOn(file, work))
  for (const entry of entries) work.entries.delete(pathId(entry.path, entry.keyPath))
}

function stillOurs(entry: LedgerEntry, work: PlanWork): boolean {
  const file = work.documents.open(entry.path, entry.format)
  const fileWork = workOn(file, work)
  fileWork.tools.add(entry.tool)
  const actual = file.document.get(entry.keyPath)
  if (actual === undefined) return entry.silenced === true && entry.hash === absentHash
  if (isAsLastWritten(actual, entry, work.context.host)) return true
  // Written again by the user after it was taken out.
  if (entry.silenced) return false
  const actualText = displayValue(actual, entry.keyPath)
  const decision = work.context.decide({ ...entry, why: 'drift', actual: actualText, wanted: '' })
  if (decision === 'overwrite') return true
  work.findings.push(keptFinding(entry, actualText))
  return false
}

function keptFinding({ path, keyPath }: LedgerEntry, value: string): Finding {
  return {
    id: 'value-kept',
    level: 'warning',
    message: say('plan.value-kept', { path, key: keyPath.join('.'), value }),
    where: { file: path },
  }
}

/** What stood at the key before us comes back; false when nothing did. */
function giveBack(entry: LedgerEntry, work: PlanWork): boolean {
  const file = work.documents.open(entry.path, entry.format)
  const original = originalOf(entry, file, work)
  if (original === 'lost') {
    work.findings.push(lostFinding(entry))
    return false
  }
  const value = original?.get(entry.keyPath)
  if (!original || value === undefined) return false
  const fileWork = workOn(file, work)
  const { document } = file
  const actual = document.get(entry.keyPath)
  work.findings.push(givenBackFinding(entry, displayValue(value, entry.keyPath)))
  if (sameValue(actual, value)) return true
  if (!putInPlace(entry, original, file)) putBack(document, entry.keyPath, original)
  fileWork.meant.push({ keyPath: entry.keyPath, value })
  fileWork.changes.push({
    kind: actual === undefined ? 'created' : 'modified',
    keyPath: entry.keyPath,
    ...(actual !== undefined && { from: displayValue(actual, entry.keyPath) }),
    to: displayValue(value, entry.keyPath),
  })
  return true
}

/** Where the ledger has its place, the value comes back with every byte that stood there; false where that is gone. */
function putInPlace({ replaced, keyPath }: LedgerEntry, original: Document, file: OpenFile): boolean {
  if (replaced.kind !== 'value' || !replaced.hunk) return false
  const { document, format, path } = file
  const placed = openInPlace(document, { path: keyPath, original, hunk: replaced.hunk }, format, path)
  if (placed) file.document = placed
  return placed !== undefined
}

function givenBackFinding({ path, keyPath }: LedgerEntry, value: string): Finding {
  return {
    id: 'value-given-back',
    level: 'info',
    message: say('plan.value-restored', { path, key: keyPath.join('.'), value }),
  }
}

/** A document that has what stood at the key before us; undefined when nothing did, `lost` when nobody knows any more. */
function originalOf(
  { replaced, path, keyPath }: LedgerEntry,
  { format }: OpenFile,
  work: PlanWork,
): Document | 'lost' | undefined {
  if (replaced.kind === 'absent') return undefined
  if (replaced.kind === 'value') return format.open(replaced.text, path)
  const before = work.context.machine.before(replaced.run, path)
  if (before === undefined) return 'lost'
  const document = before === 'absent' ? undefined : format.open(decodeText(before, path), path)
  return document?.get(keyPath) === undefined ? undefined : document
}

function lostFinding({ path, keyPath }: LedgerEntry): Finding {
  return {
    id: 'original-lost',
    level: 'warning',
    message: say('plan.original-lost', { path, key: keyPath.join('.') }),
    where: { file: path },
  }
}

function takeOut(entry: LedgerEntry, gone: readonly LedgerEntry[], work: PlanWork): void {
  const file = work.documents.open(entry.path, entry.format)
  const fileWork = workOn(file, work)
  const { document } = file
  if (document.get(entry.keyPath) === undefined) return
  const ours = gone.filter(({ path }) => path === entry.path)
  const keyPath = shallowest(entry, document, ours, madeParents(file.path, file.format, work))
  remove(
    fileWork,
    keyPath,
    displayValue(document.get(entry.keyPath), entry.keyPath),
    tracesBelow(keyPath, file.path, work),
  )
}

/** A client demands the container itself, though nothing is left in it. */
function keepContainer(keyPath: KeyPath, { file: { document }, meant }: FileWork): void {
  if (document.get(keyPath) !== undefined) return
  document.set(keyPath, {})
  meant.push({ keyPath, value: {} })
}

/** Where blank lines came along with our values at or below a key. */
function tracesBelow(
  keyPath: KeyPath,
  path: string,
  { entries, documents }: PlanWork,
): BlankTrace[] | undefined {
  const traces = [...entries.values()]
    .filter((entry) => documents.nameOf(entry.path) === path)
    .filter((entry) => keyPath.every((key, index) => entry.keyPath[index] === key))
    .flatMap(({ replaced }) => (replaced.kind === 'absent' ? (replaced.trace ?? []) : []))
  return traces.length > 0 ? traces : undefined
}

function remove(fileWork: FileWork, keyPath: KeyPath, from: string, traces?: readonly BlankTrace[]): void {
  const { document } = fileWork.file
  document.unset(keyPath, traces)
  // What was nothing but the header of what went is gone with it in some formats.
  const gone = keyPath.findIndex((_, index) => document.get(keyPath.slice(0, index + 1)) === undefined)
  fileWork.meant.push({ keyPath: keyPath.slice(0, gone + 1), value: undefined })
  fileWork.changes.push({ kind: 'removed', keyPath, from })
}

/** Tells of a container in a file whether an earlier run, or this one, made it for a value of ours. */
export function madeParents(
  path: string,
  format: Format,
  { context, documents, entries }: PlanWork,
): (parent: KeyPath) => boolean {
  const known = [...context.ledger.entries, ...entries.values()]
  const own = known.filter((entry) => documents.nameOf(entry.path) === path)
  return (parent) =>
    own.some(({ keyPath, replaced, path: named }) => {
      if (keyPath.length <= parent.length || parent.some((key, index) => key !== keyPath[index])) return false
      if (replaced.kind === 'absent') return replaced.parents < parent.length
      if (replaced.kind === 'value') return false
      const before = context.machine.before(replaced.run, named)
      // Where nobody knows, a container that holds nothing but our values was made for them.
      if (before === undefined) return true
      return before === 'absent' || format.open(decodeText(before, named), named).get(parent) === undefined
    })
}

/** The shallowest container that was made for our values and that holds nothing else; else the value itself. */
function shallowest(
  { keyPath }: LedgerEntry,
  document: Document,
  ours: readonly LedgerEntry[],
  isMade: (parent: KeyPath) => boolean,
): KeyPath {
  const lengths = keyPath.slice(0, -1).map((_, index) => index + 1)
  const made = lengths.map((length) => keyPath.slice(0, length)).filter(isMade)
  if (made.length === 0) return keyPath
  const left = withoutValues(document.get([]) ?? {}, ours, [])
  return made.find((parent) => valueAt(left, parent) === undefined) ?? keyPath
}
