import type { Host } from '../host/host.ts'
import type { KeychainEdit } from '../plan/edit.ts'
import { keychainTitle, openKeychain } from '../secrets/keychain.ts'
import { changedSinceRun } from './changed-since-run.ts'
import { readCopy } from './keychain-copies.ts'
import { keychainPosition } from './keychain-position.ts'
import type { RunRecord } from './run-record.ts'

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
    kind: 'keychain',
    account,
    before: after.kind === 'absent' ? after : { kind: 'present', hash: after.hash },
    after:
      before.kind === 'absent'
        ? before
        : { kind: 'present', key: await readCopy(before.backup, before.hash, keychain) },
  }
}
