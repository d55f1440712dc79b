import { UserError } from '../errors.ts'
import type { KeychainEdit } from '../plan/edit.ts'
import { hashKey } from '../secrets/hash-key.ts'
import type { Keychain } from '../secrets/keychain.ts'
import type { Secret } from '../secrets/secret.ts'
import type { RecordedKeychain } from './run-record.ts'

/** What the journal tells of a run's key; the two copies are accounts of the keychain itself. */
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
    message: `The copy of a key is ${key ? 'damaged' : 'gone'}: account ${account} of qcode-setup in the keychain.`,
    hint: 'Nothing was changed. To put a key into the keychain, type: qcode-setup key set',
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
