import { existsSync, lstatSync } from 'node:fs'
import { dirname } from 'node:path'
import { keychainTitle } from '../secrets/keychain.ts'
import { filePosition, sameMode } from './file-position.ts'
import type { FileSystem } from './file-system.ts'
import { flushFolders } from './flush-folders.ts'
import { readBackupOf, storeRun } from './journal.ts'
import { restoreLedger } from './ledger-store.ts'
import { removeIfEmpty } from './remove-if-there.ts'
import { restoreKeychain } from './restore-keychain.ts'
import { runPositions } from './run-positions.ts'
import type { RecordedFile, RunRecord } from './run-record.ts'
import type { Writer } from './state-lock.ts'
import { step } from './step-failure.ts'
import { hideTemporary, removeTemporary } from './temporary-file.ts'
import { replaceFile } from './write-file.ts'

/** How far a rollback came. The run is `rolled-back` when there are no failures, else it stays unfinished. */
export interface Restored {
  readonly run: RunRecord
  /** What somebody else changed; it is as it was found. */
  readonly leftAlone: readonly string[]
  readonly failures: readonly Error[]
}

/** Takes an unfinished run back as far as it can: one file that cannot be restored does not stop the others. */
export async function restoreRun(run: RunRecord, writer: Writer): Promise<Restored> {
  const failures: Error[] = []
  const attempt = async (path: string, work: () => Promise<void>) => {
    await step(path, work).catch((error) => failures.push(error))
  }
  const leftAlone = await changedByOthers(run, writer)
  const files = await restoreFiles(run, writer, attempt)
  await attempt(keychainTitle, () => restoreKeychain(run, writer))
  await clear(run, writer, attempt)
  const restored: RunRecord = { ...run, files, state: 'rolled-back' }
  if (failures.length === 0) {
    await attempt(run.id, async () => {
      await restoreLedger(run.ledger, writer)
      await storeRun(restored, writer)
    })
  }
  return { run: failures.length === 0 ? restored : { ...run, files }, leftAlone, failures }
}

type Attempt = (path: string, work: () => Promise<void>) => Promise<void>

async function changedByOthers(run: RunRecord, { host }: Writer): Promise<string[]> {
  // Before `committing` the run has changed nothing, whatever stands there now.
  if (run.state === 'preparing') return []
  const positions = await runPositions(run, host)
  return positions.filter(({ position }) => position === 'other').map(({ what }) => what)
}

/** Gives the files with the modes that the disk really gave back. */
async function restoreFiles(run: RunRecord, writer: Writer, attempt: Attempt): Promise<RecordedFile[]> {
  if (run.state === 'preparing') return run.files
  for (const { path, mode } of run.removedFolders) {
    if (!existsSync(path)) await attempt(path, () => makeFolderAgain(path, mode, writer.fileSystem))
  }
  const files = [...run.files]
  for (const [index, file] of [...files.entries()].reverse()) {
    if (filePosition(file, writer.host.platform) !== 'new') continue
    await attempt(file.path, async () => {
      files[index] = await restoreFile(run, file, writer)
    })
  }
  return files
}

async function makeFolderAgain(path: string, mode: number, fileSystem: FileSystem): Promise<void> {
  await fileSystem.makeFolder(path, mode)
  await fileSystem.flushFolder(dirname(path))
}

async function restoreFile(run: RunRecord, file: RecordedFile, writer: Writer): Promise<RecordedFile> {
  const { host, fileSystem } = writer
  // Whoever has the lock by now may have written the same on purpose.
  writer.assertLocked()
  const bytes = readBackupOf(host, run.id, file)
  if (bytes === 'absent' || file.before.kind === 'absent') {
    await fileSystem.removeFile(file.resolvedPath)
    await fileSystem.flushFolder(dirname(file.resolvedPath))
    return file
  }
  const { mode, uid, gid } = file.before
  const content = { bytes, mode, owner: { uid, gid } }
  await hideTemporary(file.temporary, fileSystem)
  const given = await replaceFile(file.resolvedPath, content, fileSystem, file.temporary)
  return sameMode(given, mode, host.platform) ? file : { ...file, before: { ...file.before, mode: given } }
}

/** A temporary file of a run that has ended and could not be removed; `isEmpty`: at least its content could. */
export interface LeftFile {
  readonly path: string
  readonly isEmpty: boolean
}

/** What of a run's temporary files is still there. */
export function leftBehind(run: RunRecord): LeftFile[] {
  return temporariesOf(run).flatMap((path) => {
    const stat = lstatSync(path, { throwIfNoEntry: false })
    return stat === undefined ? [] : [{ path, isEmpty: stat.size === 0 }]
  })
}

function temporariesOf(run: RunRecord): string[] {
  const staged = (run.renewal?.files ?? []).flatMap((file) => file.staged?.path ?? [])
  return [...run.files.map(({ temporary }) => temporary), ...staged]
}

async function clear(run: RunRecord, { fileSystem }: Writer, attempt: Attempt): Promise<void> {
  const temporaries = temporariesOf(run)
  for (const path of temporaries) {
    await attempt(path, () => removeTemporary(path, fileSystem))
  }
  for (const { path } of [...run.createdFolders].reverse()) {
    await attempt(path, () => removeIfEmpty(path, fileSystem))
  }
  // Else a temporary file could come back after a loss of power, when the journal calls the run taken back.
  const targets = run.files.map(({ resolvedPath }) => resolvedPath)
  await attempt(run.id, () => flushFolders([...targets, ...temporaries], fileSystem))
}
