import { existsSync } from 'node:fs'
import type { Ledger } from '../ledger.ts'
import { completeKeychain } from './complete-keychain.ts'
import { filePosition } from './file-position.ts'
import { flushFolders } from './flush-folders.ts'
import { storeRun } from './journal.ts'
import { storeLedger } from './ledger-store.ts'
import { removeIfEmpty } from './remove-if-there.ts'
import type { RecordedFile, RunRecord } from './run-record.ts'
import type { Writer } from './state-lock.ts'
import { step } from './step-failure.ts'
import { removeHidingFolder, removeTemporary } from './temporary-file.ts'

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
    const position = filePosition(file, writer.host.platform)
    if (position === 'other') onOther(file.path)
    writer.assertLocked()
    await step(file.path, () => (position === 'old' ? putInPlace(file, writer) : clear(file, writer)))
  }
  await flushFolders(
    run.files.map((file) => file.resolvedPath),
    writer.fileSystem,
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
  if (file.after.kind === 'absent') return await fileSystem.removeFile(file.resolvedPath)
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
