import { isDeepStrictEqual } from 'node:util'
import type { Ledger, Setup } from '../plan/ledger.ts'
import type { RunRecord } from './run-record.ts'

/**
 * The ledger without what a run changed in it, where later runs may have changed it too. The files of the run get
 * back the entries that they had before it, because they get back their bytes; and so do the places of its setups,
 * whatever was recorded for them since.
 */
export function revertLedger(current: Ledger, run: RunRecord): Ledger {
  const paths = new Set(run.files.map((file) => file.path))
  const { before, after } = run.ledger
  const elsewhere = (ledger: Ledger) => ledger.entries.filter((entry) => !paths.has(entry.path))
  const gone = without(elsewhere(after), elsewhere(before))
  const back = without(elsewhere(before), elsewhere(after))
  const kept = without(elsewhere(current), gone)
  return {
    version: 1,
    setups: revertSetups(current.setups, before.setups, after.setups),
    entries: [...kept, ...without(back, kept), ...before.entries.filter((entry) => paths.has(entry.path))],
  }
}

function revertSetups(current: readonly Setup[], before: readonly Setup[], after: readonly Setup[]): Setup[] {
  const back = without(before, after)
  const changed = [...back, ...without(after, before)]
  return [...current.filter((setup) => !changed.some((other) => isSamePlace(setup, other))), ...back]
}

function isSamePlace(one: Setup, other: Setup): boolean {
  return one.tool === other.tool && one.scope === other.scope && one.project === other.project
}

function without<T>(list: readonly T[], taken: readonly T[]): T[] {
  return list.filter((item) => !taken.some((other) => isDeepStrictEqual(item, other)))
}
