// What stands in the state folder, as it is checked when it is read. A module of its own, which a run that finds nothing there
// never loads.
import * as z from 'zod/mini'
import { formatIds } from '../documents/formats.ts'
import { isBelow } from '../host/files-at.ts'
import { type Ledger, type LedgerEntry, type Setup, setupId } from '../ledger.ts'

const setupSchema = z.pipe(
  z.looseObject({
    tool: z.string(),
    region: z.string(),
    gateway: z.string(),
    name: z.exactOptional(z.string()),
    scope: z.string(),
    method: z.string(),
    place: z.exactOptional(z.string()),
    folders: z.exactOptional(z.record(z.string(), z.string())),
    project: z.exactOptional(z.string()),
    shell: z.exactOptional(z.string()),
    keyStore: z.exactOptional(z.string()),
    variant: z.string(),
    keyDelivery: z.exactOptional(z.string()),
    keyWay: z.exactOptional(z.string()),
    model: z.exactOptional(z.string()),
    models: z.exactOptional(z.record(z.string(), z.string())),
    options: z.exactOptional(z.record(z.string(), z.string())),
    declared: z.exactOptional(z.literal(true)),
    // What is no time is no consent: the user is asked again, and everything else goes on.
    agreedAt: z.catch(z.optional(z.iso.datetime()), undefined),
  }),
  // Version 0.1.0 stored the field as `keyWay`.
  z.transform(
    ({ keyWay, agreedAt, ...setup }): Setup => ({
      ...(keyWay !== undefined && { keyDelivery: keyWay }),
      ...setup,
      ...(agreedAt !== undefined && { agreedAt }),
    }),
  ),
)

const entryFields = {
  path: z.string(),
  format: z.enum(formatIds),
  keyPath: z.array(z.string()),
  tool: z.string(),
  hash: z.string(),
  run: z.string(),
  hides: z.exactOptional(z.string()),
  silenced: z.exactOptional(z.literal(true)),
}

const hunkSchema = z.object({
  from: z.string(),
  to: z.string(),
  before: z.array(z.string()),
  after: z.array(z.string()),
  edge: z.string(),
})

const replacedSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('absent'), parents: z.number(), trace: z.exactOptional(z.string()) }),
  z.object({ kind: z.literal('value'), text: z.string(), hunk: z.exactOptional(hunkSchema) }),
  z.object({ kind: z.literal('backup'), run: z.string() }),
])

const entrySchema = z.looseObject({ ...entryFields, setups: z.array(z.string()), replaced: replacedSchema })

const fileSchema = z.object({
  path: z.string(),
  before: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('absent') }),
    z.object({ kind: z.literal('file'), mode: z.number(), blank: z.exactOptional(z.string()) }),
    z.object({ kind: z.literal('backup'), run: z.string() }),
  ]),
})

/** What version 0.1.0 stored: the run that first took a key over, whose backup of the file has what was there before. */
const firstSchema = z.object({
  version: z.literal(1),
  setups: z.array(setupSchema),
  entries: z.array(z.looseObject({ ...entryFields, origin: z.string() })),
})

/** A `Ledger` as it is stored; fields that this version does not know are kept. What version 0.1.0 stored is carried over. */
export const ledgerSchema = z.pipe(
  z.union([
    z.object({
      version: z.literal(2),
      setups: z.array(setupSchema),
      entries: z.array(entrySchema),
      files: z.array(fileSchema),
      folders: z.array(z.object({ path: z.string(), mode: z.number() })),
    }),
    firstSchema,
  ]),
  z.transform((stored): Ledger => (stored.version === 1 ? carryOver(stored) : stored)),
)

/**
 * A ledger of version 0.1.0 in the form of this one, as far as that is known without templates and backups; the rest is
 * completed when a plan is made (`completeLedger`). That version had one setup for a tool at user scope, and one a project.
 */
function carryOver({ setups, entries }: z.infer<typeof firstSchema>): Ledger {
  const wanting = ({ tool, path }: Pick<LedgerEntry, 'tool' | 'path'>) => {
    const own = setups.filter((setup) => setup.tool === tool)
    const inProject = own.filter(({ project }) => project !== undefined && isBelow(path, project))
    return inProject.length > 0 ? inProject : own.filter(({ project }) => project === undefined)
  }
  const firstRuns = new Map(entries.toReversed().map(({ path, origin }) => [path, origin]))
  return {
    version: 2,
    setups,
    entries: entries.map(({ origin: firstRun, ...entry }) => ({
      ...entry,
      setups: wanting(entry).map(setupId),
      replaced: { kind: 'backup', run: firstRun },
    })),
    files: [...firstRuns].map(([path, run]) => ({ path, before: { kind: 'backup', run } })),
    folders: [],
  }
}

/** `consents.json` of version 0.1.0. */
export const firstConsentsSchema = z.object({
  version: z.literal(1),
  plainHttp: z.array(z.looseObject({ origin: z.string(), agreedAt: z.iso.datetime() })),
})

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

const recordedFileSchema = z.object({
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
  files: z.array(recordedFileSchema),
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
export type RecordedFile = z.infer<typeof recordedFileSchema>

/** What a run does to the keychain. It holds hashes and account names, never a key. */
export type RecordedKeychain = z.infer<typeof keychainSchema>

/** A backup or journal of an earlier run in which an old key is to be replaced. */
export type RenewedFile = z.infer<typeof renewedFileSchema>

/** A folder that a run made, or removes, with its mode, so that undo can take that back. */
export type RecordedFolder = z.infer<typeof folderSchema>

/** Who holds the lock. */
export const markSchema = z.object({ pid: z.number(), machine: z.string(), started: z.optional(z.string()) })
