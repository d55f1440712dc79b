import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { namesIn } from '../ledger.ts'
import type { KeychainEdit } from '../plan/plan.ts'
import {
  type Keychain,
  KeychainError,
  keyAccount,
  keychainTitle,
  nameAccount,
  openKeychain,
} from '../secrets/keychain.ts'
import type { Secret } from '../secrets/secret.ts'
import { hashKey } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import { changedSincePlan, changedSinceRun, type FilePosition } from './check-targets.ts'
import { createFileSystem } from './file-system.ts'
import { findUnfinishedRun, listRuns, unfinishedRun } from './journal.ts'
import { readLedger } from './ledger-store.ts'
import { type Writer, withStateLock } from './state-lock.ts'
import type { RecordedKeychain, RunRecord } from './state-schemas.ts'

/** What the journal holds of a run's key; the two copies are accounts of the keychain itself. */
export function recordKeychain({ account, before, after }: KeychainEdit, runId: string): RecordedKeychain {
  return {
    account,
    before: before.kind === 'absent' ? before : { ...before, backup: `backup-${runId}` },
    after:
      after.kind === 'absent'
        ? after
        : { kind: 'present', hash: hashKey(after.key), staged: `staged-${runId}` },
  }
}

/** The key before a run, or the one that it was about to put in place. Throws UserError `broken-backup`. */
export async function readCopy(account: string, hash: string, keychain: Keychain): Promise<Secret> {
  const key = await keychain.read(account)
  if (key && hashKey(key) === hash) return key
  throw new UserError({
    code: 'broken-backup',
    message: say(key ? 'error.key-copy-damaged' : 'error.key-copy-gone', { account }),
    hint: say('error.key-copy.hint'),
  })
}

/** Whether the run came so far that the new key can be put in place and undone. */
export async function hasCopies({ before, after }: RecordedKeychain, keychain: Keychain): Promise<boolean> {
  const isBackedUp = before.kind === 'absent' || (await isCopy(before.backup, before.hash, keychain))
  return isBackedUp && (after.kind === 'absent' || (await isCopy(after.staged, after.hash, keychain)))
}

async function isCopy(account: string, hash: string, keychain: Keychain): Promise<boolean> {
  const key = await keychain.read(account)
  return key !== undefined && hashKey(key) === hash
}

/** Takes out the copy of the new key that a run keeps in the keychain until it ends. Errors: those of the keychain. */
export async function removeStaged({ after }: RecordedKeychain, keychain: Keychain): Promise<void> {
  if (after.kind === 'present') await keychain.remove(after.staged)
}

/** The accounts of a run: the key before it, and the new one until it is in place. */
export function copyAccounts({ before, after }: RecordedKeychain): string[] {
  return [
    ...(before.kind === 'present' ? [before.backup] : []),
    ...(after.kind === 'present' ? [after.staged] : []),
  ]
}

/** Only of a run that was rolled back: undo needs the key before every other one. */
export async function removeCopies(recorded: RecordedKeychain, keychain: Keychain): Promise<void> {
  for (const account of copyAccounts(recorded)) await keychain.remove(account)
}

/** Copies the key that stands in the keychain, and the new one, to accounts of the run. */
export async function prepareKeychain(
  run: RunRecord,
  edit: KeychainEdit | undefined,
  host: Host,
): Promise<void> {
  if (edit === undefined || run.keychain === undefined) return
  const keychain = await openKeychain(host)
  await clearLeftBehind(keychain, host)
  await writeBackup(run.keychain, keychain)
  const { after } = run.keychain
  if (edit.after.kind === 'present' && after.kind === 'present') {
    await keychain.write(after.staged, edit.after.key)
  }
}

async function writeBackup({ account, before }: RecordedKeychain, keychain: Keychain): Promise<void> {
  if (before.kind === 'absent') return
  const key = await keychain.read(account)
  if (key === undefined || hashKey(key) !== before.hash) throw changedSincePlan(keychainTitle)
  await keychain.write(before.backup, key)
}

/** A run that changed nothing counts as rolled back even when the keychain was out of reach by then. */
async function clearLeftBehind(keychain: Keychain, host: Host): Promise<void> {
  const rolledBack = listRuns(host).filter(({ state }) => state === 'rolled-back')
  const left = rolledBack.flatMap((run) => (run.keychain ? copyAccounts(run.keychain) : []))
  if (left.length === 0) return
  const there = await keychain.accounts()
  for (const account of left.filter((each) => there.includes(each))) await keychain.remove(account)
}

