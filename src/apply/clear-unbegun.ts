import { journalFile, readRuns, runFolder } from './journal.ts'
import { removeIfEmpty } from './remove-if-there.ts'
import { isRunId } from './run-id.ts'
import { runsFolder } from './state-folder.ts'
import type { Writer } from './state-lock.ts'
import { namesInTrustedFolder } from './trusted-file.ts'
import { clearReplacement } from './write-file.ts'

/** Removes the folders of runs that were killed before their record stood, when they had done nothing else. */
export async function clearUnbegun({ host, fileSystem }: Writer): Promise<void> {
  const { runs, damaged } = readRuns(host)
  const begun = new Set([...runs.map(({ id }) => id), ...damaged.keys()])
  for (const id of namesInTrustedFolder(runsFolder(host), host).filter(isRunId)) {
    if (begun.has(id)) continue
    await clearReplacement(journalFile(host, id), fileSystem)
    await removeIfEmpty(runFolder(host, id), fileSystem)
  }
}
