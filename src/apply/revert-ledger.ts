import { isDeepStrictEqual } from 'node:util'
import { type Ledger, type LedgerEntry, type Setup, setupId } from '../ledger.ts'
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
  const gone = lessEntries(elsewhere(after), elsewhere(before))
  const back = lessEntries(elsewhere(before), elsewhere(after))
  const kept = lessEntries(elsewhere(current), gone)
  const isElsewhere = ({ path }: { readonly path: string }) => !paths.has(path)
  return {
    version: 2,
    setups: revertSetups(current.setups, before.setups, after.setups),
    entries: [
      ...kept.map((entry) => revertWants(entry, before, after)),
      ...lessEntries(back, kept),
      ...before.entries.filter((entry) => paths.has(entry.path)),
    ],
    files: [...current.files.filter(isElsewhere), ...before.files.filter((file) => !isElsewhere(file))],
    folders: current.folders,
  }
}

/** A value that the run left as it was, but that other setups wanted after it. */
function revertWants(entry: LedgerEntry, before: Ledger, after: Ledger): LedgerEntry {
  const idOf = ({ path, keyPath }: LedgerEntry) => JSON.stringify([path, ...keyPath])
  const inLedger = ({ entries }: Ledger) => entries.find((other) => idOf(other) === idOf(entry))
  const [old, young] = [inLedger(before)?.setups, inLedger(after)?.setups]
  if (!old || !young) return entry
  const stay = entry.setups.filter((id) => old.includes(id) || !young.includes(id))
  return { ...entry, setups: [...stay, ...old.filter((id) => !young.includes(id) && !stay.includes(id))] }
}

function revertSetups(current: readonly Setup[], before: readonly Setup[], after: readonly Setup[]): Setup[] {
  const back = without(before, after)
  const changed = [...back, ...without(after, before)]
  return [...current.filter((setup) => !changed.some((other) => isSameSetup(setup, other))), ...back]
}

/** Entries by what they say of the file: the setups that want one may have been told later. */
function lessEntries(list: readonly LedgerEntry[], taken: readonly LedgerEntry[]): LedgerEntry[] {
  const idOf = ({ path, keyPath, hash, run }: LedgerEntry) => JSON.stringify([path, keyPath, hash, run])
  const ids = new Set(taken.map(idOf))
  return list.filter((entry) => !ids.has(idOf(entry)))
}

/** One of version 0.1.0 that is not completed is told by what that version went by. */
function isSameSetup(one: Setup, other: Setup): boolean {
  if (one.place !== undefined && other.place !== undefined) return setupId(one) === setupId(other)
  return one.tool === other.tool && one.scope === other.scope && one.project === other.project
}

function without<T>(list: readonly T[], taken: readonly T[]): T[] {
  return list.filter((item) => !taken.some((other) => isDeepStrictEqual(item, other)))
}
