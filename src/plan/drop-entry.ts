import { decodeText } from '../documents/decode-text.ts'
import type { Document, KeyPath, Value } from '../documents/document.ts'
import { sameValue } from '../documents/same-value.ts'
import { hashValue } from './compare-leaf.ts'
import { displayValue } from './display-value.ts'
import type { LedgerEntry } from './ledger.ts'
import { pathId } from './path-id.ts'
import { type FileWork, type PlanWork, workOn } from './plan-work.ts'

/**
 * Takes our values out of their files: what we replaced comes back as the origin run's backup has it, what we made goes
 * together with the tables or objects that were made for it. A value that the user changed since is theirs and stays.
 */
export function dropEntries(entries: readonly LedgerEntry[], work: PlanWork): void {
  const standing = entries.filter((entry) => stillOurs(entry, work))
  const gone = standing.filter((entry) => !setBack(entry, work))
  // Backwards, as each edit left the text that the one before it had made.
  for (const entry of gone.toReversed()) takeOut(entry, gone, work)
  for (const entry of entries) work.entries.delete(pathId(entry.path, entry.keyPath))
}

function stillOurs(entry: LedgerEntry, work: PlanWork): boolean {
  const file = work.documents.open(entry.path, entry.format)
  const fileWork = workOn(file, work)
  fileWork.tools.add(entry.tool)
  const actual = file.document.get(entry.keyPath)
  if (actual === undefined) return false
  if (hashValue(actual) === entry.hash) return true
  const actualText = displayValue(actual, entry.keyPath)
  const decision = work.context.decide({ ...entry, why: 'drift', actual: actualText, wanted: '' })
  if (decision === 'overwrite') return true
  work.findings.push(keptFinding(entry, actualText))
  return false
}

function keptFinding({ path, keyPath }: LedgerEntry, actual: string) {
  const name = keyPath.join('.')
  return {
    id: 'value-kept',
    level: 'warning' as const,
    message: `${path}: ${name} was changed to ${actual} since, so it is yours now and stays.`,
    messageZh: `${path}：${name} 之后被改为 ${actual}，现归你所有，予以保留。`,
  }
}

/** The file before we first wrote at the key. */
function originalDocument(entry: LedgerEntry, work: PlanWork): Document | undefined {
  const before = work.context.machine.before(entry.origin, entry.path)
  if (before === undefined || before === 'absent') return undefined
  const { format } = work.documents.open(entry.path, entry.format)
  return format.open(decodeText(before, entry.path), entry.path)
}

/** What stood at the key before us comes back; false when nothing did. */
function setBack(entry: LedgerEntry, work: PlanWork): boolean {
  const original = originalDocument(entry, work)
  const value = original?.get(entry.keyPath)
  if (!original || value === undefined) return false
  const fileWork = workOn(work.documents.open(entry.path, entry.format), work)
  const { document } = fileWork.file
  const actual = document.get(entry.keyPath)
  if (sameValue(actual, value)) return true
  if (document.restore) document.restore(entry.keyPath, original)
  else document.set(entry.keyPath, value)
  fileWork.meant.push({ keyPath: entry.keyPath, value })
  fileWork.changes.push({
    kind: 'modified',
    keyPath: entry.keyPath,
    from: displayValue(actual, entry.keyPath),
    to: displayValue(value, entry.keyPath),
    owner: 'ours',
  })
  return true
}

function takeOut(entry: LedgerEntry, gone: readonly LedgerEntry[], work: PlanWork): void {
  const fileWork = workOn(work.documents.open(entry.path, entry.format), work)
  const { document } = fileWork.file
  if (document.get(entry.keyPath) === undefined) return
  const ours = new Set(
    gone.filter(({ path }) => path === entry.path).map(({ keyPath }) => JSON.stringify(keyPath)),
  )
  const keyPath = madeByUs(entry, document, ours, originalDocument(entry, work))
  remove(fileWork, keyPath, displayValue(document.get(entry.keyPath), entry.keyPath))
}

function remove(fileWork: FileWork, keyPath: KeyPath, from: string): void {
  fileWork.file.document.unset(keyPath)
  fileWork.meant.push({ keyPath, value: undefined })
  fileWork.changes.push({ kind: 'removed', keyPath, from, owner: 'ours' })
}

/** The shallowest container that was not there before us and that holds nothing but our values. */
function madeByUs(
  { keyPath }: LedgerEntry,
  document: Document,
  ours: ReadonlySet<string>,
  original: Document | undefined,
): KeyPath {
  for (let length = 1; length < keyPath.length; length++) {
    const parent = keyPath.slice(0, length)
    const isNew = original?.get(parent) === undefined
    if (isNew && leafPaths(document.get(parent), parent).every((leaf) => ours.has(JSON.stringify(leaf))))
      return parent
  }
  return keyPath
}

function leafPaths(value: Value | undefined, keyPath: KeyPath): KeyPath[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [keyPath]
  const entries = Object.entries(value)
  return entries.length === 0
    ? [keyPath]
    : entries.flatMap(([key, child]) => leafPaths(child, [...keyPath, key]))
}
