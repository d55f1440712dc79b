import { isDeepStrictEqual } from 'node:util'
import type { KeyPath, Value } from './document.ts'

/** Whether two values read alike. Objects are compared by what they hold: parsers differ in the prototype they give. */
export function sameValue(one: Value | undefined, other: Value | undefined): boolean {
  return isDeepStrictEqual(structuredClone(one), structuredClone(other))
}

type Table = { readonly [key: string]: Value }

/** The value at a path; undefined where there is none, also for names of Object.prototype. */
export function valueAt(data: Value, path: KeyPath): Value | undefined {
  let value: Value | undefined = data
  for (const key of path) value = isTable(value) && Object.hasOwn(value, key) ? value[key] : undefined
  return value
}

/** The data with the value at the path, or without the path when the value is undefined. */
export function withValueAt(data: Value, path: KeyPath, value: Value | undefined): Value | undefined {
  const [key, ...rest] = path
  if (key === undefined) return value
  const entries = new Map(isTable(data) ? Object.entries(data) : [])
  const inner = withValueAt(entries.get(key) ?? {}, rest, value)
  if (inner === undefined) entries.delete(key)
  else entries.set(key, inner)
  return Object.fromEntries(entries)
}

function isTable(value: Value | undefined): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
