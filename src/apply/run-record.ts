import { lstatSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, normalize } from 'node:path'
import { hasCode } from '../errors.ts'
import { isBelow } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import { isInRegistry, userVariables, variableAt } from '../host/read-file-state.ts'
import { findRepository } from '../host/run-program.ts'
import type { Ledger } from '../ledger.ts'
import type { FileEdit, KeychainEdit, KeyRenewal } from '../plan/plan.ts'
import { keychainTitle } from '../secrets/keychain.ts'
import { type Message, say } from '../texts/message.ts'
import { discardFile, type FileSystem, removeIfEmpty, removeIfThere } from './file-system.ts'
import { writeBeside } from './replace-file.ts'
import { beginningOf, namesInTrustedFolder, runsFolder } from './state-folder.ts'
import type { RecordedFolder, RunRecord } from './state-schemas.ts'

/** One run: everything in it happens, or nothing. */
export interface ApplyRequest {
  /** From `newRunId`; the entries of the ledger may already name it. */
  readonly runId: string
  /** The command that the user typed, such as `setup`. */
  readonly command: string
  readonly edits: readonly FileEdit[]
  readonly keychain?: KeychainEdit
  /** The ledger that the plan was made from, and the one to store. */
  readonly ledger: { readonly before: Ledger; readonly after: Ledger }
  /** Only for a run that replaces the key: it cannot be undone. */
  readonly renewal?: KeyRenewal
  /** Only for undo: the run that is taken back, and the folders that it had made. */
  readonly undoes?: string
  readonly removeFolders?: readonly RecordedFolder[]
  /** Only for undo: the folders that the run had removed, which are made again with their modes. */
  readonly removedFolders?: readonly RecordedFolder[]
}

/**
 * A new run's id, such as `20261123T121314Z-ab12cd`: UTC time and chance. It is not of an earlier second than another run,
 * also when the clock was set back, so that the names have an order that people see.
 */
export function newRunId(host: Host): string {
  const now = host
    .now()
    .toISOString()
    .replace(/[-:]|\.\d+/g, '')
  const [second = now] = [now, ...runNames(host).map(secondOf)].sort().reverse()
  return `${second}-${host.randomId().slice(0, 6)}`
}

/**
 * The ids of all runs, also of those whose records cannot be used, the newest first. Names alone do not tell: version 0.1.0
 * named runs by a clock that may have been set back, and while one run waits for an answer another one may be made. What
 * tells no number goes with the next newer name. Errors: those of `readTrustedFile`.
 */
export function runIds(host: Host): string[] {
  let newer = Number.POSITIVE_INFINITY
  const numbered = runNames(host).map((id) => {
    newer = sequenceOf(join(runsFolder(host), id, 'journal.json')) ?? newer
    return { id, sequence: newer }
  })
  const isLater = (one: number, other: number) => (one === other ? 0 : one > other ? -1 : 1)
  return numbered.sort((one, other) => isLater(one.sequence, other.sequence)).map(({ id }) => id)
}

/** The later name first. */
function runNames(host: Host): string[] {
  return namesInTrustedFolder(runsFolder(host), host).filter(isRunId).sort().reverse()
}

/** By path of the journal; a run keeps its number. */
const sequences = new Map<string, number>()

/** The number of a run, from the beginning of its record alone: there may be hundreds. Who goes on reads and checks all of it. */
function sequenceOf(journal: string): number | undefined {
  const known = sequences.get(journal)
  if (known !== undefined) return known
  const [, text] = /"sequence":\s*(-?\d+),/.exec(beginningOf(journal)) ?? []
  if (text === undefined) return undefined
  sequences.set(journal, Number(text))
  return Number(text)
}

/** The time in a run's id. */
export function secondOf(id: string): string {
  return id.split('-')[0] ?? ''
}

/** Whether a text can be a run's id; nothing else is ever made part of a path. */
export function isRunId(text: string): boolean {
  return /^\d{8}T\d{6}Z-[0-9a-f]+$/.test(text)
}

/** Paths as the plan named them, and the title of the keychain. */
export function runTargets({ files, keychain }: Pick<RunRecord, 'files' | 'keychain'>): string[] {
  return changeTargets({ edits: files, keychain })
}

/** One of these names as a part of a sentence. */
export function targetName(what: string): Message | string {
  return what === keychainTitle ? say('target.keychain') : what
}

/** The same of a run that is only planned. */
export function changeTargets({
  edits,
  keychain,
}: {
  readonly edits: readonly { readonly path: string }[]
  readonly keychain?: unknown
}): string[] {
  return [...edits.map(({ path }) => path), ...(keychain ? [keychainTitle] : [])]
}

