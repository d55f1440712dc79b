import type { KeychainStore } from './host.ts'

/** A keychain that is gone when the program ends. */
export function createMemoryKeychain(): KeychainStore {
  const passwords = new Map<string, string>()
  return {
    get: async (account) => passwords.get(account),
    set: async (account, password) => {
      passwords.set(account, password)
    },
    delete: async (account) => {
      passwords.delete(account)
    },
    list: async () => [...passwords.keys()],
  }
}
