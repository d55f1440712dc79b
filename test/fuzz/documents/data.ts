import assert from 'node:assert/strict'
import type { Value } from '../../../src/documents/document.ts'

export {
  getIn,
  isSubsequence,
  isTable,
  pathFor,
  setIn,
  shallowestAbsent,
  unsetIn,
} from '../../unit/documents/json/data.ts'

/** Values as plain objects with sorted keys, so that they can be compared whichever parser made them; -0 is 0. */
export function plain(value: Value | undefined): unknown {
  if (value === 0) return 0
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  const entries = Object.entries(value).map(([key, child]) => [key, plain(child)] as const)
  return new Map(entries.sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** The same without tables that hold nothing: taking out a last key may leave one or not. */
export function filled(value: Value | undefined): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return plain(value)
  const entries = Object.entries(value).map(([key, child]) => [key, filled(child)] as const)
  const kept = entries.filter(([, child]) => !(child instanceof Map && child.size === 0))
  return new Map(kept.sort(([one], [other]) => (one < other ? -1 : 1)))
}

export function assertSame(one: Value | undefined, other: Value | undefined, law: string): void {
  assert.deepStrictEqual(plain(one), plain(other), law)
}