/**
 * Whether a record names nothing to write or remove but what its run could have named: its copies in the run's folder, a
 * temporary file beside each target, files of the state folder. A record that somebody has changed may name more.
 */
export function staysInReach(run: RunRecord, runFolder: string): boolean {
  const stateFolder = dirname(dirname(runFolder))
  const renewed = (run.renewal?.files ?? []).flatMap(({ path, staged }) => [path, staged?.path ?? path])
  return (
    run.id === basename(runFolder) &&
    run.files.every((file) => isOwnFile(file, run.id, runFolder)) &&
    hasOwnAccounts(run) &&
    [...run.createdFolders, ...run.removedFolders].every(({ path }) => isPlain(path)) &&
    renewed.every((path) => isPlain(path) && isBelow(path, stateFolder))
  )
}

function isOwnFile(
  { resolvedPath, before, temporary }: RunRecord['files'][number],
  id: string,
  runFolder: string,
): boolean {
  const isOwn = isInRegistry(resolvedPath)
    ? variableAt(resolvedPath).key === userVariables && join(runFolder, basename(temporary)) === temporary
    : isPlain(resolvedPath) && isTemporaryOf(temporary, resolvedPath, id)
  return isOwn && (before.kind === 'absent' || /^backup-\d+$/.test(before.backup))
}

/** A copy in the keychain is an account of the run's own, so that no other key is read, replaced or removed. */
function hasOwnAccounts({ id, keychain, renewal }: RunRecord): boolean {
  const renewed = renewal?.keychain
  if (renewed && (renewed.staged !== `renewal-${id}` || !renewed.copies.every(isBackup))) return false
  if (!keychain) return true
  const { before, after } = keychain
  return (
    (before.kind === 'absent' || before.backup === `backup-${id}`) &&
    (after.kind === 'absent' || after.staged === `staged-${id}`)
  )
}

function isBackup(account: string): boolean {
  return isRunId(account.replace(/^backup-/, ''))
}

function isPlain(path: string): boolean {
  return isAbsolute(path) && normalize(path) === path
}

/** Name of the content in a folder that hides it. */
const hidden = 'content.tmp'

/**
 * Full path for the new content of a file until it is put in place: beside it, on the same disk. In a repository it lies in
 * a folder of its own whose `.gitignore` hides all in it, since git would take it where only the file's own name is ignored.
 */
export function temporaryOf(resolvedPath: string, runId: string, index: number): string {
  const folder = dirname(resolvedPath)
  const beside = join(folder, `.qcode-setup-${runId}-${index}.tmp`)
  return findRepository(folder) === undefined ? beside : join(beside, hidden)
}

/** Whether a path is one that `temporaryOf` gives for a file of a run. */
export function isTemporaryOf(path: string, resolvedPath: string, runId: string): boolean {
  const beside = hidingFolder(path) ?? path
  const [start, end] = [`.qcode-setup-${runId}-`, '.tmp']
  const name = basename(beside)
  return dirname(beside) === dirname(resolvedPath) && name.startsWith(start) && name.endsWith(end)
}

/** Makes the folder that hides a temporary file, where it has one; nothing of the content is written before. */
export async function hideTemporary(path: string, fileSystem: FileSystem): Promise<void> {
  const folder = hidingFolder(path)
  if (folder === undefined) return
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) await fileSystem.makeFolder(folder, 0o700)
  const ignore = join(folder, '.gitignore')
  await removeIfThere(ignore, fileSystem)
  await writeBeside(ignore, ignore, { bytes: Buffer.from('*\n'), mode: 0o600 }, fileSystem)
  await fileSystem.flushFolder(folder)
  await fileSystem.flushFolder(dirname(folder))
}

/** Removes a temporary file with the folder that hides it, the content first; what is missing is fine. */
export async function removeTemporary(path: string, fileSystem: FileSystem): Promise<void> {
  await discardFile(path, fileSystem)
  await removeHidingFolder(path, fileSystem)
}

/** Removes the folder that hid a temporary file, once the content is in its place. */
export async function removeHidingFolder(path: string, fileSystem: FileSystem): Promise<void> {
  const folder = hidingFolder(path)
  if (folder === undefined || lstatSync(folder, { throwIfNoEntry: false }) === undefined) return
  await removeIfThere(join(folder, '.gitignore'), fileSystem)
  await removeIfEmpty(folder, fileSystem).catch((error) => {
    // A folder that only takes new names keeps this empty one.
    if (!hasCode(error, 'EPERM')) throw error
  })
}

function hidingFolder(path: string): string | undefined {
  return basename(path) === hidden ? dirname(path) : undefined
}
