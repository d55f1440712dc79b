import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { UserError, type UserErrorParts } from '../errors.ts'
import { findProgram, leadTo } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import { type Message, say } from '../texts/message.ts'
import { rememberKey } from './mask-text.ts'
import { Secret } from './secret.ts'

/** The account under which the key is kept. */
export const keyAccount = 'default'

/** The same for a key that has a name. */
export const nameAccount = (name: string) => `name-${name}`

/** Few need it, so it is installed only on request: an optional peer of this package. */
const keyringPackage = '@napi-rs/keyring'

/** What the library says where there is no bus, or nothing on it that keeps secrets (seen with 2.1.2). */
const noService = /autolaunch|Failed to connect to socket|not provided by any|ServiceUnknown/

/** Its name for people. */
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
export async function openKeychain(host: Pick<Host, 'keychain' | 'packageFolder'>): Promise<Keychain> {
  const store = await host.keychain().catch((error: unknown) => {
    if (error instanceof UserError) throw error
    throw KeychainError.notInstalled(packagesOf(host).keyring)
  })
  return {
    read: async (account) => {
      const password = await use(() => store.get(account))
      return password === undefined ? undefined : rememberKey(new Secret(password))
    },
    write: (account, key) => use(() => store.set(account, Secret.reveal(key))),
    remove: (account) => use(() => store.delete(account)),
    // It may list less than it has: Windows is asked by a pattern, which not every Credential Manager takes.
    accounts: async () => {
      const [listed, own] = await use(() => Promise.all([store.list(), store.get(keyAccount)]))
      return own === undefined ? listed : [...new Set([...listed, keyAccount])]
    },
  }
}

async function use<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw KeychainError.refused(error)
  }
}

/** UserError `keychain-unavailable`, exit 1. */
export class KeychainError extends UserError {
  private readonly parts: UserErrorParts

  private constructor(message: Message, hint: Message) {
    const parts = { code: 'keychain-unavailable', message, hint: [hint, say('keychain.use-files')] }
    super(parts)
    this.parts = parts
  }

  /** The system's own words, which name no password. */
  static refused(cause: unknown): KeychainError {
    const words = cause instanceof Error ? cause.message : ''
    const said = words.replace(/^Platform failure: (?:DBus error: )?|\.+$/g, '') || say('keychain.no-reason')
    const reason = noService.test(String(said)) ? say('keychain.no-service', { reason: said }) : said
    return new KeychainError(say('keychain.refused', { reason }), say('keychain.refused.hint'))
  }

  /** `name`: with its version, as npm takes it. */
  static notInstalled(name: string): KeychainError {
    return new KeychainError(
      say('keychain.not-installed', { name }),
      say('keychain.not-installed.hint', { name }),
    )
  }

  /** The same, and how the run ended in which it happened. */
  withEnding(ending: Message | string): UserErrorParts {
    return { ...this.parts, message: say('error.with-ending', { error: this.text, ending }) }
  }
}

type Surroundings = Pick<Host, 'env' | 'platform' | 'packageFolder'>

const getKey = ['key', 'get']

/**
 * The words of the command that prints the key of the keychain: by the name of this program where PATH leads to it, else
 * through npx and with its version, which takes some seconds the first time, and with the package that reaches the keychain.
 */
export function keyCommand(host: Surroundings, name?: string): readonly string[] {
  const lasting = withoutPackages(host)
  const words = [...getKey, ...(name === undefined ? [] : ['--name', name])]
  if (findProgram('qcode-setup', lasting)) return [...leadTo('qcode-setup', lasting), ...words]
  const packages = Object.values(packagesOf(host)).map((one) => `--package=${one}`)
  return [...leadTo('npx', lasting), '--yes', '--prefer-offline', ...packages, 'qcode-setup', ...words]
}

/** With exact versions: what a client runs later to get a key is what was tested, not what was published since. */
function packagesOf({ packageFolder }: Pick<Host, 'packageFolder'>): { program: string; keyring: string } {
  const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
  const oldest = String(manifest.peerDependencies[keyringPackage]).replace(/^\D+/, '')
  return { program: `qcode-setup@${manifest.version}`, keyring: `${keyringPackage}@${oldest}` }
}

/** The same for a client that starts programs without a shell: Windows finds npm's `.cmd` files only through cmd.exe. */
export function keyProgram(host: Surroundings, name?: string): readonly string[] {
  return [...(host.platform === 'win32' ? ['cmd.exe', '/d', '/c'] : []), ...keyCommand(host, name)]
}

/** While npx or npm runs this program, PATH holds folders of packages that no client will have. */
function withoutPackages({ env, platform }: Surroundings): Pick<Host, 'env' | 'platform'> {
  const folders = (env.PATH ?? '').split(delimiter)
  const lasting = folders.filter((folder) => !/[/\\]node_modules[/\\]\.bin[/\\]?$/.test(folder))
  return { env: { PATH: lasting.join(delimiter) }, platform }
}
