import { UserError } from '../errors.ts'
import { say } from '../texts/message.ts'
import type { KeyPath, Value } from './document.ts'

/**
 * A step of a key path, written `[FIELD=TEXT]`: the entry of a list whose field holds the text, wherever in the list it is.
 * What stands beside it in the list is not its business. Set where nothing is, it makes the list, the entry and that field.
 */
export interface EntryName {
  readonly field: string
  readonly text: string
}

type Table = { readonly [key: string]: Value }

/** The entry that a step of a key path names; undefined for a plain key. */
export function entryNameOf(key: string): EntryName | undefined {
  const [, field, text] = /^\[([\w-]+)=(.*)\]$/s.exec(key) ?? []
  return field === undefined || text === undefined ? undefined : { field, text }
}

/** The value below a key, or of the entry that the key names; undefined where there is none. */
export function childOf(value: Value | undefined, key: string): Value | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (!Array.isArray(value)) return Object.hasOwn(value, key) ? (value as Table)[key] : undefined
  const name = entryNameOf(key)
  return name && value[indexOfEntry(value, name)]
}

/** Where in a list the entry is; -1 where it is not. */
function indexOfEntry(list: readonly Value[], name: EntryName): number {
  return list.findIndex((entry) => isNamed(entry, name))
}

function isNamed(entry: Value, { field, text }: EntryName): boolean {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return false
  return Object.hasOwn(entry, field) && (entry as Table)[field] === text
}

/** A list with an entry set, or without it where the value is undefined; a new one comes last. */
export function withEntry(list: readonly Value[], name: EntryName, value: Value | undefined): Value[] {
  const at = indexOfEntry(list, name)
  const put = value === undefined ? [] : [named(value, name)]
  return at < 0 ? [...list, ...put] : list.toSpliced(at, 1, ...put)
}

/** The value of an entry, with the field first that it is found by; a value that is no table is left alone. */
export function named(value: Value, name: EntryName | undefined): Value {
  if (name === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.hasOwn(value, name.field) ? value : { [name.field]: name.text, ...value }
}

/**
 * A path with the number of an entry in place of its name, as far as the data has it; `get` gives the data at a path.
 */
export function numberedPath(
  path: KeyPath,
  get: (path: KeyPath) => Value | undefined,
): readonly (string | number)[] {
  return path.map((key, index) => {
    const name = entryNameOf(key)
    const list = name && get(path.slice(0, index))
    const at = name && Array.isArray(list) ? indexOfEntry(list, name) : -1
    return at < 0 ? key : at
  })
}

/**
 * Refuses an edit of an entry where no list is (UserError `path-taken`), and one of two entries with the same name: clients
 * differ in which of them counts (UserError `duplicate-key`).
 */
export function refuseUnclearEntry(
  path: KeyPath,
  get: (path: KeyPath) => Value | undefined,
  file: string,
): void {
  for (const [index, key] of path.entries()) {
    const name = entryNameOf(key)
    const list = name && get(path.slice(0, index))
    if (name === undefined || list === undefined) continue
    const names = { file, list: path.slice(0, index).join('.'), entry: `${name.field}: ${name.text}` }
    if (!Array.isArray(list))
      throw new UserError({
        code: 'path-taken',
        message: say('error.no-list', names),
        hint: say('error.no-list.hint', names),
        where: { file },
      })
    if (list.filter((entry) => isNamed(entry, name)).length > 1)
      throw new UserError({
        code: 'duplicate-key',
        message: say('error.entry-twice', names),
        hint: say('error.entry-twice.hint', names),
        where: { file },
      })
  }
}

/** What a new entry of a list holds: the first step names it, the others lead to the value. */
export function entryWith([name = '', ...rest]: KeyPath, value: Value): Table {
  const inner = rest.reduceRight<Value>((below, key) => {
    const entry = entryNameOf(key)
    return entry ? [named(below, entry)] : Object.fromEntries([[key, below]])
  }, value)
  return named(inner, entryNameOf(name)) as Table
}
