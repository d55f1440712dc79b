import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { keychainTitle } from '../secrets/keychain.ts'
import { filePosition } from './file-position.ts'
import type { FileSystem } from './file-system.ts'
import { flushFolders } from './flush-folders.ts'
import { readBackupOf, storeRun } from './journal.ts'
import { restoreLedger } from './ledger-store.ts'
import { removeIfEmpty, removeIfThere } from './remove-if-there.ts'
import { restoreKeychain } from './restore-keychain.ts'
import { runPositions } from './run-positions.ts'
import type { RecordedFile, RunRecord } from './run-record.ts'
import type { Writer } from './state-lock.ts'
import { step } from './step-failure.ts'
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
  await restoreFiles(run, writer, attempt)
  await attempt(keychainTitle, () => restoreKeychain(run, writer))
  await clear(run, writer, attempt)
  const restored: RunRecord = { ...run, state: 'rolled-back' }
  if (failures.length === 0) {
    await attempt(run.id, async () => {
      await restoreLedger(run.ledger, writer)
      await storeRun(restored, writer)
    })
  }
  return { run: failures.length === 0 ? restored : run, leftAlone, failures }
}

type Attempt = (path: string, work: () => Promise<void>) => Promise<void>

async function changedByOthers(run: RunRecord, { host }: Writer): Promise<string[]> {
  // Before `committing` the run has changed nothing, whatever stands there now.
  if (run.state === 'preparing') return []
  const positions = await runPositions(run, host)
  return positions.filter(({ position }) => position === 'other').map(({ what }) => what)
}

async function restoreFiles(run: RunRecord, writer: Writer, attempt: Attempt): Promise<void> {
  if (run.state === 'preparing') return
  for (const { path, mode } of run.removedFolders) {
    if (!existsSync(path)) await attempt(path, () => makeFolderAgain(path, mode, writer.fileSystem))
  }
  for (const file of run.files) {
    if (filePosition(file, writer.host.platform) !== 'new') continue
    await attempt(file.path, () => restoreFile(run, file, writer))
  }
}

async function makeFolderAgain(path: string, mode: number, fileSystem: FileSystem): Promise<void> {
  await fileSystem.makeFolder(path, mode)
  await fileSystem.flushFolder(dirname(path))
}

async function restoreFile(run: RunRecord, file: RecordedFile, writer: Writer): Promise<void> {
  const { host, fileSystem } = writer
  // Whoever has the lock by now may have written the same on purpose.
  writer.assertLocked()
  const bytes = readBackupOf(host, run.id, file)
  if (bytes === 'absent' || file.before.kind === 'absent') {
    await fileSystem.removeFile(file.resolvedPath)
    await fileSystem.flushFolder(dirname(file.resolvedPath))
  } else {
    const { mode, uid, gid } = file.before
    await replaceFile(file.resolvedPath, { bytes, mode, owner: { uid, gid } }, fileSystem, file.temporary)
  }
}

async function clear(run: RunRecord, { fileSystem }: Writer, attempt: Attempt): Promise<void> {
  const staged = (run.renewal?.files ?? []).flatMap((file) => file.staged?.path ?? [])
  const temporaries = [...run.files.map(({ temporary }) => temporary), ...staged]
  for (const path of temporaries) {
    await attempt(path, () => removeIfThere(path, fileSystem))
  }
  for (const { path } of [...run.createdFolders].reverse()) {
    await attempt(path, () => removeIfEmpty(path, fileSystem))
  }
  // Else a temporary file could come back after a loss of power, when the journal calls the run taken back.
  await attempt(run.id, () => flushFolders(temporaries, fileSystem))
}
