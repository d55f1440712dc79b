import { hashKey } from '../secrets/hash-key.ts'
import type { Keychain } from '../secrets/keychain.ts'
import type { FilePosition } from './file-position.ts'
import type { RecordedKeychain } from './run-record.ts'

/** Where the key stands in its run, as `filePosition` tells of a file. Throws UserError `keychain-unavailable`. */
export async function keychainPosition(
  { account, before, after }: RecordedKeychain,
  keychain: Keychain,
): Promise<FilePosition> {
  const key = await keychain.read(account)
  const hash = key && hashKey(key)
  if (hash === hashOf(after)) return 'new'
  return hash === hashOf(before) ? 'old' : 'other'
}

function hashOf(recorded: RecordedKeychain['before'] | RecordedKeychain['after']): string | undefined {
  return recorded.kind === 'present' ? recorded.hash : undefined
}
