import { hashKey } from '../secrets/hash-key.ts'
import { type Keychain, keyAccount } from '../secrets/keychain.ts'
import type { KeychainEdit } from './edit.ts'

/** What puts the key into the keychain, or takes it out; undefined when it stands there so already. Throws UserError `keychain-unavailable`. */
export async function editKeychain(
  after: KeychainEdit['after'],
  keychain: Keychain,
): Promise<KeychainEdit | undefined> {
  const standing = await keychain.read(keyAccount)
  const hash = standing && hashKey(standing)
  if (hash === (after.kind === 'present' ? hashKey(after.key) : undefined)) return undefined
  const before = hash === undefined ? ({ kind: 'absent' } as const) : ({ kind: 'present', hash } as const)
  return { kind: 'keychain', account: keyAccount, before, after }
}
