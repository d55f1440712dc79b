import type { Host } from '../host/host.ts'
import type { KeyRenewal } from '../plan/key-renewal.ts'
import { openKeychain } from '../secrets/keychain.ts'
import type { RunRecord } from './run-record.ts'

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

/** Writes the new key down before the run begins. */
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
