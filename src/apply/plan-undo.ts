import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { readFileState } from '../host/read-file-state.ts'
import type { FileEdit } from '../plan/edit.ts'
import type { ApplyRequest } from './apply-request.ts'
import { changedSinceRun } from './changed-since-run.ts'
import { filePosition } from './file-position.ts'
import { isUnfinished, unfinishedRun } from './find-unfinished-run.ts'
import { listRuns, readBackupOf, readRun, readRuns } from './journal.ts'
import { readLedger } from './ledger-store.ts'
import { revertLedger } from './revert-ledger.ts'
import { newRunId } from './run-id.ts'
import type { RecordedFile, RunRecord } from './run-record.ts'
import { undoKeychain } from './undo-keychain.ts'

/** What takes a run back: give `request` to `applyEdits`. */
export interface UndoPlan {
  readonly run: RunRecord
  readonly request: ApplyRequest
}

/**
 * Plans to take back one run, or the last one that is neither an undo nor undone; undoing an undo does the run
 * again. Throws UserErrors `changed-since-run` (exit 3), `no-such-run` `key-stays` and `run-purged` (exit 2), `unfinished-run`
 * (recover that one first), `broken-backup`, `keychain-unavailable`, and those of `readRuns` for a later run that cannot be
 * looked at, when the last one is asked for.
 */
export async function planUndo(host: Host, runId?: string): Promise<UndoPlan | 'nothing-to-undo'> {
  const { runs, damaged } = readRuns(host)
  const unfinished = runs.findLast(isUnfinished)
  if (unfinished) throw unfinishedRun(unfinished)
  const run = runId === undefined ? runs.findLast((each) => canUndo(each, runs)) : readRun(host, runId)
  if (runId === undefined) refuseLaterDamaged(run, damaged)
  if (run === undefined || run.state !== 'done' || isUndone(run, runs)) return 'nothing-to-undo'
  if (run.purged) throw purged(run)
  if (run.renewal)
    throw keyStays(
      run,
      runs.findLast((each) => canUndo(each, runs) && !each.renewal),
    )
  return { run, request: await requestUndo(run, host) }
}

/** Ids begin with the time: what cannot be looked at may be the run that is meant. */
function refuseLaterDamaged(run: RunRecord | undefined, damaged: ReadonlyMap<string, UserError>): void {
  const [, error] = [...damaged].findLast(([id]) => run === undefined || id > run.id) ?? []
  if (!error) return
  const other = run
    ? [`To take back the run before it (${run.command}), type: qcode-setup undo ${run.id}`]
    : []
  throw error.withHint(other)
}

/** What `undo` can do with a run: nothing where it is undone, replaced the key, or is itself an undo that nobody names. */
export type UndoState = 'can-undo' | 'undone' | 'undo' | 'key-replaced' | 'purged' | 'unfinished'

/** What `undo` would make of a run. */
export function undoState(run: RunRecord, host: Host): UndoState {
  if (isUnfinished(run)) return 'unfinished'
  if (isUndone(run, listRuns(host))) return 'undone'
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
    summary: `takes back ${run.id} (${run.command})`,
    edits: run.files.flatMap((file) => undoFile(file, run, host)),
    ...(keychain && { keychain }),
    ledger: { before: current, after: revertLedger(current, run) },
    undoes: run.id,
    removeFolders: run.createdFolders,
    removedFolders: run.removedFolders,
  }
}

function undoFile(file: RecordedFile, run: RunRecord, host: Host): FileEdit[] {
  const position = filePosition(file, host.platform)
  if (position === 'old') return []
  if (position === 'other') throw changedSinceRun(file.path, run)
  const before = readFileState(file.path)
  return [
    {
      kind: 'file',
      path: file.path,
      before,
      after: contentBefore(file, run, host),
      changes: [],
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
    message: `Run ${id} (${command}) can no longer be undone: its backups held the key and were deleted by remove --purge.`,
    hint: 'To set the tools up again, type: qcode-setup',
    exit: 2,
  })
}

/** To take back the run before it is another wish, which has to be said. */
function keyStays(run: RunRecord, earlier: RunRecord | undefined): UserError {
  const before = earlier
    ? [`To take back the run before it (${earlier.command}), type: qcode-setup undo ${earlier.id}`]
    : []
  return new UserError({
    code: 'key-stays',
    message: `Run ${run.id} replaced the key, and no copy of the old one was kept: it does not come back.`,
    hint: ['For yet another key, type: qcode-setup key rotate', ...before],
    exit: 2,
  })
}
