import { isDeepStrictEqual } from 'node:util'
import type { Ledger } from '../plan/ledger.ts'
import type { RunRecord } from './run-record.ts'

/**
 * The ledger without what a run changed in it, where later runs may have changed it too. The files of the run get
 * back the entries that they had before it, because they get back their bytes.
 */
export function revertLedger(current: Ledger, run: RunRecord): Ledger {
  const paths = new Set(run.files.map((file) => file.path))
  const { before, after } = run.ledger
  const elsewhere = (ledger: Ledger) => ledger.entries.filter((entry) => !paths.has(entry.path))
  const entries = revertList(elsewhere(current), elsewhere(before), elsewhere(after))
  return {
    version: 1,
    setups: revertList(current.setups, before.setups, after.setups),
    entries: [...entries, ...before.entries.filter((entry) => paths.has(entry.path))],
  }
}

/** `current` without what came from `before` to `after`, and with what went. */
function revertList<T>(current: readonly T[], before: readonly T[], after: readonly T[]): T[] {
  const kept = without(current, without(after, before))
  return [...kept, ...without(without(before, after), kept)]
}

function without<T>(list: readonly T[], taken: readonly T[]): T[] {
  return list.filter((item) => !taken.some((other) => isDeepStrictEqual(item, other)))
}
