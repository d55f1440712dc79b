import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { UserError } from '../errors.ts'
import { say } from '../texts/message.ts'
import type { KeychainStore } from './host.ts'
import { doubtOfCode, type User } from './ownership.ts'

const service = 'qcode-setup'
const library = '@napi-rs/keyring'

/** Without it the library takes the kernel's keyring on Linux where no Secret Service answers; that one is lost at the next start (seen with 2.1.2). */
const options = { linux: { store: 'secret-service' } } as const

/** The keychain of macOS, the Credential Manager of Windows, elsewhere the Secret Service. Its library is loaded only now. Errors: see `refuseOthersCode`. */
export async function openNativeKeychain(user: User): Promise<KeychainStore> {
  refuseOthersCode(createRequire(import.meta.url).resolve.paths(library) ?? [], user)
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

/**
 * Looks at the library and at its part for this machine, in the first of these folders that has it, before either is
 * loaded: what lies there is run. Errors: UserError `library-not-trusted`, exit 1.
 */
export function refuseOthersCode(folders: readonly string[], user: User): void {
  const found = folders.map((folder) => join(folder, library)).find((path) => existsSync(path))
  if (found === undefined) return
  const parts = [...new Set([dirname(found), dirname(realpathSync(found))])].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.startsWith('keyring'))
      .map((name) => join(folder, name)),
  )
  const files = parts.flatMap((part) => [part, ...readdirSync(part).map((name) => join(part, name))])
  const [doubt] = files.flatMap((file) => doubtOfCode(file, user) ?? [])
  if (!doubt) return
  throw new UserError({
    code: 'library-not-trusted',
    message: say('keychain.not-trusted', { fault: doubt.fault }),
    hint: doubt.remedy,
    where: { file: doubt.path },
  })
}
