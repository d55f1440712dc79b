import { createHash } from 'node:crypto'
import { type Document, decodeText, type Format, type KeyPath, type Value } from '../documents/document.ts'
import type { FormatId } from '../documents/formats.ts'
import { isTable, sameValue, type Table, withEdits } from '../documents/value.ts'
import { UserError } from '../errors.ts'
import type { FileState } from '../host/read-file-state.ts'
import type { LedgerEntry } from '../ledger.ts'
import { say } from '../texts/message.ts'

/** One file under edit: opened once, however many tools change it. */
export interface OpenFile {
  readonly path: string
  readonly before: FileState
  readonly format: Format
  readonly formatId: FormatId
  document: Document
  /** What stood there, as an independent parser understood it. */
  readonly beforeData: Value
}

/** The files of a plan. Two names of one file, as a link has, are one document. Opening reads and parses; nothing is written. */
export class DocumentSet {
  readonly #read: (path: string) => FileState
  readonly #formats: ReadonlyMap<FormatId, Format>
  readonly #open = new Map<string, OpenFile>()
  readonly #byResolvedPath = new Map<string, OpenFile>()

  constructor(read: (path: string) => FileState, formats: ReadonlyMap<FormatId, Format>) {
    this.#read = read
    this.#formats = formats
  }

  /** The file at the path; opened at the first call. Errors: those of reading and parsing, as UserError. */
  open(path: string, formatId: FormatId): OpenFile {
    const known = this.#open.get(path)
    if (known) return known
    const before = this.#read(path)
    const same = this.#byResolvedPath.get(before.resolvedPath)
    if (same) {
      this.#open.set(path, same)
      return same
    }
    const format = this.#formats.get(formatId)
    if (!format) throw new Error(`format ${formatId} is not loaded`)
    const text = before.kind === 'absent' ? '' : decodeText(before.bytes, path)
    const document = format.open(text, path)
    const opened = { path, before, format, formatId, document, beforeData: parseBefore(format, text) }
    this.#open.set(path, opened)
    this.#byResolvedPath.set(before.resolvedPath, opened)
    return opened
  }

  /** The name under which the first tool opened the file at a path; the path itself where none did. */
  nameOf(path: string): string {
    return this.#open.get(path)?.path ?? path
  }
}

/** An empty text is no document in some formats; it holds nothing. */
function parseBefore(format: Format, text: string): Value {
  return text.replace('\uFEFF', '').trim() === '' ? {} : format.parseStrict(text)
}

/** One edit as it was meant: the value that must stand at the path, or undefined for taken out. */
export interface ExpectedEdit {
  readonly keyPath: KeyPath
  readonly value: Value | undefined
}

/**
 * Compares what an independent parser reads after the edits with what was meant: the data before, changed at the
 * edited paths and nowhere else. Throws UserError `edit-not-verified` when they differ: lines that an editor leaves
 * to their owner can change the meaning of its own.
 */
export function verifyEdit(file: string, before: Value, after: Value, edits: readonly ExpectedEdit[]): void {
  if (readsAsMeant(before, after, edits)) return
  throw new UserError({
    code: 'edit-not-verified',
    message: say('plan.not-verified', { path: file }),
    hint: say('plan.not-verified.hint'),
    where: { file },
  })
}

/** What no edit names is compared as it is: a copy of a large file's table takes long. */
function readsAsMeant(before: Value, after: Value, edits: readonly ExpectedEdit[]): boolean {
  const named = new Set(edits.map(({ keyPath }) => keyPath[0]))
  const isPart = isTable(before) && isTable(after) && !named.has(undefined)
  const meant = withEdits(
    isPart ? pick(before, named) : before,
    edits.map(({ keyPath: path, value }) => ({ path, value })),
  )
  if (!isPart) return readsAlike(meant ?? {}, after)
  return (
    readsAlike(meant ?? {}, pick(after, named)) &&
    holdsAlike(before, after, named) &&
    lacksNothing(after, before, named)
  )
}

type Names = ReadonlySet<string | undefined>

function pick(table: Table, names: Names): Table {
  const entries = [...names].flatMap((name) =>
    name !== undefined && Object.hasOwn(table, name) ? [[name, table[name] as Value] as const] : [],
  )
  return Object.fromEntries(entries)
}

/** By what they hold: parsers differ in prototypes and order, which carry no meaning. Emptied objects do not count. */
function readsAlike(one: Value, other: Value): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return one === other || (Number.isNaN(one) && Number.isNaN(other))
  if (!Array.isArray(one) || !Array.isArray(other))
    return isTable(one) && isTable(other) && holdsAlike(one, other) && lacksNothing(other, one)
  if (one.length !== other.length) return false
  // A closure for each of many short lists takes longer than the lists.
  for (let index = 0; index < one.length; index += 1)
    if (!readsAlike(one[index] as Value, other[index] as Value)) return false
  return true
}

function holdsAlike(one: Table, other: Table, without?: Names): boolean {
  for (const key in one) {
    if (without?.has(key)) continue
    const value = one[key] as Value
    if (!(Object.hasOwn(other, key) ? readsAlike(value, other[key] as Value) : isEmpty(value))) return false
  }
  return true
}

function lacksNothing(one: Table, other: Table, without?: Names): boolean {
  for (const key in one) {
    if (!Object.hasOwn(other, key) && !without?.has(key) && !isEmpty(one[key] as Value)) return false
  }
  return true
}

function isEmpty(value: Value): boolean {
  return isTable(value) && Object.values(value).every(isEmpty)
}

/** What the three states of a value (wanted, actual, last written) call for. */
export type Comparison =
  | { readonly action: 'keep' }
  | { readonly action: 'write'; readonly owner: 'ours' | 'user' | 'nobody' }
  | { readonly action: 'conflict'; readonly why: 'drift' | 'guarded' }

/**
 * The rule of ownership. Absent or last written by us: write. Already as wanted: keep. Changed since we wrote it: a
 * conflict. The user's own value, never ours: write and say so, unless the tool's folder protects this key.
 */
export function compareLeaf(
  actual: Value | undefined,
  wanted: Value,
  entry: LedgerEntry | undefined,
  guarded: boolean,
): Comparison {
  if (isAsWanted(actual, wanted)) return { action: 'keep' }
  if (actual === undefined) return { action: 'write', owner: 'nobody' }
  if (entry)
    return hashValue(actual) === entry.hash
      ? { action: 'write', owner: 'ours' }
      : { action: 'conflict', why: 'drift' }
  if (guarded || (actual !== null && typeof actual === 'object'))
    return { action: 'conflict', why: 'guarded' }
  return { action: 'write', owner: 'user' }
}

/** Whether a value is what the template wants. An empty object in a template only wants an object to be there. */
export function isAsWanted(actual: Value | undefined, wanted: Value): boolean {
  return sameValue(actual, wanted) || (isTable(actual) && sameValue(wanted, {}))
}

/** Stands for the hash of a value that is not there, since this program took it out. */
export const absentHash = ''

/** Hash of a value as the ledger keeps it: SHA-256 of its JSON, in hex. */
export function hashValue(value: Value): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
