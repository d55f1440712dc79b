import { join } from 'node:path'
import type { Ledger } from '../ledger.ts'
import { isUnfinished } from './find-unfinished-run.ts'
import { journalFile, listRuns, runFolder } from './journal.ts'
import { discardFile, removeIfEmpty } from './remove-if-there.ts'
import type { RunRecord } from './run-record.ts'
import type { Writer } from './state-lock.ts'
import { namesInTrustedFolder } from './trusted-file.ts'

/** How many runs can be undone. */
const keptRuns = 50

/**
 * Removes the oldest runs, with their backups, so that keys do not pile up. Kept beside the newest are runs whose backup
 * the ledger still needs (written by version 0.1.0), runs that have a copy in the keychain, and one that was not finished.
 */
export async function pruneRuns(ledger: Ledger, writer: Writer): Promise<void> {
  const needed = neededRuns(ledger)
  const isNeeded = (run: RunRecord) => needed.has(run.id) || run.keychain !== undefined || isUnfinished(run)
  const old = listRuns(writer.host).slice(0, -keptRuns)
  for (const run of old.filter((each) => !isNeeded(each))) await deleteRun(run.id, writer)
}

/** The runs of which the ledger needs a backup. */
export function neededRuns({ entries, files }: Ledger): Set<string> {
  const befores = [...entries.map(({ replaced }) => replaced), ...files.map(({ before }) => before)]
  return new Set(befores.flatMap((before) => (before.kind === 'backup' ? before.run : [])))
}

/** Removes a run's folder. Its record goes last: as long as that is there, a later call comes to the end. */
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
