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
  if (run.keychain === undefined) return
  const recorded = run.keychain
  const restore = async () => {
    const keychain = await openKeychain(host)
    if (run.state !== 'preparing') await giveBack(recorded, keychain)
    await removeCopies(recorded, keychain)
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
