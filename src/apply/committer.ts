import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { Value } from '../documents/document.ts'
import { textOfExport } from '../documents/shell/user-env.ts'
import { isTable } from '../documents/value.ts'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { hashBytes, isInRegistry, readFileState, userVariables } from '../host/read-file-state.ts'
import { keychainTitle, openKeychain } from '../secrets/keychain.ts'
import { say } from '../texts/message.ts'
import { applyEdits } from './apply-edits.ts'
import { filePosition, sameMode } from './check-targets.ts'
import { createFileSystem, type FileSystem, removeIfThere } from './file-system.ts'
import { isUnfinished, readBackupOf, readRun, storeRun } from './journal.ts'
import { purgeBackups } from './kept-backups.ts'
import { forgetKeys, hasCopies, keychainPosition } from './keychain-copies.ts'
import { completeRun } from './prepare-run.ts'
import { finishRenewal } from './renew-history.ts'
import { explainFailure, restoreRun, rollbackFailed } from './restore-run.ts'
import { type ApplyRequest, targetName } from './run-record.ts'
import { readTrustedFile, stateFolder } from './state-folder.ts'
import { type Writer, withStateLock } from './state-lock.ts'
import type { RecordedFile, RenewedFile, RunRecord } from './state-schemas.ts'
import { readRegistry, variableFile, withRegistry } from './user-env.ts'

/** How an unfinished run is brought to its end. */
export type Ending = 'undo' | 'finish'

/** The only door through which a command changes the machine; main hands it out, and only to commands that declare it. */
export interface Committer {
  /** Nothing here changes anything; a command asks this only for what it tells. */
  readonly dryRun: boolean
  /** As `applyEdits`; in a dry run undefined. */
  apply(request: ApplyRequest): Promise<RunRecord | undefined>
  /** As `finishRun` and `rollBackRun`; in a dry run undefined, and the run waits on. */
  recover(id: string, ending: Ending): Promise<Recovery | undefined>
  /** As `purgeBackups`. */
  purge(paths: readonly string[]): Promise<void>
  /** As `forgetKeys`. */
  forgetKeys(): Promise<void>
  /** Those of these texts that this machine was never shown; once something was written, they were, except in a dry run. */
  newNotes(notes: readonly string[], hasWritten: boolean): Promise<readonly string[]>
}

/** What commits for real, or with `dryRun` not at all, whatever the command. */
export function createCommitter(host: Host, dryRun: boolean): Committer {
  if (dryRun) {
    return {
      dryRun,
      apply: async () => undefined,
      recover: async () => undefined,
      purge: async () => {},
      forgetKeys: async () => {},
      newNotes: async (notes) => unseenNotes(notes, host),
    }
  }
  return {
    dryRun,
    apply: (request) => applyEdits(request, host),
    recover: (id, ending) => (ending === 'finish' ? finishRun : rollBackRun)(host, id),
    purge: (paths) => purgeBackups(paths, host),
    forgetKeys: () => forgetKeys(host),
    newNotes: async (notes, hasWritten) => {
      const unseen = unseenNotes(notes, host)
      if (hasWritten) await rememberShown(unseen, host)
      return unseen
    },
  }
}

/** An unfinished run that was brought to its end, and what somebody else had changed since. */
export interface Recovery {
  readonly run: RunRecord
  readonly leftAlone: readonly string[]
}

/**
 * Puts the rest of an unfinished run in place. Throws UserError `cannot-finish` when a new content was not whole
 * on the disk, `run-ended` (exit 2), `no-such-run`, and `write-failed` (the run then stays unfinished).
 */
export function finishRun(host: Host, id: string, fileSystem?: FileSystem): Promise<Recovery> {
  return recover(host, id, fileSystem, async (run, writer) => {
    const missing =
      run.files.find((file) => !canFinish(run, file, host)) ??
      run.renewal?.files.find((file) => isNotStaged(file, host))
    if (missing) throw cannotFinish(run, missing.path)
    if (!(await canFinishKeychain(run, host))) throw cannotFinish(run, keychainTitle)
    const committing: RunRecord = { ...run, state: 'committing' }
    await storeRun(committing, writer)
    const leftAlone: string[] = []
    const done = await completeRun(committing, writer, (what) => leftAlone.push(what))
    return { run: done.state === 'renewing' ? await finishRenewal(done, writer) : done, leftAlone }
  })
}

/**
 * Takes an unfinished run back to the bytes, modes and folders before it; one that is `renewing` cannot be, and is
 * finished. Throws UserError `rollback-failed`
 * naming the state of every file (the run then stays unfinished), `run-ended` (exit 2), and `no-such-run`.
 */
export function rollBackRun(host: Host, id: string, fileSystem?: FileSystem): Promise<Recovery> {
  return recover(host, id, fileSystem, async (run, writer) => {
    const restored = await restoreRun(run, writer)
    if (restored.failures.length > 0) throw await rollbackFailed(run, restored, host)
    return restored
  })
}

async function recover(
  host: Host,
  id: string,
  fileSystem: FileSystem = createFileSystem(host.platform),
  work: (run: RunRecord, writer: Writer) => Promise<Recovery>,
): Promise<Recovery> {
  try {
    return await withStateLock(host, withRegistry(fileSystem, host), async (writer) => {
      await readRegistry(host, [userVariables])
      const run = readRun(host, id)
      if (!isUnfinished(run)) throw runEnded(run)
      if (run.state === 'renewing') return { run: await finishRenewal(run, writer), leftAlone: [] }
      return await work(run, writer)
    })
  } catch (error) {
    throw explainFailure(error, say('ending.unfinished', { run: id }), host)
  }
}

