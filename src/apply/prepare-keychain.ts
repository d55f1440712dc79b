import type { Host } from '../host/host.ts'
import type { KeychainEdit } from '../plan/edit.ts'
import { hashKey } from '../secrets/hash-key.ts'
import { type Keychain, keychainTitle, openKeychain } from '../secrets/keychain.ts'
import { changedSincePlan } from './check-targets.ts'
import { listRuns } from './journal.ts'
import { copyAccounts } from './keychain-copies.ts'
import type { RecordedKeychain, RunRecord } from './run-record.ts'

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
