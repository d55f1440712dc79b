import type { Host } from '../host/host.ts'
import { keyAccount, openKeychain } from '../secrets/keychain.ts'
import type { Secret } from '../secrets/secret.ts'
import { type Input, textOf } from './input.ts'

/**
 * The key that the keychain holds already, where that is where it is to be kept. Throws UserError `keychain-unavailable`.
 */
export async function keychainKey(input: Input, host: Pick<Host, 'keychain'>): Promise<Secret | undefined> {
  if (textOf(input, 'keyStore') !== 'keychain') return undefined
  return (await openKeychain(host)).read(keyAccount)
}
