import { dirname } from 'node:path'
import type { Target } from './check-targets.ts'
import { sameMode } from './file-position.ts'
import { backupFile, runFolder, storeRun } from './journal.ts'
import type { RecordedFile, RunRecord } from './run-record.ts'
import type { Writer } from './state-lock.ts'
import { step } from './step-failure.ts'
import { hideTemporary } from './temporary-file.ts'
import { writeBeside } from './write-file.ts'

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
  if (edit.after.kind === 'absent' || file.after.kind === 'absent') return file
  const { bytes, mode } = edit.after
  const owner = now.kind === 'absent' ? edit.after.owner : { uid: now.uid, gid: now.gid }
  await hideTemporary(file.temporary, writer.fileSystem)
  const content = { bytes, mode, owner }
  const given = await writeBeside(file.resolvedPath, file.temporary, content, writer.fileSystem)
  if (sameMode(given, mode, writer.host.platform)) return file
  return { ...file, after: { ...file.after, mode: given, asked: mode } }
}