/** Puts the new key of a run that is `committing` in place; see `completeRun`. */
export async function completeKeychain(
  run: RunRecord,
  { host }: Writer,
  onOther: (what: string) => void,
): Promise<void> {
  if (run.keychain === undefined) return
  const keychain = await openKeychain(host)
  const position = await keychainPosition(run.keychain, keychain)
  if (position === 'other') onOther(keychainTitle)
  if (position === 'old') await putInPlace(run.keychain, keychain)
  await removeStaged(run.keychain, keychain)
}

async function putInPlace({ account, after }: RecordedKeychain, keychain: Keychain): Promise<void> {
  if (after.kind === 'absent') await keychain.remove(account)
  else await keychain.write(account, await readCopy(after.staged, after.hash, keychain))
}

/**
 * Gives back the key before an unfinished run and removes the copies; a key that somebody else put there stays. A run
 * that changed nothing yet does not fail for copies that cannot be removed now: the next run with a key does that.
 */
export async function restoreKeychain(run: RunRecord, { host }: Writer): Promise<void> {
  const recorded = run.keychain
  const staged = run.renewal?.keychain?.staged
  if (recorded === undefined && staged === undefined) return
  const restore = async () => {
    const keychain = await openKeychain(host)
    if (recorded && run.state !== 'preparing') await giveBack(recorded, keychain)
    if (recorded) await removeCopies(recorded, keychain)
    if (staged !== undefined) await keychain.remove(staged)
  }
  await restore().catch((error) => {
    if (run.state !== 'preparing') throw error
  })
}

async function giveBack(recorded: RecordedKeychain, keychain: Keychain): Promise<void> {
  if ((await keychainPosition(recorded, keychain)) !== 'new') return
  const { account, before } = recorded
  if (before.kind === 'absent') await keychain.remove(account)
  else await keychain.write(account, await readCopy(before.backup, before.hash, keychain))
}

/**
 * What gives back the key before a run; undefined where it stands there already. Throws UserErrors `changed-since-run`
 * (exit 3), `broken-backup`, and `keychain-unavailable`.
 */
export async function undoKeychain(run: RunRecord, host: Host): Promise<KeychainEdit | undefined> {
  if (run.keychain === undefined) return undefined
  const keychain = await openKeychain(host)
  const position = await keychainPosition(run.keychain, keychain)
  if (position === 'old') return undefined
  if (position === 'other') throw changedSinceRun(keychainTitle, run)
  const { account, before, after } = run.keychain
  return {
    account,
    before: after.kind === 'absent' ? after : { kind: 'present', hash: after.hash },
    after:
      before.kind === 'absent'
        ? before
        : { kind: 'present', key: await readCopy(before.backup, before.hash, keychain) },
  }
}

/** Where the key stands in its run, as `filePosition` has it for a file. Throws UserError `keychain-unavailable`. */
export async function keychainPosition(
  { account, before, after }: RecordedKeychain,
  keychain: Keychain,
): Promise<FilePosition> {
  const key = await keychain.read(account)
  const hash = key && hashKey(key)
  if (hash === hashOf(after)) return 'new'
  return hash === hashOf(before) ? 'old' : 'other'
}

function hashOf(recorded: RecordedKeychain['before'] | RecordedKeychain['after']): string | undefined {
  return recorded.kind === 'present' ? recorded.hash : undefined
}

/** Reads the key again. Throws UserErrors `changed-since-plan` (exit 3) and `keychain-unavailable`. */
export async function checkKeychain(edit: KeychainEdit | undefined, host: Host): Promise<void> {
  if (edit === undefined) return
  const key = await (await openKeychain(host)).read(edit.account)
  const expected = edit.before.kind === 'present' ? edit.before.hash : undefined
  if ((key && hashKey(key)) !== expected) throw changedSincePlan(keychainTitle)
}

/**
 * Empties the keychain of this program: the key first, then the copies by which runs could be undone. A key with a name stays. No run, since
 * nothing may be left to undo it with. Throws UserErrors `unfinished-run`, `locked` and `keychain-unavailable`; then
 * some of it may be gone, and the next call takes the rest.
 */
export async function forgetKeys(host: Host): Promise<void> {
  await withStateLock(host, createFileSystem(host.platform), async () => {
    const run = findUnfinishedRun(host)
    if (run) throw unfinishedRun(run)
    const keychain = await openKeychain(host)
    const named = [...namesIn(readLedger(host)).keys()].map(nameAccount)
    try {
      await keychain.remove(keyAccount)
      for (const account of await keychain.accounts())
        if (!named.includes(account)) await keychain.remove(account)
    } catch (error) {
      if (!(error instanceof KeychainError)) throw error
      throw new UserError(error.withEnding(say('ending.key-copies')))
    }
  })
}
