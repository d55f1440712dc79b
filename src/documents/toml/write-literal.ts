import type { Value } from '../document.ts'
import { noWordFor } from '../no-word-for.ts'

/** A value that holds others by key. */
export type Table = { readonly [key: string]: Value }

/** Whether it holds others by key: an array does not. */
export function isTable(value: Value | undefined): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value on one line; tables are written inline. Throws UserError `value-not-writable` for null. */
export function writeLiteral(value: Value): string {
  if (typeof value === 'string') return writeString(value)
  if (typeof value === 'number') return writeNumber(value)
  if (typeof value === 'boolean') return String(value)
  if (value === null) throw noWordFor(value, 'TOML')
  if (!isTable(value)) return `[${value.map(writeLiteral).join(', ')}]`
  const pairs = Object.entries(value).map(([key, inner]) => writePair([key], inner))
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
}

/** `key = value`; more than one key is joined with dots. */
export function writePair(keys: readonly string[], value: Value): string {
  return `${writeKeys(keys)} = ${writeLiteral(value)}`
}

/** A dotted key, each part quoted where it must be. */
export function writeKeys(keys: readonly string[]): string {
  return keys.map((key) => (/^[A-Za-z0-9_-]+$/.test(key) ? key : writeString(key))).join('.')
}

/** JSON's escapes are TOML's too; only DEL has to be escaped beside them. */
function writeString(text: string): string {
  return JSON.stringify(text).replaceAll('\x7F', '\\u007f')
}

function writeNumber(number: number): string {
  if (Number.isNaN(number)) return 'nan'
  if (!Number.isFinite(number)) return number > 0 ? 'inf' : '-inf'
  if (Object.is(number, -0)) return '-0.0'
  // A parser may refuse an integer that it cannot hold; as a float it is exactly this number.
  const isBig = Number.isInteger(number) && !Number.isSafeInteger(number)
  return isBig ? number.toExponential() : String(number)
}
