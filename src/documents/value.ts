import type { KeyPath, Value } from './document.ts'
import { childOf, entryNameOf, withEntry } from './list-entry.ts'

/** Whether two values read alike. Objects are compared by what they hold: parsers differ in the prototype they give. */
export function sameValue(one: Value | undefined, other: Value | undefined): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return Object.is(one, other)
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const [held, wanted] = [one, other] as { readonly [key: string]: Value }[] as [Table, Table]
  const keys = Object.keys(held)
  return (
    keys.length === Object.keys(wanted).length &&
    keys.every((key) => Object.hasOwn(wanted, key) && sameValue(held[key], wanted[key]))
  )
}

/** A table of TOML, an object of JSON, a mapping of YAML. */
export type Table = { readonly [key: string]: Value }

export function isTable(value: Value | undefined): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value that is put at a path, or taken out when it is undefined. */
export interface DataEdit {
  readonly path: KeyPath
  readonly value: Value | undefined
}

/** Data as it was read, with edits on it. Nothing of it is copied but the tables that an edit lies in, where they are asked for. */
export class EditedData {
  readonly #read: Value
  readonly #edits: DataEdit[]

  constructor(read: Value, edits: readonly DataEdit[] = []) {
    this.#read = read
    this.#edits = [...edits]
  }

  /** The same edits on the same data: what is done to one of the two does not show in the other. */
  copy(): EditedData {
    return new EditedData(this.#read, this.#edits)
  }

  /** The value at the path; undefined where there is none, also for names of Object.prototype. */
  get(path: KeyPath): Value | undefined {
    const length = path.length
    const edits = this.#edits.flatMap(({ path: edited, value }): DataEdit[] => {
      if (isBelow(edited, path)) return [{ path: edited.slice(length), value }]
      if (!isBelow(path, edited)) return []
      return [{ path: [], value: value === undefined ? value : valueAt(value, path.slice(edited.length)) }]
    })
    return withEdits(valueAt(this.#read, path), edits)
  }

  /** Puts a value at the path, or takes it out when it is undefined. */
  set(path: KeyPath, value: Value | undefined): void {
    this.#edits.push({ path, value })
  }
}

/** The value at a path; undefined where there is none, also for names of Object.prototype. */
export function valueAt(data: Value, path: KeyPath): Value | undefined {
  let value: Value | undefined = data
  for (const key of path) value = childOf(value, key)
  return value
}

/** A value that is no table, or an empty one, with its path. */
export interface LeafValue {
  readonly keyPath: KeyPath
  readonly value: Value
}

/** Every leaf below a value, in its order; a list is one. A leaf itself gives itself. */
export function leavesOf(value: Value, keyPath: KeyPath = []): LeafValue[] {
  const entries = isTable(value) ? Object.entries(value) : []
  if (entries.length === 0) return [{ keyPath, value }]
  return entries.flatMap(([key, child]) => leavesOf(child, [...keyPath, key]))
}

/** The data with the value at the path, or without the path when the value is undefined. */
export function withValueAt(data: Value, path: KeyPath, value: Value | undefined): Value | undefined {
  return withEdits(data, [{ path, value }])
}

/** The data with these edits, one after the other. A table that has some of them is copied once. */
export function withEdits(data: Value | undefined, edits: readonly DataEdit[]): Value | undefined {
  const whole = edits.findLastIndex(({ path }) => path.length === 0)
  const before = whole < 0 ? data : edits[whole]?.value
  const below = edits.slice(whole + 1)
  if (below.length === 0 || (before === undefined && below.every(({ value }) => value === undefined)))
    return before
  const [first] = below[0]?.path ?? []
  if (!isTable(before) && entryNameOf(first ?? '')) return withEntries(before, below)
  const table: { [key: string]: Value } = isTable(before) ? { ...before } : {}
  for (const [key, inner] of groupByKey(below)) {
    const value = withEdits(Object.hasOwn(table, key) ? table[key] : undefined, inner)
    if (value === undefined) delete table[key]
    // An assignment to `__proto__` would set the prototype.
    else Object.defineProperty(table, key, { value, enumerable: true, configurable: true, writable: true })
  }
  return table
}

function withEntries(before: Value | undefined, edits: readonly DataEdit[]): Value {
  let list: readonly Value[] = Array.isArray(before) ? before : []
  for (const [key, inner] of groupByKey(edits)) {
    const name = entryNameOf(key)
    if (name) list = withEntry(list, name, withEdits(childOf(list, key), inner))
  }
  return list
}

function groupByKey(edits: readonly DataEdit[]): Map<string, DataEdit[]> {
  const groups = new Map<string, DataEdit[]>()
  for (const { path, value } of edits) {
    const [key = '', ...rest] = path
    const group = groups.get(key) ?? []
    group.push({ path: rest, value })
    groups.set(key, group)
  }
  return groups
}

function isBelow(path: KeyPath, above: KeyPath): boolean {
  return above.length <= path.length && above.every((key, index) => key === path[index])
}
