import { existsSync, lstatSync } from 'node:fs'
import { dirname } from 'node:path'
import { hasCode, UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { findClosedFolder, whatKeepsFromChanging } from '../host/ownership.ts'
import { isInRegistry } from '../host/read-file-state.ts'
import { KeychainError, keychainTitle, openKeychain } from '../secrets/keychain.ts'
import { quoteWord } from '../texts/commands.ts'
import { type Message, say, type TextId } from '../texts/message.ts'
import { type FilePosition, filePosition, sameMode } from './check-targets.ts'
import { type FileSystem, flushFolders, removeIfEmpty, StepFailure, step } from './file-system.ts'
import { lastRuns, readBackupOf, runFolder, runsNamed, storeRun } from './journal.ts'
import { keychainPosition, restoreKeychain } from './keychain-copies.ts'
import { restoreLedger } from './ledger-store.ts'
import { replaceFile } from './replace-file.ts'
import { hideTemporary, removeTemporary, targetName } from './run-record.ts'
import type { Writer } from './state-lock.ts'
import type { RecordedFile, RecordedKeychain, RunRecord } from './state-schemas.ts'
import { announceVariables, variableFile } from './user-env.ts'

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
  if (run.state !== 'preparing') {
    await announceVariables(
      run.files.map(({ path }) => path),
      writer.host,
    )
  }
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
    if (filePosition(file, writer.host) !== 'new') continue
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
  if (isInRegistry(file.resolvedPath)) {
    const content = variableFile(file.resolvedPath, bytes)
    await replaceFile(file.resolvedPath, content, fileSystem, file.temporary)
    return file
  }
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

/** Asks the disk; a run that ended as it should has none. */
export function leftBehind(run: RunRecord): LeftFile[] {
  return temporariesOf(run).flatMap((path) => {
    const stat = lstatSync(path, { throwIfNoEntry: false })
    return stat === undefined ? [] : [{ path, isEmpty: stat.size === 0 }]
  })
}

/**
 * The rolled-back runs of which a temporary file may be left: those among the last runs, and those that the last one names.
 * Errors: those of `readRuns`.
 */
export function rolledBackRuns(host: Host): RunRecord[] {
  const { runs } = lastRuns(host)
  const last = new Set(runs.map(({ id }) => id))
  const named = (runs.at(-1)?.leftBehind ?? []).filter((id) => !last.has(id))
  return [...runsNamed(host, named), ...runs].filter(({ state }) => state === 'rolled-back')
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
  // One that is left would keep its folder, which then counts as the user's: each gets a second chance before that.
  for (const { path } of leftBehind(run)) {
    await attempt(path, () => removeTemporary(path, fileSystem))
  }
  for (const { path } of [...run.createdFolders].reverse()) {
    await attempt(path, () => removeIfEmpty(path, fileSystem))
  }
  // Else a temporary file could come back after a loss of power, when the journal calls the run taken back.
  const targets = run.files.map(({ resolvedPath }) => resolvedPath)
  await attempt(run.id, () => flushFolders([...targets, ...temporaries], fileSystem))
}

/** Where everything of a run stands now; `unknown` is a keychain that cannot be read. */
export interface RunPosition {
  /** A path, or the keychain's title. */
  readonly what: string
  readonly position: FilePosition | 'unknown'
}

/** Where everything of a run is now: files in the run's order, then the keychain, `unknown` where it is out of reach. */
export async function runPositions({ files, keychain }: RunRecord, host: Host): Promise<RunPosition[]> {
  return [
    ...files.map((file) => ({ what: file.path, position: filePosition(file, host) })),
    ...(keychain ? [{ what: keychainTitle, position: await positionNow(keychain, host) }] : []),
  ]
}

/** Such a run needs no word of the user's to be taken back. */
export async function isUntouched(run: RunRecord, host: Host): Promise<boolean> {
  return (await runPositions(run, host)).every(({ position }) => position === 'old')
}

async function positionNow(recorded: RecordedKeychain, host: Host): Promise<RunPosition['position']> {
  try {
    return await keychainPosition(recorded, await openKeychain(host))
  } catch {
    return 'unknown'
  }
}

/**
 * Rolls a failed run back and throws what the user has to know: the cause when nothing was changed in the end,
 * UserError `write-failed` when a file was left to another program, `rollback-failed` when files stay changed.
 */
export async function rollBack(run: RunRecord, cause: unknown, writer: Writer): Promise<never> {
  const restored = await restoreRun(run, writer)
  const isSame = run.state === 'preparing' || (await isUntouched(restored.run, writer.host))
  if (!isSame && restored.failures.length > 0) throw await rollbackFailed(run, restored, writer.host)
  const left = leftBehind(run)
  const nothing = say(left.length > 0 ? 'ending.no-file' : 'ending.nothing')
  throw nameRemains(
    explainFailure(cause, isSame ? nothing : describeLeftAlone(restored), writer.host),
    run,
    restored.run,
  )
}

/** A failure that tells as well of what a rollback could not put right. */
function nameRemains(failure: unknown, run: RunRecord, restored: RunRecord): unknown {
  const remains = describeRemains(run, restored)
  if (!(failure instanceof UserError) || remains.length === 0) return failure
  const { code, text, hintText, exit, where } = failure
  const paths = leftBehind(run).map(({ path }) => quoteWord(path))
  const hint = [
    ...(hintText ? [hintText] : []),
    ...(paths.length > 0 ? [say('remains.hint', { paths })] : []),
  ]
  return new UserError({ code, message: [text, ...remains], hint, exit, ...(where && { where }) })
}

function describeRemains(run: RunRecord, restored: RunRecord): Message[] {
  const left = leftBehind(run).map(({ path, isEmpty }) =>
    say(isEmpty ? 'remains.empty' : 'remains.with-key', { path }),
  )
  const modes = restored.files.flatMap(({ path, before }, index) => {
    const old = run.files[index]?.before
    if (before.kind === 'absent' || old?.kind !== before.kind || old.mode === before.mode) return []
    return [say('remains.mode', { path })]
  })
  return [...left, ...modes]
}

/**
 * UserErrors of what the system refused, with how the run ended: `write-failed`, exit 1, of a step on a file, and
 * `keychain-unavailable`. Every other error stays as it is.
 */
export function explainFailure(cause: unknown, ending: Message, host: Host): unknown {
  if (cause instanceof KeychainError) return new UserError(cause.withEnding(ending))
  if (!(cause instanceof StepFailure)) return cause
  const closed = hasCode(cause.cause, 'EACCES', 'EPERM') ? findClosedFolder(cause.path) : undefined
  const closedBy = closed === undefined ? undefined : whatKeepsFromChanging(closed, 'u+wx', host)
  const { path, reason } = cause
  const fault = closedBy ? say('error.write-failed.fault', { reason, fault: closedBy.fault }) : reason
  const error = say('error.not-writable', { path, fault })
  return new UserError({
    code: 'write-failed',
    message: say('error.with-ending', { error, ending }),
    hint: closedBy ? [closedBy.remedy, say('error.then-again')] : say('error.write-failed.hint'),
    where: { file: path },
  })
}

/** UserError `rollback-failed`, exit 1, that names the state of every file and of the key. */
export async function rollbackFailed(run: RunRecord, restored: Restored, host: Host): Promise<UserError> {
  const positions = await runPositions(run, host)
  const files = positions.map(({ what, position }) =>
    say('error.listed-with', { what: targetName(what), state: say(words[position]) }),
  )
  return new UserError({
    code: 'rollback-failed',
    message: [
      say('error.rollback-failed', { run: run.id }),
      ...restored.failures.map(describeFailure),
      say('error.rollback-failed.files'),
      ...files,
      ...describeRemains(run, restored.run),
    ],
    hint: [
      say('error.rollback-failed.hint', { run: run.id }),
      say('error.rollback-failed.backups', { folder: runFolder(host, run.id) }),
    ],
  })
}

const words = {
  old: 'position.old',
  new: 'position.new',
  other: 'position.other',
  unknown: 'position.unknown',
} as const satisfies Record<RunPosition['position'], TextId>

function describeFailure(error: Error): Message {
  if (error instanceof StepFailure)
    return say('error.listed-with', { what: targetName(error.path), state: error.reason })
  return say('error.listed', { what: error instanceof UserError ? error.text : error.message })
}

function describeLeftAlone({ leftAlone }: Restored): Message {
  return say('ending.left-alone', { files: leftAlone.map(targetName) })
}
