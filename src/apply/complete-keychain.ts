import { type Keychain, keychainTitle, openKeychain } from '../secrets/keychain.ts'
import { readCopy, removeStaged } from './keychain-copies.ts'
import { keychainPosition } from './keychain-position.ts'
import type { RecordedKeychain, RunRecord } from './run-record.ts'
import type { Writer } from './state-lock.ts'

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
