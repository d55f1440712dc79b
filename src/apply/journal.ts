import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UserError } from '../errors.ts'
import { hashBytes } from '../host/hash-bytes.ts'
import type { Host } from '../host/host.ts'
import { isRunId } from './run-id.ts'
import { type RecordedFile, type RunRecord, runSchema } from './run-record.ts'
import { makePrivateFolder, runsFolder } from './state-folder.ts'
import type { Writer } from './state-lock.ts'
import { staysInReach } from './stays-in-reach.ts'
import { step } from './step-failure.ts'
import { replaceFile } from './write-file.ts'

/** All runs, oldest first. Throws UserError `broken-journal` naming the file. */
export function listRuns(host: Host): RunRecord[] {
  const folder = runsFolder(host)
  if (!existsSync(folder)) return []
  const ids = readdirSync(folder).filter((id) => isRunId(id) && existsSync(journalFile(host, id)))
  return ids
    .map((id) => readJournal(journalFile(host, id)))
    .sort((one, other) => one.sequence - other.sequence)
}

/** One run. Throws UserError `no-such-run`, exit 2, and `broken-journal`. */
export function readRun(host: Host, id: string): RunRecord {
  if (isRunId(id) && existsSync(journalFile(host, id))) return readJournal(journalFile(host, id))
  throw new UserError({
    code: 'no-such-run',
    message: `There is no run ${id}.`,
    hint: `The runs of this machine are the folders in ${runsFolder(host)}`,
    exit: 2,
  })
}

/**
 * What stood at a path, as the plan named it, before a run: its bytes, `absent` when there was no file, undefined
 * when the run is unknown or did not touch it. Throws UserError `broken-backup` when the copy was changed or lost.
 */
export function readBackup(host: Host, runId: string, path: string): Uint8Array | 'absent' | undefined {
  if (!isRunId(runId) || !existsSync(journalFile(host, runId))) return undefined
  const file = readRun(host, runId).files.find((candidate) => candidate.path === path)
  return file && readBackupOf(host, runId, file)
}

/** The mode of a file before a run; undefined when there was no file, or the run is unknown or did not touch it. */
export function readModeBefore(host: Host, runId: string, path: string): number | undefined {
  if (!isRunId(runId) || !existsSync(journalFile(host, runId))) return undefined
  const file = readRun(host, runId).files.find((candidate) => candidate.path === path)
  return file?.before.kind === 'absent' ? undefined : file?.before.mode
}

/** What stood in a recorded file before its run; see `readBackup`. */
export function readBackupOf(host: Host, runId: string, file: RecordedFile): Uint8Array | 'absent' {
  if (file.before.kind === 'absent') return 'absent'
  const copy = backupFile(host, runId, file.before.backup)
  const isThere = existsSync(copy)
  const bytes = isThere && statSync(copy).isFile() ? readFileSync(copy) : undefined
  if (bytes && hashBytes(bytes) === file.before.hash) return bytes
  throw new UserError({
    code: 'broken-backup',
    message: `The backup of ${file.path} is ${isThere ? 'damaged' : 'gone'}: ${copy}`,
    hint: `Nothing was changed. Restore ${file.path} from another copy.`,
    where: { file: copy },
  })
}

/** Full path of a backup; every backup of a run has its own name. */
export function backupFile(host: Host, runId: string, name: string): string {
  return join(runFolder(host, runId), name)
}

/** The folder of one run: its journal and its backups. */
export function runFolder(host: Host, runId: string): string {
  return join(runsFolder(host), runId)
}

/** Writes a run's journal, flushed, and makes the run's folder where it is missing. Throws UserError `lock-lost`. */
export async function storeRun(run: RunRecord, writer: Writer): Promise<void> {
  writer.assertLocked()
  const file = journalFile(writer.host, run.id)
  await step(file, async () => {
    await makePrivateFolder(runFolder(writer.host, run.id), writer.fileSystem)
    await replaceFile(file, { bytes: journalBytes(run), mode: 0o600 }, writer.fileSystem)
  })
}

/** A run's journal as it is stored. */
export function journalBytes(run: RunRecord): Uint8Array {
  return Buffer.from(`${JSON.stringify(run, null, 2)}\n`)
}

function readJournal(file: string): RunRecord {
  const run = parseJournal(file)
  if (run && staysInReach(run, dirname(file))) return run
  throw new UserError({
    code: 'broken-journal',
    message: `${file}, the record of an earlier run, is damaged or comes from another version.`,
    hint: 'Update qcode-setup, or move the folder of that run away; it can then no longer be undone.',
    where: { file },
  })
}

function parseJournal(file: string): RunRecord | undefined {
  try {
    return runSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

/** Full path of a run's journal. */
export function journalFile(host: Host, runId: string): string {
  return join(runFolder(host, runId), 'journal.json')
}
