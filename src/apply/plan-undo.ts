import { isDeepStrictEqual } from 'node:util'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { readState } from '../host/read-file-state.ts'
import { consentsOf, type Ledger, type LedgerEntry, type Setup, setupId, shareConsents } from '../ledger.ts'
import type { FileEdit } from '../plan/plan.ts'
import { type Message, say } from '../texts/message.ts'
import { changedSinceRun, filePosition } from './check-targets.ts'
import {
  findUnfinishedRun,
  isUnfinished,
  newestRuns,
  readBackupOf,
  readRun,
  unfinishedRun,
} from './journal.ts'
import { undoKeychain } from './keychain-copies.ts'
import { readLedger } from './ledger-store.ts'
import { type ApplyRequest, newRunId } from './run-record.ts'
import type { RecordedFile, RunRecord } from './state-schemas.ts'

/** What takes a run back: give `request` to `applyEdits`. */
export interface UndoPlan {
  readonly run: RunRecord
  readonly request: ApplyRequest
}

/**
 * Plans to take back one run, or the last one of those that are meant and that is neither an undo nor undone; undoing an
 * undo does the run again. Throws UserErrors `changed-since-run` (exit 3), `no-such-run` `key-stays` and `run-purged` (exit 2), `unfinished-run`
 * (recover that one first), `broken-backup`, `keychain-unavailable`, and those of `readRuns` for a later run that cannot be
 * looked at, when the last one is asked for.
 */
export async function planUndo(
  host: Host,
  runId?: string,
  isMeant: (run: RunRecord) => boolean = () => true,
): Promise<UndoPlan | 'nothing-to-undo'> {
  const unfinished = findUnfinishedRun(host)
  if (unfinished) throw unfinishedRun(unfinished)
  const named = runId === undefined ? undefined : readRun(host, runId)
  const isWanted = (each: RunRecord, later: readonly RunRecord[]) =>
    named ? each.id === named.id : canUndo(each, later) && isMeant(each)
  const { run = named, later, damaged } = findLater(host, isWanted)
  if (runId === undefined) refuseLaterDamaged(run, damaged)
  if (run === undefined || run.state !== 'done' || isUndone(run, later)) return 'nothing-to-undo'
  if (run.purged) throw purged(run)
  if (run.renewal) {
    const { run: other } = findLater(host, (each, runs) => canUndo(each, runs) && !each.renewal)
    throw keyStays(run, other)
  }
  return { run, request: await requestUndo(run, host) }
}

/**
 * The last run that is wanted, with all that are as new or newer: only these can have taken it back. Older ones are not read.
 * `damaged`: of those that were met, as `readRuns` has them.
 */
function findLater(host: Host, isWanted: (run: RunRecord, later: readonly RunRecord[]) => boolean) {
  const later: RunRecord[] = []
  const damaged: [string, UserError][] = []
  for (const second of newestRuns(host)) {
    later.unshift(...second.runs)
    damaged.unshift(...second.damaged)
    const run = second.runs.findLast((each) => isWanted(each, later))
    if (run) return { run, later, damaged: new Map(damaged) }
  }
  return { later, damaged: new Map(damaged) }
}

/** Ids begin with the time: what cannot be looked at may be the run that is meant. */
function refuseLaterDamaged(run: RunRecord | undefined, damaged: ReadonlyMap<string, UserError>): void {
  const [, error] = [...damaged].findLast(([id]) => run === undefined || id > run.id) ?? []
  if (!error) return
  throw error.withHint(undoBefore(run))
}

/** What `undo` can do with a run: nothing where it is undone, replaced the key, or is itself an undo that nobody names. */
export type UndoState = 'can-undo' | 'undone' | 'undo' | 'key-replaced' | 'purged' | 'unfinished'

/** Of one of all runs the first that applies, as `planUndo` would refuse it: an undone run whose backups were purged is `undone`. */
export function undoState(run: RunRecord, runs: readonly RunRecord[]): UndoState {
  if (isUnfinished(run)) return 'unfinished'
  if (isUndone(run, runs)) return 'undone'
  if (run.purged) return 'purged'
  if (run.renewal) return 'key-replaced'
  return run.undoes === undefined ? 'can-undo' : 'undo'
}

