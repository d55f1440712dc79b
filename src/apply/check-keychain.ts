import type { Host } from '../host/host.ts'
import type { KeychainEdit } from '../plan/edit.ts'
import { hashKey } from '../secrets/hash-key.ts'
import { keychainTitle, openKeychain } from '../secrets/keychain.ts'
import { changedSincePlan } from './check-targets.ts'

/** Reads the key again. Throws UserErrors `changed-since-plan` (exit 3) and `keychain-unavailable`. */
export async function checkKeychain(edit: KeychainEdit | undefined, host: Host): Promise<void> {
  if (edit === undefined) return
  const key = await (await openKeychain(host)).read(edit.account)
  const expected = edit.before.kind === 'present' ? edit.before.hash : undefined
  if ((key && hashKey(key)) !== expected) throw changedSincePlan(keychainTitle)
}
