import { statSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { hashBytes } from '../host/read-file-state.ts'
import type { LedgerEntry } from '../ledger.ts'
import { quoteWord } from '../texts/commands.ts'
import { say } from '../texts/message.ts'
import { step } from './file-system.ts'
import { readLedger } from './ledger-store.ts'
import { replaceFile } from './replace-file.ts'
import { isRunId, runIds, runTargets, secondOf, staysInReach, targetName } from './run-record.ts'
import { makePrivateFolder, readTrustedFile, runsFolder } from './state-folder.ts'
import type { Writer } from './state-lock.ts'
import { type RecordedFile, type RunRecord, runSchema } from './state-schemas.ts'

/** The runs of this machine, as far as their records can be used. */
export interface Runs {
  /** Oldest first. */
  readonly runs: readonly RunRecord[]
  /** Of each other run, by id: why its record cannot be used. It stops nothing but what it is about. */
  readonly damaged: ReadonlyMap<string, UserError>
}

/** All runs. Throws UserErrors only where none can be looked at: those of `readTrustedFile`. */
export function readRuns(host: Host): Runs {
  const seconds = [...newestRuns(host)].toReversed()
  return {
    runs: seconds.flatMap(({ runs }) => runs).sort((one, other) => one.sequence - other.sequence),
    damaged: new Map(seconds.flatMap(({ damaged }) => [...damaged])),
  }
}

/** The runs of one second, and the ids of those that were killed before their record stood. */
export interface RunsOfSecond extends Runs {
  readonly unbegun: readonly string[]
}

/**
 * The runs of each second in which there are some, the newest first. Read only as far as it is asked for: whoever
 * wants the last run does not read hundreds of old records. Errors: those of `readTrustedFile`.
 */
export function* newestRuns(host: Host): Generator<RunsOfSecond> {
  const ids = runIds(host)
  for (let from = 0, to = 0; from < ids.length; from = to) {
    const second = secondOf(ids[from] ?? '')
    while (to < ids.length && secondOf(ids[to] ?? '') === second) to++
    yield readThese(host, ids.slice(from, to).toReversed())
  }
}

function readThese(host: Host, ids: readonly string[]): RunsOfSecond {
  const runs: RunRecord[] = []
  const damaged = new Map<string, UserError>()
  const unbegun: string[] = []
  for (const id of ids) {
    try {
      const run = readJournal(host, id)
      if (run) runs.push(run)
      else unbegun.push(id)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      damaged.set(id, error)
    }
  }
  return { runs: runs.sort((one, other) => one.sequence - other.sequence), damaged, unbegun }
}

/** Those of the named runs whose records can be used, oldest first. */
export function runsNamed(host: Host, ids: readonly string[]): readonly RunRecord[] {
  return readThese(host, ids.filter(isRunId)).runs
}

/** The runs of the last second in which one has a usable record, and all that was met on the way to it. */
export function lastRuns(host: Host): RunsOfSecond {
  const met: RunsOfSecond[] = []
  for (const second of newestRuns(host)) {
    met.push(second)
    if (second.runs.length > 0) break
  }
  return {
    runs: met.flatMap(({ runs }) => runs),
    damaged: new Map(met.flatMap(({ damaged }) => [...damaged])),
    unbegun: met.flatMap(({ unbegun }) => unbegun),
  }
}

/** All runs whose records can be used, oldest first; `readRuns` reports the others. */
export function listRuns(host: Host): readonly RunRecord[] {
  return readRuns(host).runs
}

/** One run. Throws UserErrors `no-such-run`, exit 2, `broken-journal`, and those of `readTrustedFile`. */
export function readRun(host: Host, id: string): RunRecord {
  const run = isRunId(id) ? readJournal(host, id) : undefined
  if (run) return run
  throw new UserError({
    code: 'no-such-run',
    message: say('error.no-such-run', { id }),
    hint: say('error.no-such-run.hint', { folder: runsFolder(host) }),
    exit: 2,
  })
}

/**
 * What stood at a path, as the plan named it, before a run: its bytes, `absent` when there was no file, undefined
 * when the run is unknown or did not touch it. Throws UserError `broken-backup` when the copy was changed or lost.
 */
export function readBackup(host: Host, runId: string, path: string): Uint8Array | 'absent' | undefined {
  const file = recordedFile(host, runId, path)
  return file && readBackupOf(host, runId, file)
}

/** The mode of a file before a run; undefined when there was no file, or the run is unknown or did not touch it. */
export function readModeBefore(host: Host, runId: string, path: string): number | undefined {
  const file = recordedFile(host, runId, path)
  return file?.before.kind === 'absent' ? undefined : file?.before.mode
}

function recordedFile(host: Host, runId: string, path: string): RecordedFile | undefined {
  const run = isRunId(runId) ? readJournal(host, runId) : undefined
  return run?.files.find((candidate) => candidate.path === path)
}

/**
 * The mode that the disk gave a file in place of the one that was asked for, when a run last asked for it; undefined where it
 * gave that one, or no run that the ledger knows of asked.
 */
export function readModeGiven(host: Host, path: string, asked: number): number | undefined {
  const files = runsOfLedger(host, (entry) => entry.path === path).flatMap(({ files }) => files)
  const last = files.findLast(({ path: own, after }) => {
    return own === path && after.kind === 'file' && (after.asked ?? after.mode) === asked
  })?.after
  return last?.kind === 'file' && last.asked !== undefined ? last.mode : undefined
}

/** Whether a run that the ledger knows of has seen the disk of a path give a file another mode than the one that was asked for. */
export function isOnDiskWithoutModes(host: Host, path: string): boolean {
  const disk = diskOf(path)
  if (disk === undefined || !opensLedger(host)) return false
  const files = runsOfLedger(host, () => true).flatMap(({ files }) => files)
  return files.some(({ path: own, after }) => {
    return after.kind === 'file' && after.asked !== undefined && diskOf(own) === disk
  })
}

/** One that does not open knows of no run: whoever needs what is in it tells why. */
function opensLedger(host: Host): boolean {
  try {
    readLedger(host)
    return true
  } catch (error) {
    if (error instanceof UserError) return false
    throw error
  }
}

/** The finished runs that wrote what is ours now, oldest first. */
function runsOfLedger(host: Host, isWanted: (entry: LedgerEntry) => boolean): RunRecord[] {
  const ids = new Set(
    readLedger(host)
      .entries.filter(isWanted)
      .map(({ run }) => run),
  )
  return runsNamed(host, [...ids]).filter(({ state }) => state === 'done')
}

function diskOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.dev
}

