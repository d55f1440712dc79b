import { existsSync, lstatSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Host } from '../host/host.ts'
import { type FileState, hashBytes, isInRegistry } from '../host/read-file-state.ts'
import type { Ledger } from '../ledger.ts'
import type { FileEdit } from '../plan/plan.ts'
import { filePosition, sameMode, type Target } from './check-targets.ts'
import { flushFolders, removeIfEmpty, step } from './file-system.ts'
import { backupFile, lastRuns, runFolder, storeRun } from './journal.ts'
import { completeKeychain, recordKeychain } from './keychain-copies.ts'
import { storeLedger } from './ledger-store.ts'
import { writeBeside } from './replace-file.ts'
import { leftBehind, rolledBackRuns } from './restore-run.ts'
import {
  type ApplyRequest,
  hideTemporary,
  removeHidingFolder,
  removeTemporary,
  temporaryOf,
} from './run-record.ts'
import type { Writer } from './state-lock.ts'
import type { RecordedFile, RecordedFolder, RunRecord } from './state-schemas.ts'
import { announceVariables, variableFile } from './user-env.ts'

/** A run that has not begun, and what else it writes down before it begins: contents by full path. */
export interface PlannedRun {
  readonly run: RunRecord
  readonly staged: ReadonlyMap<string, Uint8Array>
}

/**
 * Writes all that a run needs before it changes a file of the user's: journal, backups, folders and the new
 * contents beside their targets, all flushed. Gives the run with the modes that the disk really gave.
 */
export async function prepareRun(
  { run, staged }: PlannedRun,
  targets: readonly Target[],
  writer: Writer,
): Promise<RunRecord> {
  await storeRun(run, writer)
  const pairs = targets.map((target, index) => ({ target, file: run.files[index] as RecordedFile }))
  for (const { target, file } of pairs) {
    await step(file.path, () => writeBackup(run, file, target, writer))
  }
  for (const [path, bytes] of staged) {
    await step(path, () => writeBeside(path, path, { bytes, mode: 0o600 }, writer.fileSystem))
  }
  await step(runFolder(writer.host, run.id), () =>
    writer.fileSystem.flushFolder(runFolder(writer.host, run.id)),
  )
  await makeFolders(run, writer)
  const files: RecordedFile[] = []
  for (const { target, file } of pairs) {
    files.push(await step(file.path, () => writeTemporary(file, target, writer)))
  }
  return { ...run, files }
}

async function writeBackup(
  run: RunRecord,
  file: RecordedFile,
  target: Target,
  writer: Writer,
): Promise<void> {
  if (file.before.kind === 'absent' || target.now.kind === 'absent') return
  const copy = backupFile(writer.host, run.id, file.before.backup)
  await writeBeside(copy, copy, { bytes: target.now.bytes, mode: 0o600 }, writer.fileSystem)
}

async function makeFolders(run: RunRecord, writer: Writer): Promise<void> {
  for (const { path, mode } of run.createdFolders) {
    await step(path, async () => {
      await writer.fileSystem.makeFolder(path, mode)
      await writer.fileSystem.flushFolder(dirname(path))
    })
  }
}

async function writeTemporary(
  file: RecordedFile,
  { edit, now }: Target,
  writer: Writer,
): Promise<RecordedFile> {
  if (isInRegistry(file.resolvedPath)) {
    const content = variableFile(
      file.resolvedPath,
      edit.after.kind === 'absent' ? 'absent' : edit.after.bytes,
    )
    await writeBeside(file.resolvedPath, file.temporary, content, writer.fileSystem)
    return file
  }
  if (edit.after.kind === 'absent' || file.after.kind === 'absent') return file
  const { bytes, mode } = edit.after
  const owner = now.kind === 'absent' ? edit.after.owner : { uid: now.uid, gid: now.gid }
  await hideTemporary(file.temporary, writer.fileSystem)
  const content = { bytes, mode, owner }
  const given = await writeBeside(file.resolvedPath, file.temporary, content, writer.fileSystem)
  if (sameMode(given, mode, writer.host.platform)) return file
  return { ...file, after: { ...file.after, mode: given, asked: mode } }
}

