import { join } from 'node:path'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { Ledger } from '../ledger.ts'
import { say } from '../texts/message.ts'
import { createFileSystem, discardFile, removeIfEmpty, step } from './file-system.ts'
import {
  backupFile,
  findUnfinishedRun,
  isUnfinished,
  journalFile,
  listRuns,
  runFolder,
  runsNamed,
  storeRun,
  unfinishedRun,
} from './journal.ts'
import { readLedger } from './ledger-store.ts'
import { explainFailure } from './restore-run.ts'
import { runIds } from './run-record.ts'
import { namesInTrustedFolder, namesInTrustedFolders, readTrustedFile, runsFolder } from './state-folder.ts'
import { type Writer, withStateLock } from './state-lock.ts'
import type { RecordedFile, RunRecord } from './state-schemas.ts'

/** A file in the folder of a run that is not its record. */
export interface KeptBackup {
  /** Full path. */
  readonly path: string
  readonly run: string
  readonly bytes: Uint8Array
  /** What is set up needs it, to give back what it replaced. */
  readonly isNeeded: boolean
}

/** All backups that can be read, those of runs whose record is damaged as well, the oldest run first. */
export function listBackups(host: Host): KeptBackup[] {
  const needed = neededRuns(readLedger(host))
  return filesOfRuns(host).flatMap(({ run, paths }) =>
    paths.flatMap((path) => {
      const bytes = readQuietly(path, host)
      return bytes ? [{ path, run, bytes, isNeeded: needed.has(run) }] : []
    }),
  )
}

/**
 * Deletes backups, as `listBackups` names them; a run that had one can no longer be undone, and its record says so. Throws
 * UserErrors `locked`, `unfinished-run` and `write-failed`; then some are gone, and the next call takes the rest.
 */
export async function purgeBackups(paths: readonly string[], host: Host): Promise<void> {
  const fileSystem = createFileSystem(host.platform)
  try {
    await withStateLock(host, fileSystem, async (writer) => {
      const unfinished = findUnfinishedRun(host)
      if (unfinished) throw unfinishedRun(unfinished)
      const records = new Map(listRuns(host).map((run) => [run.id, run]))
      for (const { run, paths: files } of filesOfRuns(host)) {
        const doomed = files.filter((path) => paths.includes(path))
        if (doomed.length === 0) continue
        // The record first: a run whose backup is gone without a note would look damaged.
        const record = records.get(run)
        if (record && !record.purged) await storeRun({ ...record, purged: true }, writer)
        for (const path of doomed) {
          writer.assertLocked()
          await step(path, () => discardFile(path, fileSystem))
        }
        await step(runFolder(host, run), () => fileSystem.flushFolder(runFolder(host, run)))
      }
    })
  } catch (error) {
    throw explainFailure(error, say('ending.backups'), host)
  }
}

/** What stands beside the record in each run's folder, the oldest run first. */
function filesOfRuns(host: Host): { readonly run: string; readonly paths: readonly string[] }[] {
  const names = namesInTrustedFolders(runsFolder(host), runIds(host).toReversed(), host)
  return [...names].map(([run, files]) => {
    const paths = files.map((name) => join(runFolder(host, run), name))
    return { run, paths: paths.filter((path) => path !== journalFile(host, run)) }
  })
}

/** What cannot be trusted is not looked into. */
function readQuietly(path: string, host: Host): Uint8Array | undefined {
  try {
    return readTrustedFile(path, host)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

/** How many runs can be undone. */
const keptRuns = 50

/** How many older runs a run looks at: it adds one, and a pile of them, such as of another version, is not one command's wait. */
const looksAtOld = 4

/**
 * Removes old runs, with their backups, so that keys do not pile up: of those behind the newest the one that has just come there,
 * and a few by chance. Kept are runs whose backup the ledger still needs (written by version 0.1.0), runs that have a copy in
 * the keychain, one that was not finished, and one whose record cannot be used. `run`: the one that has ended.
 */
export async function pruneRuns(run: RunRecord, writer: Writer): Promise<void> {
  const [first, ...others] = runIds(writer.host).slice(keptRuns)
  if (first === undefined) return
  const needed = neededRuns(readLedger(writer.host))
  const isNeeded = (old: RunRecord) => needed.has(old.id) || old.keychain !== undefined || isUnfinished(old)
  const start = Number.parseInt(run.id.split('-')[1] ?? '', 16) % (others.length || 1)
  const some = [...others.slice(start), ...others.slice(0, start)].slice(0, looksAtOld - 1)
  for (const old of runsNamed(writer.host, [first, ...some])) {
    if (!isNeeded(old)) await deleteRun(old.id, writer)
  }
}

/** Ids of the runs whose backups hold what a removal gives back; only version 0.1.0 wrote such entries. */
export function neededRuns({ entries, files }: Ledger): Set<string> {
  const befores = [...entries.map(({ replaced }) => replaced), ...files.map(({ before }) => before)]
  return new Set(befores.flatMap((before) => (before.kind === 'backup' ? before.run : [])))
}

/** Removes a run's folder. Its record goes last: as long as that is there, a later call completes it. */
export async function deleteRun(id: string, writer: Writer): Promise<void> {
  const { host, fileSystem } = writer
  writer.assertLocked()
  const folder = runFolder(host, id)
  const record = journalFile(host, id)
  const others = namesInTrustedFolder(folder, host).map((name) => join(folder, name))
  for (const path of others.filter((path) => path !== record)) await discardFile(path, fileSystem)
  await fileSystem.flushFolder(folder)
  await discardFile(record, fileSystem)
  await removeIfEmpty(folder, fileSystem)
}

/** The copy of a file that a run keeps, as it is on the disk; it may be damaged. */
export interface KeptCopy {
  readonly run: RunRecord
  readonly file: RecordedFile
  /** Full path of the copy. */
  readonly copy: string
  readonly bytes: Uint8Array
}

/** All that runs have left: what they knew to be ours, and the files as they were. */
export interface History {
  readonly ledgers: readonly Ledger[]
  readonly copies: readonly KeptCopy[]
  /** Whether a run put a key into the keychain. */
  readonly usesKeychain: boolean
}

/** All in which an old key may be, or what the named runs have of it. Throws UserErrors `broken-ledger`, and those of `readTrustedFile`. */
export function readHistory(host: Host, ids?: readonly string[]): History {
  const runs = ids ? runsNamed(host, ids) : listRuns(host)
  const snapshots = runs.flatMap(({ ledger }) => [ledger.before, ledger.after])
  return {
    ledgers: [readLedger(host), ...snapshots],
    copies: runs.flatMap((run) => copiesOf(run, host)),
    usesKeychain: runs.some(({ state, keychain }) => state === 'done' && keychain !== undefined),
  }
}

/** With their bytes; a copy that the user has thrown away is passed over. */
export function copiesOf(run: RunRecord, host: Host): KeptCopy[] {
  return run.files.flatMap((file) => {
    if (file.before.kind === 'absent') return []
    const copy = backupFile(host, run.id, file.before.backup)
    const bytes = readTrustedFile(copy, host)
    return bytes ? [{ run, file, copy, bytes }] : []
  })
}
