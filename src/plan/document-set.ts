import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type Document, decodeText, type Format, type KeyPath, type Value } from '../documents/document.ts'
import type { FormatId } from '../documents/formats.ts'
import { sameValue } from '../documents/value.ts'
import { UserError } from '../errors.ts'
import type { FileState } from '../host/read-file-state.ts'
import type { LedgerEntry } from '../ledger.ts'

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
  const meant = edits.reduce<Value>((data, edit) => applyToData(data, edit.keyPath, edit.value), before)
  if (isDeepStrictEqual(normalise(meant), normalise(after))) return
  throw new UserError({
    code: 'edit-not-verified',
    message: `The edit of ${file} would not read back as it was meant, so nothing was written.`,
    hint: 'Look for an open quote or another unusual line in the file. If there is none, this is a fault of qcode-setup: please report it.',
    where: { file },
  })
}

function applyToData(data: Value, [key, ...rest]: KeyPath, value: Value | undefined): Value {
  if (key === undefined) return value ?? {}
  const entries = new Map(Object.entries(isContainer(data) ? data : {}))
  const child = rest.length === 0 ? value : applyToData(entries.get(key) ?? {}, rest, value)
  if (child === undefined) entries.delete(key)
  else entries.set(key, child)
  return Object.fromEntries(entries)
}

function isContainer(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Plain objects in key order: parsers differ in prototypes and order, which carry no meaning. Emptied objects do not count. */
function normalise(value: Value): unknown {
  if (Array.isArray(value)) return value.map(normalise)
  if (value === 0) return 0
  if (!isContainer(value)) return value
  const entries = Object.entries(value).map(([key, child]) => [key, normalise(child)] as const)
  return Object.fromEntries(
    entries.filter(([, child]) => !isEmptyObject(child)).sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

function isEmptyObject(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
  )
}

/** What the three states of a value (wanted, actual, last written) call for. */
export type Comparison =
  | { readonly action: 'keep' }
  | { readonly action: 'write'; readonly owner: 'ours' | 'user' | 'nobody' }
  | { readonly action: 'conflict'; readonly why: 'drift' | 'guarded' }

/**
 * The rule of ownership. Absent or last written by us: write. Already as wanted: keep. Changed since we wrote it: a
 * conflict. The user's own value, never ours: write and say so, unless the tool's folder guards this key.
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
  return sameValue(actual, wanted) || (isObject(actual) && sameValue(wanted, {}))
}

function isObject(value: Value | undefined): boolean {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** Stands for the hash of a value that is not there, since this program took it out. */
export const absentHash = ''

/** Hash of a value as the ledger keeps it: SHA-256 of its JSON, in hex. */
export function hashValue(value: Value): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