/** What stood in a recorded file before its run; see `readBackup`. */
export function readBackupOf(host: Host, runId: string, file: RecordedFile): Uint8Array | 'absent' {
  if (file.before.kind === 'absent') return 'absent'
  const copy = backupFile(host, runId, file.before.backup)
  const found = tryToRead(copy, host)
  if (found instanceof Uint8Array && hashBytes(found) === file.before.hash) return found
  const reason = found instanceof UserError ? found.text : copy
  throw new UserError({
    code: 'broken-backup',
    message: say(found ? 'error.backup-damaged' : 'error.backup-gone', { path: file.path, reason }),
    hint: say('error.backup.hint', { path: file.path }),
    where: { file: copy },
  })
}

function tryToRead(copy: string, host: Host): Uint8Array | UserError | undefined {
  try {
    return readTrustedFile(copy, host)
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
}

/** Full path of a backup; every backup of a run has its own name. */
export function backupFile(host: Host, runId: string, name: string): string {
  return join(runFolder(host, runId), name)
}

/** It holds `journal.json`, the backups and, until they are in place, renewed copies. */
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

/** What `storeRun` writes; the replacement of the key makes it before the run commits. */
export function journalBytes(run: RunRecord): Uint8Array {
  return Buffer.from(`${JSON.stringify(run, null, 2)}\n`)
}

/** By full path of the journal: a command asks for all runs several times, and to check a record costs more than to read it. */
const parsed = new Map<string, { readonly bytes: Buffer; readonly run: RunRecord }>()

/** Undefined for a run that is not there, or was killed before its record stood. */
function readJournal(host: Host, id: string): RunRecord | undefined {
  const file = journalFile(host, id)
  const bytes = readTrustedFile(file, host)
  if (bytes === undefined) return undefined
  const known = parsed.get(file)
  if (known?.bytes.equals(bytes)) return known.run
  const run = parseJournal(bytes)
  const folder = runFolder(host, id)
  if (run && staysInReach(run, folder)) {
    parsed.set(file, { bytes: Buffer.from(bytes), run })
    return run
  }
  throw new UserError({
    code: 'broken-journal',
    message: say('error.broken-journal', { file }),
    hint: say('error.broken-journal.hint', {
      folder: quoteWord(folder),
      away: quoteWord(`${folder}.broken`),
    }),
    where: { file },
  })
}

function parseJournal(bytes: Uint8Array): RunRecord | undefined {
  try {
    return runSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    return undefined
  }
}

/** The file without which a run counts as not begun: see `clearUnbegun`. */
export function journalFile(host: Host, runId: string): string {
  return join(runFolder(host, runId), 'journal.json')
}

/**
 * The run that was killed, or whose rollback failed; there is at most one, and no run begins before it is ended: it is among
 * the last. Errors: those of `readRuns`.
 */
export function findUnfinishedRun(host: Host): RunRecord | undefined {
  return lastRuns(host).runs.findLast(isUnfinished)
}

/** Stopped between two states, by a kill or by an error in its rollback. */
export function isUnfinished(run: RunRecord): boolean {
  return run.state === 'preparing' || run.state === 'committing' || run.state === 'renewing'
}

/** The command that ends an unfinished run; one that is `renewing` cannot be taken back any more. */
export function endingCommand(run: RunRecord): string {
  return run.state === 'renewing' ? 'qcode-setup key rotate' : `qcode-setup undo ${run.id}`
}

/** UserError `unfinished-run`, exit 1: it names what the run was about to change and the command that ends it. */
export function unfinishedRun(run: RunRecord): UserError {
  return new UserError({
    code: 'unfinished-run',
    message: [
      say('error.unfinished-run', { run: run.id, command: run.command }),
      ...runTargets(run).map((what) => say('error.listed', { what: targetName(what) })),
    ],
    hint: say('error.unfinished-run.hint', { command: endingCommand(run) }),
  })
}
