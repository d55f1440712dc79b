import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { hashBytes, readState } from '../host/read-file-state.ts'
import { type Ledger, renewReplaced } from '../ledger.ts'
import type { KeyRenewal } from '../plan/plan.ts'
import { KeychainError, openKeychain } from '../secrets/keychain.ts'
import { say } from '../texts/message.ts'
import type { Target } from './check-targets.ts'
import { removeIfThere, StepFailure, step } from './file-system.ts'
import { backupFile, journalBytes, journalFile, listRuns, readRun, runFolder } from './journal.ts'
import { copiesOf, type KeptCopy } from './kept-backups.ts'
import type { PlannedRun } from './prepare-run.ts'
import { isTrustedFolder } from './state-folder.ts'
import type { Writer } from './state-lock.ts'
import type { RenewedFile, RunRecord } from './state-schemas.ts'

/** A file of the state folder that gets another content once the run is committed; no bytes: it goes. */
interface Replacement {
  readonly path: string
  readonly bytes?: Uint8Array
}

/**
 * Works out every copy and journal of this machine, those of the run itself included, as if the new key had been there
 * always. All of it is written beside before the run commits, so that what was begun can be ended without the old keys.
 */
export function planRenewal(
  run: RunRecord,
  targets: readonly Target[],
  renewal: KeyRenewal,
  host: Host,
): PlannedRun {
  const runs = listRuns(host)
  const copies = [...runs.flatMap((each) => copiesOf(each, host)), ...ownCopies(run, targets, host)]
  const hashes = renewedHashes(copies, run, renewal, host)
  const journals = runs.flatMap((each) => replaceJournal(each, hashes, renewal, host))
  const done: RunRecord = { ...run, state: 'done', renewal: { files: [] } }
  const keychain = recordKeychainRenewal([...runs, run], run.id, renewal)
  // Its own journal comes last: with it the run is done.
  const own = { path: journalFile(host, run.id), bytes: journalBytes(renewRecord(done, hashes, renewal)) }
  const replacements = [...copies.flatMap((copy) => replaceCopy(copy, renewal)), ...journals, own]
  const { staged, files } = stage(run, replacements, host)
  return { run: { ...run, renewal: { files, ...keychain } }, staged }
}

function ownCopies(run: RunRecord, targets: readonly Target[], host: Host): KeptCopy[] {
  return run.files.flatMap((file, index) => {
    const now = targets[index]?.now
    if (file.before.kind === 'absent' || !now || now.kind === 'absent') return []
    return [{ run, file, copy: backupFile(host, run.id, file.before.backup), bytes: now.bytes }]
  })
}

/** Nobody reads the copies of a run that was rolled back any more, and one may be partly written. */
function replaceCopy({ run, file, copy, bytes }: KeptCopy, renewal: KeyRenewal): Replacement[] {
  if (run.state === 'rolled-back') return [{ path: copy }]
  const renewed = renewal.replaceIn(file.path, bytes)
  return renewed === bytes ? [] : [{ path: copy, bytes: renewed }]
}

function replaceJournal(
  run: RunRecord,
  hashes: RenewedHashes,
  renewal: KeyRenewal,
  host: Host,
): Replacement[] {
  const renewed = renewRecord(run, hashes, renewal)
  if (isDeepStrictEqual(renewed, run)) return []
  return [{ path: journalFile(host, run.id), bytes: journalBytes(renewed) }]
}

function renewRecord(run: RunRecord, hashes: RenewedHashes, renewal: KeyRenewal): RunRecord {
  return {
    ...run,
    files: run.files.map((file) => ({
      ...file,
      before: withHash(file.before, (hash) => hashes.ofCopy(file.path, hash)),
      after: withHash(file.after, (hash) => hashes.ofFile(file.path, hash)),
    })),
    ...(run.keychain && {
      keychain: {
        ...run.keychain,
        before: withHash(run.keychain.before, hashes.ofValue),
        after: withHash(run.keychain.after, hashes.ofValue),
      },
    }),
    ledger: {
      before: renewLedger(run.ledger.before, hashes, renewal),
      after: renewLedger(run.ledger.after, hashes, renewal),
    },
  }
}

function renewLedger(ledger: Ledger, hashes: RenewedHashes, renewal: KeyRenewal): Ledger {
  const renewed = renewReplaced(ledger, renewal.replaceIn)
  return { ...renewed, entries: renewed.entries.map((entry) => withHash(entry, hashes.ofValue)) }
}

function withHash<Item extends object>(item: Item, renew: (hash: string) => string): Item {
  return 'hash' in item && typeof item.hash === 'string' ? { ...item, hash: renew(item.hash) } : item
}

function stage(run: RunRecord, replacements: readonly Replacement[], host: Host) {
  const staged = new Map<string, Uint8Array>()
  const files = replacements.map(({ path, bytes }, index) => {
    if (bytes === undefined) return { path }
    const name = join(runFolder(host, run.id), `staged-${index}`)
    staged.set(name, bytes)
    return { path, staged: { path: name, hash: hashBytes(bytes) } }
  })
  return { staged, files }
}

