import { existsSync, lstatSync } from 'node:fs'

import type { FileState } from '../host/file-state.ts'
import { hashBytes } from '../host/hash-bytes.ts'
import type { Host } from '../host/host.ts'
import type { FileEdit } from '../plan/edit.ts'
import type { ApplyRequest } from './apply-request.ts'
import type { Target } from './check-targets.ts'
import { listRuns, runFolder } from './journal.ts'
import { recordKeychain } from './keychain-copies.ts'
import { missingFolders } from './missing-folders.ts'
import type { RecordedFile, RecordedFolder, RunRecord } from './run-record.ts'
import { temporaryOf } from './temporary-file.ts'

/** The record of a run that has not begun. */
export function recordRun(request: ApplyRequest, targets: readonly Target[], host: Host): RunRecord {
  const { runId, command, summary, undoes } = request
  if (existsSync(runFolder(host, runId))) throw new Error(`The run id ${runId} was used twice`)
  return {
    version: 1,
    id: runId,
    sequence: (listRuns(host).at(-1)?.sequence ?? 0) + 1,
    command,
    ...(summary !== undefined && { summary }),
    startedAt: host.now().toISOString(),
    state: 'preparing',
    ...(undoes !== undefined && { undoes }),
    files: targets.map((target, index) => recordFile(target, runId, index)),
    ...(request.keychain && { keychain: recordKeychain(request.keychain, runId) }),
    createdFolders: missingFolders(targets, request.removedFolders),
    removedFolders: (request.removeFolders ?? []).flatMap(recordFolder),
    ledger: { before: request.ledger.before, after: request.ledger.after },
  }
}

/** As it is now: the user may have given it another mode, or have put a link in its place, which is not ours to remove. */
function recordFolder({ path }: RecordedFolder): RecordedFolder[] {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat?.isDirectory() ? [{ path, mode: stat.mode & 0o7777 }] : []
}

function recordFile({ edit, now }: Target, runId: string, index: number): RecordedFile {
  return {
    path: edit.path,
    resolvedPath: now.resolvedPath,
    before: recordBefore(now, index),
    after: recordAfter(edit.after),
    temporary: temporaryOf(now.resolvedPath, runId, index),
  }
}

function recordBefore(state: FileState, index: number): RecordedFile['before'] {
  if (state.kind === 'absent') return { kind: 'absent' }
  const { kind, mode, uid, gid, hash } = state
  return { kind, mode, uid, gid, hash, backup: `backup-${index}` }
}

function recordAfter(after: FileEdit['after']): RecordedFile['after'] {
  return after.kind === 'absent' ? after : { kind: 'file', mode: after.mode, hash: hashBytes(after.bytes) }
}
