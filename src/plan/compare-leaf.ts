import { createHash } from 'node:crypto'
import type { Value } from '../documents/document.ts'
import { sameValue } from '../documents/same-value.ts'
import type { LedgerEntry } from '../ledger.ts'

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
