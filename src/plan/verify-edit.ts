import { isDeepStrictEqual } from 'node:util'
import type { KeyPath, Value } from '../documents/document.ts'
import { UserError } from '../errors.ts'

/** One edit as it was meant: the value that must stand at the path, or undefined for taken out. */
export interface MeantEdit {
  readonly keyPath: KeyPath
  readonly value: Value | undefined
}

/**
 * Compares what an independent parser reads after the edits with what was meant: the data before, changed at the
 * edited paths and nowhere else. Throws UserError `edit-not-verified` when they differ: lines that an editor leaves
 * to their owner can change the meaning of its own.
 */
export function verifyEdit(file: string, before: Value, after: Value, edits: readonly MeantEdit[]): void {
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
