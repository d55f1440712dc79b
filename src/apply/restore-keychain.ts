import { type Keychain, openKeychain } from '../secrets/keychain.ts'
import { readCopy, removeCopies } from './keychain-copies.ts'
import { keychainPosition } from './keychain-position.ts'
import type { RecordedKeychain, RunRecord } from './run-record.ts'
import type { Writer } from './state-lock.ts'

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
