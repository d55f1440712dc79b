import type { KeychainStore } from './host.ts'

const service = 'qcode-setup'

/** Without it the library takes the kernel's keyring on Linux where no Secret Service answers; that one is lost at the next start (seen with 2.1.2). */
const options = { linux: { store: 'secret-service' } } as const

/** The keychain of macOS, the Credential Manager of Windows, elsewhere the Secret Service. Its library is loaded only now. */
export async function openNativeKeychain(): Promise<KeychainStore> {
  const { AsyncEntry, findCredentialsAsync } = await import('@napi-rs/keyring')
  const entry = (account: string) => new AsyncEntry(service, account, options)
  return {
    get: async (account) => (await entry(account).getPassword()) ?? undefined,
    set: async (account, password) => entry(account).setPassword(password),
    delete: async (account) => {
      await entry(account).deletePassword()
    },
    list: async () => (await findCredentialsAsync(service)).map(({ account }) => account),
  }
}
