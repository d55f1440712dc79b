import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { rememberKey } from './hide-keys.ts'
import { KeychainError } from './keychain-error.ts'
import { Secret } from './secret.ts'

/** The account under which the key is kept. */
export const keyAccount = 'default'

/** What people are told of it. */
export const keychainTitle = 'the key in the keychain'

/** Keys in the system's keychain. Every verb throws UserError `keychain-unavailable`, exit 1, where it is missing or stays locked. */
export interface Keychain {
  read(account: string): Promise<Secret | undefined>
  write(account: string, key: Secret): Promise<void>
  /** An account that is not there is fine. */
  remove(account: string): Promise<void>
  accounts(): Promise<readonly string[]>
}

/** Throws UserErrors, exit 1: `keychain-unavailable` where the library that reaches the keychain is not installed, `library-not-trusted`. */
export async function openKeychain(host: Pick<Host, 'keychain'>): Promise<Keychain> {
  const store = await host.keychain().catch((error: unknown) => {
    if (error instanceof UserError) throw error
    throw KeychainError.notInstalled()
  })
  return {
    read: async (account) => {
      const password = await use(() => store.get(account))
      return password === undefined ? undefined : rememberKey(new Secret(password))
    },
    write: (account, key) => use(() => store.set(account, Secret.reveal(key))),
    remove: (account) => use(() => store.delete(account)),
    accounts: () => use(() => store.list()),
  }
}

async function use<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw KeychainError.refused(error)
  }
}
