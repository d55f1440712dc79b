import { join } from 'node:path'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { createFileSystem } from './file-system.ts'
import { findUnfinishedRun, unfinishedRun } from './find-unfinished-run.ts'
import { journalFile, listRuns, runFolder, storeRun } from './journal.ts'
import { readLedger } from './ledger-store.ts'
import { neededRuns } from './prune-runs.ts'
import { discardFile } from './remove-if-there.ts'
import { isRunId } from './run-id.ts'
import { runsFolder } from './state-folder.ts'
import { withStateLock } from './state-lock.ts'
import { step } from './step-failure.ts'
import { explainFailure } from './take-back.ts'
import { namesInTrustedFolder, readTrustedFile } from './trusted-file.ts'

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
  return runFolders(host).flatMap((run) =>
    filesOf(run, host).flatMap((path) => {
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
      for (const run of runFolders(host)) {
        const doomed = filesOf(run, host).filter((path) => paths.includes(path))
        if (doomed.length === 0) continue
        // The record first: a run whose backup is gone without a word would look damaged.
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
    throw explainFailure(error, 'Some backups may be deleted already; type the same command again.', host)
  }
}

function runFolders(host: Host): string[] {
  return namesInTrustedFolder(runsFolder(host), host).filter(isRunId).sort()
}

function filesOf(run: string, host: Host): string[] {
  const folder = runFolder(host, run)
  const paths = namesInTrustedFolder(folder, host).map((name) => join(folder, name))
  return paths.filter((path) => path !== journalFile(host, run))
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
