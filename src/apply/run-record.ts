import { basename, dirname, isAbsolute, join, normalize } from 'node:path'
import * as z from 'zod/mini'
import { isBelow } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import type { Ledger } from '../ledger.ts'
import type { FileEdit, KeychainEdit, KeyRenewal } from '../plan/plan.ts'
import { keychainTitle } from '../secrets/keychain.ts'
import { type Message, say } from '../texts/message.ts'
import { ledgerSchema } from './ledger-store.ts'
import { runsFolder } from './state-folder.ts'
import { isTemporaryOf } from './temporary-file.ts'
import { beginningOf, namesInTrustedFolder } from './trusted-file.ts'

const beforeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('absent') }),
  z.object({
    kind: z.enum(['file', 'link']),
    mode: z.number(),
    uid: z.number(),
    gid: z.number(),
    hash: z.string(),
    /** Name of the copy of the whole file in the run's folder. */
    backup: z.string(),
  }),
])

const afterSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('absent') }),
  z.object({
    kind: z.literal('file'),
    /** What the disk gave, as soon as the new content is written. */
    mode: z.number(),
    /** The mode that was asked for, where the disk gave another one. */
    asked: z.exactOptional(z.number()),
    hash: z.string(),
  }),
])

const fileSchema = z.object({
  path: z.string(),
  resolvedPath: z.string(),
  before: beforeSchema,
  after: afterSchema,
  /** Full path of the file that holds the new content until it is put in place. */
  temporary: z.string(),
})

/** `backup` and `staged` are accounts of the keychain itself: a key is never in the journal. */
const keychainSchema = z.object({
  account: z.string(),
  before: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('absent') }),
    z.object({ kind: z.literal('present'), hash: z.string(), backup: z.string() }),
  ]),
  after: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('absent') }),
    /** `staged` holds the new key until it is put in place. */
    z.object({ kind: z.literal('present'), hash: z.string(), staged: z.string() }),
  ]),
})

const folderSchema = z.object({ path: z.string(), mode: z.number() })

/** A file in the state folder that held an old key: it takes the content of `staged`, or goes where there is none. */
const renewedFileSchema = z.object({
  path: z.string(),
  staged: z.exactOptional(z.object({ path: z.string(), hash: z.string() })),
})

const renewalSchema = z.object({
  files: z.array(renewedFileSchema),
  /** Accounts of the keychain: copies that take the key of `staged`. */
  keychain: z.exactOptional(z.object({ staged: z.string(), copies: z.array(z.string()) })),
})

/** `journal.json` of a run. It holds hashes, never content. */
export const runSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  /** Counts the runs of this machine from 1; the order of runs, also when the clock was set back. */
  sequence: z.number(),
  command: z.string(),
  startedAt: z.iso.datetime(),
  /**
   * Only `preparing`, `committing` and `renewing` are unfinished. No file of the user's changes before `committing`. A run
   * that is `renewing` has changed them all and cannot be taken back: what is left is its `renewal`.
   */
  state: z.enum(['preparing', 'committing', 'renewing', 'done', 'rolled-back']),
  /** The run that this run takes back. */
  undoes: z.exactOptional(z.string()),
  /** Runs before it that were rolled back and left a temporary file which could not be removed until now. */
  leftBehind: z.exactOptional(z.array(z.string())),
  /** Its backups that held the key were deleted: it can no longer be undone. */
  purged: z.exactOptional(z.literal(true)),
  files: z.array(fileSchema),
  keychain: z.exactOptional(keychainSchema),
  /** Folders that the run makes, parents first. */
  createdFolders: z.array(folderSchema),
  /** Folders that the run removes where they are empty, parents first. */
  removedFolders: z.array(folderSchema),
  ledger: z.object({ before: ledgerSchema, after: ledgerSchema }),
  /** Only in a run that replaced the key: what it still has to do with copies and journals, none when it is done. */
  renewal: z.exactOptional(renewalSchema),
})

/** What one run did, or was about to do, to the machine. */
export type RunRecord = z.infer<typeof runSchema>

/** One file of a run: its state before, the hash after, and where its backup and its new content wait. */
export type RecordedFile = z.infer<typeof fileSchema>

/** What a run does to the keychain. It holds hashes and account names, never a key. */
export type RecordedKeychain = z.infer<typeof keychainSchema>

/** A backup or journal of an earlier run in which an old key is to be replaced. */
export type RenewedFile = z.infer<typeof renewedFileSchema>

/** A folder that a run made, or removes, with its mode, so that undo can take that back. */
export type RecordedFolder = z.infer<typeof folderSchema>

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
    run.files.every((file) => isOwnFile(file, run.id)) &&
    hasOwnAccounts(run) &&
    [...run.createdFolders, ...run.removedFolders].every(({ path }) => isPlain(path)) &&
    renewed.every((path) => isPlain(path) && isBelow(path, stateFolder))
  )
}

function isOwnFile({ resolvedPath, before, temporary }: RunRecord['files'][number], id: string): boolean {
  return (
    isPlain(resolvedPath) &&
    isTemporaryOf(temporary, resolvedPath, id) &&
    (before.kind === 'absent' || /^backup-\d+$/.test(before.backup))
  )
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
