import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { keyAccount, openKeychain } from '../secrets/keychain.ts'
import { KeychainError } from '../secrets/keychain-error.ts'
import { createFileSystem } from './file-system.ts'
import { findUnfinishedRun, unfinishedRun } from './find-unfinished-run.ts'
import { withStateLock } from './state-lock.ts'

/**
 * Empties the keychain of this program: the key first, then the copies by which runs could be undone. No run, since
 * nothing may be left to undo it with. Throws UserErrors `unfinished-run`, `locked` and `keychain-unavailable`; then
 * some of it may be gone, and the next call takes the rest.
 */
export async function forgetKeys(host: Host): Promise<void> {
  await withStateLock(host, createFileSystem(host.platform), async () => {
    const run = findUnfinishedRun(host)
    if (run) throw unfinishedRun(run)
    const keychain = await openKeychain(host)
    try {
      await keychain.remove(keyAccount)
      for (const account of await keychain.accounts()) await keychain.remove(account)
    } catch (error) {
      if (!(error instanceof KeychainError)) throw error
      throw new UserError(
        error.withEnding('A copy of the key may still be in it: type the same command again.'),
      )
    }
  })
}