/** What the hashes in journals become; a hash whose content is unknown, or holds no old key, stays. */
export interface RenewedHashes {
  ofCopy(path: string, hash: string): string
  /** Of what a run left at the path: it may stand there still, and then the new run decides what becomes of it. */
  ofFile(path: string, hash: string): string
  ofValue(hash: string): string
}

/** `run` is the one that replaces the key. */
export function renewedHashes(
  copies: readonly KeptCopy[],
  run: RunRecord,
  renewal: KeyRenewal,
  host: Pick<Host, 'registry'>,
): RenewedHashes {
  const ofCopies = new Map(
    copies.map(({ file, bytes }) => [
      idOf(file.path, hashBytes(bytes)),
      hashBytes(renewal.replaceIn(file.path, bytes)),
    ]),
  )
  const unchanged = copies.flatMap(({ file }) =>
    hashNow(file.path, host).map((hash) => [idOf(file.path, hash), hash] as const),
  )
  const changed = run.files.flatMap(({ path, before, after }) =>
    before.kind === 'absent' || after.kind === 'absent'
      ? []
      : [[idOf(path, before.hash), after.hash] as const],
  )
  const ofFiles = new Map([...ofCopies, ...unchanged, ...changed])
  return {
    ofCopy: (path, hash) => ofCopies.get(idOf(path, hash)) ?? hash,
    ofFile: (path, hash) => ofFiles.get(idOf(path, hash)) ?? hash,
    ofValue: (hash) => renewal.hashes.get(hash) ?? hash,
  }
}

function idOf(path: string, hash: string): string {
  return JSON.stringify([path, hash])
}

/** None where nothing stands, or what cannot be read. */
function hashNow(path: string, host: Pick<Host, 'registry'>): string[] {
  try {
    const state = readState(path, host)
    return state.kind === 'absent' ? [] : [state.hash]
  } catch (error) {
    if (error instanceof UserError) return []
    throw error
  }
}

type RecordedRenewal = NonNullable<RunRecord['renewal']>

/** The copies of old keys that runs keep in the keychain, and the account that holds the new one until all have it. */
export function recordKeychainRenewal(
  runs: readonly RunRecord[],
  runId: string,
  renewal: KeyRenewal,
): Pick<RecordedRenewal, 'keychain'> {
  const copies = runs.flatMap(({ keychain }) => {
    const before = keychain?.before
    return before?.kind === 'present' && renewal.hashes.has(before.hash) ? [before.backup] : []
  })
  return copies.length > 0 ? { keychain: { staged: `renewal-${runId}`, copies } } : {}
}

/** Puts the new key into an account of its own before the run commits, so that a killed run can be ended without the user. */
export async function stageKey(run: RunRecord, renewal: KeyRenewal | undefined, host: Host): Promise<void> {
  const recorded = run.renewal?.keychain
  if (!renewal || !recorded) return
  const keychain = await openKeychain(host)
  await keychain.write(recorded.staged, renewal.key)
}

/** Replaces the copies, as far as they are there; may be begun again as often as it was stopped. */
export async function renewKeychain(run: RunRecord, host: Host): Promise<void> {
  const recorded = run.renewal?.keychain
  if (!recorded) return
  const keychain = await openKeychain(host)
  const key = await keychain.read(recorded.staged)
  if (key === undefined) return
  for (const copy of recorded.copies) {
    if ((await keychain.read(copy)) !== undefined) await keychain.write(copy, key)
  }
  await keychain.remove(recorded.staged)
}

/**
 * Puts the renewed copies and journals of a run that is `renewing` in place, its own journal last; then it is done. May
 * be begun again as often as it was stopped. Throws UserError `renewal-unfinished`.
 */
export async function finishRenewal(run: RunRecord, writer: Writer): Promise<RunRecord> {
  try {
    await renewKeychain(run, writer.host)
    for (const file of run.renewal?.files ?? []) {
      writer.assertLocked()
      await step(file.path, () => putInPlace(file, writer))
    }
  } catch (cause) {
    throw explain(cause)
  }
  return readRun(writer.host, run.id)
}

async function putInPlace({ path, staged }: RenewedFile, { host, fileSystem }: Writer): Promise<void> {
  // The user may have thrown the folder of an old run away.
  if (!isTrustedFolder(dirname(path), host)) {
    if (staged) await removeIfThere(staged.path, fileSystem)
    return
  }
  if (!staged) await removeIfThere(path, fileSystem)
  else if (existsSync(staged.path)) await fileSystem.rename(staged.path, path)
  await fileSystem.flushFolder(dirname(path))
}

function explain(cause: unknown): unknown {
  if (!(cause instanceof StepFailure) && !(cause instanceof KeychainError)) return cause
  const reason =
    cause instanceof StepFailure
      ? say('error.not-writable', { path: cause.path, fault: cause.reason })
      : cause.text
  return new UserError({
    code: 'renewal-unfinished',
    message: say('error.renewal-unfinished', { reason }),
    hint: say('error.renewal-unfinished.hint'),
    ...(cause instanceof StepFailure && { where: { file: cause.path } }),
  })
}