function canUndo(run: RunRecord, runs: readonly RunRecord[]): boolean {
  return run.state === 'done' && run.undoes === undefined && !isUndone(run, runs)
}

/** An undo that was itself undone does not count. */
function isUndone(run: RunRecord, runs: readonly RunRecord[]): boolean {
  return runs.some((other) => other.undoes === run.id && other.state === 'done' && !isUndone(other, runs))
}

async function requestUndo(run: RunRecord, host: Host): Promise<ApplyRequest> {
  const current = readLedger(host)
  const keychain = await undoKeychain(run, host)
  return {
    runId: newRunId(host),
    command: 'undo',
    edits: run.files.flatMap((file) => undoFile(file, run, host)),
    ...(keychain && { keychain }),
    ledger: { before: current, after: revertLedger(current, run) },
    undoes: run.id,
    removeFolders: run.createdFolders,
    removedFolders: run.removedFolders,
  }
}

function undoFile(file: RecordedFile, run: RunRecord, host: Host): FileEdit[] {
  const position = filePosition(file, host)
  if (position === 'old') return []
  if (position === 'other') throw changedSinceRun(file.path, run)
  const before = readState(file.path, host)
  return [
    {
      path: file.path,
      before,
      after: contentBefore(file, run, host),
      tools: [],
    },
  ]
}

function contentBefore(file: RecordedFile, run: RunRecord, host: Host): FileEdit['after'] {
  const bytes = readBackupOf(host, run.id, file)
  if (bytes === 'absent' || file.before.kind === 'absent') return { kind: 'absent' }
  const { mode, uid, gid } = file.before
  return { kind: 'file', bytes, mode, owner: { uid, gid } }
}

function purged({ id, command }: RunRecord): UserError {
  return new UserError({
    code: 'run-purged',
    message: say('error.run-purged', { run: id, command }),
    hint: say('error.run-purged.hint'),
    exit: 2,
  })
}

/** To take back the run before it is another wish, which has to be said. */
function keyStays(run: RunRecord, earlier: RunRecord | undefined): UserError {
  return new UserError({
    code: 'key-stays',
    message: say('error.key-stays', { run: run.id }),
    hint: [say('error.key-stays.hint'), ...undoBefore(earlier)],
    exit: 2,
  })
}

function undoBefore(run: RunRecord | undefined): Message[] {
  return run ? [say('error.undo-before', { run: run.id, command: run.command })] : []
}

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
    // A consent counts as long as something is set up with its origin, also when what it was given for is undone.
    setups: shareConsents(
      revertSetups(current.setups, before.setups, after.setups),
      consentsOf(current.setups),
    ),
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
  const back = old.filter((id) => stay.includes(id) || !young.includes(id))
  return { ...entry, setups: [...back, ...stay.filter((id) => !back.includes(id))] }
}

function revertSetups(current: readonly Setup[], before: readonly Setup[], after: readonly Setup[]): Setup[] {
  const back = without(before, after)
  const changed = [...back, ...without(after, before)]
  return [...current.filter((setup) => !changed.some((other) => isSameSetup(setup, other))), ...back]
}

/** Entries by what they say of the file: the setups that want one may have been added later. */
function lessEntries(list: readonly LedgerEntry[], taken: readonly LedgerEntry[]): LedgerEntry[] {
  const idOf = ({ path, keyPath, hash, run }: LedgerEntry) => JSON.stringify([path, keyPath, hash, run])
  const ids = new Set(taken.map(idOf))
  return list.filter((entry) => !ids.has(idOf(entry)))
}

/** One of version 0.1.0 that is not completed is recognised as that version did it. */
function isSameSetup(one: Setup, other: Setup): boolean {
  if (one.place !== undefined && other.place !== undefined) return setupId(one) === setupId(other)
  return one.tool === other.tool && one.scope === other.scope && one.project === other.project
}

function without<T>(list: readonly T[], taken: readonly T[]): T[] {
  return list.filter((item) => !taken.some((other) => isDeepStrictEqual(item, other)))
}