/** What stands there is replaced only where undo could give it back. */
function canFinish(run: RunRecord, file: RecordedFile, host: Host): boolean {
  if (filePosition(file, host) !== 'old') return true
  return isBackedUp(run, file, host) && isWritten(file, host.platform)
}

function isBackedUp(run: RunRecord, file: RecordedFile, host: Host): boolean {
  try {
    readBackupOf(host, run.id, file)
    return true
  } catch (error) {
    if (error instanceof UserError) return false
    throw error
  }
}

function isWritten(file: RecordedFile, platform: NodeJS.Platform): boolean {
  if (isInRegistry(file.resolvedPath)) return isVariableWritten(file)
  if (file.after.kind === 'absent') return true
  const state = readFileState(file.temporary)
  return (
    state.kind === 'file' && state.hash === file.after.hash && sameMode(state.mode, file.after.mode, platform)
  )
}

function isVariableWritten({ resolvedPath, temporary, after }: RecordedFile): boolean {
  const state = readFileState(temporary)
  if (state.kind === 'absent') return false
  return after.kind === 'absent'
    ? state.hash === hashBytes(variableFile(resolvedPath, 'absent').bytes)
    : hashBytes(Buffer.from(textOfExport(state.bytes))) === after.hash
}

function isNotStaged({ staged }: RenewedFile, host: Host): boolean {
  if (!staged) return false
  const bytes = readTrustedFile(staged.path, host)
  return bytes === undefined || hashBytes(bytes) !== staged.hash
}

async function canFinishKeychain({ keychain: recorded, renewal }: RunRecord, host: Host): Promise<boolean> {
  if (recorded === undefined && renewal?.keychain === undefined) return true
  const keychain = await openKeychain(host)
  if (renewal?.keychain && (await keychain.read(renewal.keychain.staged)) === undefined) return false
  if (recorded === undefined) return true
  return (await keychainPosition(recorded, keychain)) !== 'old' || hasCopies(recorded, keychain)
}

function cannotFinish(run: RunRecord, what: string): UserError {
  return new UserError({
    code: 'cannot-finish',
    message: say('error.cannot-finish', { run: run.id, what: targetName(what) }),
    hint: say('error.cannot-finish.hint', { run: run.id }),
    ...(isAbsolute(what) && { where: { file: what } }),
  })
}

function runEnded(run: RunRecord): UserError {
  return new UserError({
    code: 'run-ended',
    message: say(run.state === 'done' ? 'error.run-done' : 'error.run-rolled-back', { run: run.id }),
    hint: say('error.run-ended.hint'),
    exit: 2,
  })
}

/** Far more than all tools have together; the newest are kept. */
const mostKept = 500

/** Nobody waits for a record that only saves a line on the screen. */
const noWaiting = { waitMs: 0, stillMs: 5_000 }

/** Whether `prove` saw this version of a tool work on this computer: a note of its own, which `newNotes` remembers. */
export function wasProven(tool: string, version: string, host: Host): boolean {
  return unseenNotes([provenNote(tool, version)], host).length === 0
}

/** The note that `wasProven` looks for. */
export const provenNote = (tool: string, version: string) => `${tool} ${version} was proven`

/** Those of these texts that this machine was never shown. A record that cannot be read knows none. */
function unseenNotes(notes: readonly string[], host: Host): readonly string[] {
  const known = new Set(readShown(host))
  return notes.filter((note) => !known.has(markOf(note)))
}

/**
 * Remembers that these texts were shown. Where that cannot be written, or where this program has no state yet, they are
 * shown once more the next time: never an error.
 */
async function rememberShown(notes: readonly string[], host: Host): Promise<void> {
  if (notes.length === 0 || !existsSync(stateFolder(host))) return
  const fileSystem = createFileSystem(host.platform)
  const write = async () => {
    const marks = notes.map(markOf)
    const earlier = (readShown(host) ?? []).filter((mark) => !marks.includes(mark))
    const shown = [...earlier, ...marks].slice(-mostKept)
    const bytes = Buffer.from(`${JSON.stringify({ version: 1, shown }, null, 2)}\n`)
    await rewrite(recordFile(host), bytes, fileSystem)
  }
  await withStateLock(host, fileSystem, write, noWaiting).catch(() => {})
}

/** In its place, without a file beside it that a kill would leave: what is read by half knows no note, and loses none. */
async function rewrite(path: string, bytes: Uint8Array, fileSystem: FileSystem): Promise<void> {
  await removeIfThere(path, fileSystem)
  const file = await fileSystem.createFile(path, 0o600)
  try {
    await fileSystem.write(file, bytes)
  } finally {
    await fileSystem.close(file)
  }
}

function readShown(host: Host): readonly string[] | undefined {
  try {
    const bytes = readTrustedFile(recordFile(host), host)
    const record: Value = bytes ? JSON.parse(new TextDecoder().decode(bytes)) : null
    const shown = isTable(record) ? record.shown : undefined
    return Array.isArray(shown) ? shown.filter((mark) => typeof mark === 'string') : undefined
  } catch {
    return undefined
  }
}

/** A text of another version, or one with another address in it, is another note. */
function markOf(note: string): string {
  return createHash('sha256').update(note).digest('hex').slice(0, 16)
}

function recordFile(host: Host): string {
  return join(stateFolder(host), 'shown-notes.json')
}
