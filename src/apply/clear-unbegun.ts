import { existsSync, readdirSync } from 'node:fs'
import { journalFile, runFolder } from './journal.ts'
import { removeIfEmpty } from './remove-if-there.ts'
import { isRunId } from './run-id.ts'
import { runsFolder } from './state-folder.ts'
import type { Writer } from './state-lock.ts'
import { clearReplacement } from './write-file.ts'

/** Removes the folders of runs that were killed before their record stood, when they had done nothing else. */
export async function clearUnbegun({ host, fileSystem }: Writer): Promise<void> {
  for (const id of readdirSync(runsFolder(host)).filter(isRunId)) {
    const journal = journalFile(host, id)
    if (existsSync(journal)) continue
    await clearReplacement(journal, fileSystem)
    await removeIfEmpty(runFolder(host, id), fileSystem)
  }
}