/** Works the record out and writes nothing: names of copies and temporary files are fixed here, the disk's modes come later. */
export function recordRun(request: ApplyRequest, targets: readonly Target[], host: Host): RunRecord {
  const { runId, command, undoes } = request
  if (existsSync(runFolder(host, runId))) throw new Error(`The run id ${runId} was used twice`)
  const left = rolledBackRuns(host).filter((run) => leftBehind(run).length > 0)
  return {
    version: 1,
    id: runId,
    sequence: (lastRuns(host).runs.at(-1)?.sequence ?? 0) + 1,
    command,
    startedAt: host.now().toISOString(),
    state: 'preparing',
    ...(undoes !== undefined && { undoes }),
    ...(left.length > 0 && { leftBehind: left.map(({ id }) => id) }),
    files: targets.map((target, index) => recordFile(target, runId, runFolder(host, runId), index)),
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

/** What reg.exe is to do with a variable waits in the run's own `folder`: the registry has no place beside it. */
function recordFile({ edit, now }: Target, runId: string, folder: string, index: number): RecordedFile {
  return {
    path: edit.path,
    resolvedPath: now.resolvedPath,
    before: recordBefore(now, index),
    after: recordAfter(edit.after),
    temporary: isInRegistry(now.resolvedPath)
      ? join(folder, `variable-${index}.tmp`)
      : temporaryOf(now.resolvedPath, runId, index),
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

/** The folders that the targets' files need and the `removed` ones, as far as they do not exist, parents first. */
export function missingFolders(
  targets: readonly Target[],
  removed: readonly RecordedFolder[] = [],
): RecordedFolder[] {
  const [above, own] = [new Map<string, number>(), new Map<string, number>()]
  for (const { edit, now } of targets) {
    if (edit.after.kind === 'absent' || isInRegistry(edit.path)) continue
    const mode = folderMode(edit.after.mode)
    for (const [index, path] of missingParents(now.resolvedPath).entries())
      if (index === 0) own.set(path, (own.get(path) ?? mode) & mode)
      else above.set(path, (above.get(path) ?? 0) | mode)
  }
  const modes = new Map([...above, ...own])
  for (const { path, mode } of removed.filter((folder) => !existsSync(folder.path))) {
    for (const parent of missingParents(path)) modes.set(parent, modes.get(parent) ?? mode)
    modes.set(path, mode)
  }
  const folders = [...modes].map(([path, mode]) => ({ path, mode }))
  return folders.sort((one, other) => one.path.length - other.path.length)
}

/**
 * A folder is private when a file in it is, since some clients copy the key to beside it; one without files of its own, when
 * all below are. The umask takes its part from the other ones.
 */
function folderMode(fileMode: number): number {
  return (fileMode & 0o077) === 0 ? 0o700 : 0o755
}

function missingParents(path: string): string[] {
  const parent = dirname(path)
  return existsSync(parent) ? [] : [parent, ...missingParents(parent)]
}

/**
 * Puts the new key and every new content of a run that is `committing` in place, removes the folders that it empties, and
 * stores the ledger. What is new already is passed over; `onOther` hears of what somebody else changed. The run is done
 * then, or `renewing`: see `finishRenewal`.
 */
export async function completeRun(
  run: RunRecord,
  writer: Writer,
  onOther: (what: string) => void,
): Promise<RunRecord> {
  await completeKeychain(run, writer, onOther)
  for (const file of run.files) {
    const position = filePosition(file, writer.host)
    if (position === 'other') onOther(file.path)
    writer.assertLocked()
    await step(file.path, () => (position === 'old' ? putInPlace(file, writer) : clear(file, writer)))
  }
  await flushFolders(
    run.files.map((file) => file.resolvedPath),
    writer.fileSystem,
  )
  await announceVariables(
    run.files.map((file) => file.path),
    writer.host,
  )
  await removeFolders(run, writer)
  await storeLedger(withFolders(run), writer)
  const done: RunRecord = { ...run, state: run.renewal ? 'renewing' : 'done' }
  await storeRun(done, writer)
  return done
}

/** The ledger with the folders of ours that stand now. */
function withFolders({ ledger, createdFolders }: RunRecord): Ledger {
  const known = new Map([...ledger.after.folders, ...createdFolders].map((folder) => [folder.path, folder]))
  return { ...ledger.after, folders: [...known.values()].filter(({ path }) => existsSync(path)) }
}

async function putInPlace(file: RecordedFile, { fileSystem }: Writer): Promise<void> {
  if (file.after.kind === 'absent' && !isInRegistry(file.resolvedPath)) {
    return await fileSystem.removeFile(file.resolvedPath)
  }
  await fileSystem.rename(file.temporary, file.resolvedPath)
  await removeHidingFolder(file.temporary, fileSystem)
}

/** A temporary file that is not wanted any more: of a killed rollback, or of a file that is left alone. */
function clear(file: RecordedFile, { fileSystem }: Writer): Promise<void> {
  return removeTemporary(file.temporary, fileSystem)
}

async function removeFolders(run: RunRecord, { fileSystem }: Writer): Promise<void> {
  for (const { path } of [...run.removedFolders].reverse()) {
    await step(path, () => removeIfEmpty(path, fileSystem))
  }
}
