import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { say } from '../texts/message.ts'
import type { Host, KeychainStore } from './host.ts'
import { Interruption } from './interruption.ts'
import { doubtOf, partsOf, type User } from './ownership.ts'

/** A host whose home is another folder and whose environment names no other place, so that nothing of the user's is met, and an interrupt there is the other host's. */
export function throwAwayHost(host: Host, home: string, key: string): Host {
  const { PATH, SHELL } = host.env
  const keychain = createMemoryKeychain()
  // Not moved with the home: variables stand in files of the shell there.
  const { registry: _, ...others } = host
  return {
    ...others,
    home,
    cwd: home,
    systemFolder: home,
    env: {
      HOME: home,
      USERPROFILE: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      XDG_STATE_HOME: join(home, '.local', 'state'),
      QCODE_API_KEY: key,
      SHELL: SHELL ?? '/bin/bash',
      PATH,
    },
    terminal: { ...host.terminal, interactive: false },
    keychain: async () => keychain,
    interruption: new Interruption(),
  }
}

/** For runs in a throw-away home, and for tests: it never refuses, and nobody is asked to unlock it. */
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

/**
 * The computer as it is for every user: without the home and the variables of whoever administers it, and with a state of its
 * own. No tool folder of a user's is there, so that none says what root writes. Errors: UserError `not-root`, exit 2.
 */
export function managedHost(command: string, host: Host): Host {
  if (host.uid === undefined || host.uid === 0) return forEveryUser(host)
  throw new UserError({
    code: 'not-root',
    message: say('managed.not-root'),
    hint: say('managed.not-root.hint', { command: `qcode-setup ${command} --scope managed` }),
    exit: 2,
  })
}

/** What is neither a place of somebody's settings nor a setting: how programs are found, reached and talked to. */
const kept =
  /^(PATH|PATHEXT|SystemRoot|ComSpec|TEMP|TMP|TMPDIR|ProgramFiles|ProgramData|TERM|LANG|LANGUAGE|LC_\w+|PAGER|VISUAL|CI|SUDO_\w+|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+|(https?|all|no)_proxy|QCODE_DEBUG|NO_COLOR|FORCE_COLOR)$/i

function forEveryUser(host: Host): Host {
  const state = systemState(host)
  // Nobody's: what stands in a user's home decides nothing here.
  const home = join(state, 'qcode-setup', 'no-home')
  const own = Object.entries(host.env).filter(([name]) => kept.test(name))
  const env = { ...Object.fromEntries(own), HOME: home, XDG_STATE_HOME: state, LOCALAPPDATA: state }
  // Every user has to be able to read it.
  const umask = 0o022
  host.setUmask?.(umask)
  return { ...host, env, home, umask }
}

/** Where a system keeps the state of what is for every user. */
export function systemState({ systemFolder, platform, env }: SystemPlace): string {
  if (platform === 'win32') return env.ProgramData ?? `${systemFolder}/ProgramData`
  return `${systemFolder}/${platform === 'darwin' ? 'Library/Application Support' : 'var/lib'}`
}

type SystemPlace = Pick<Host, 'systemFolder' | 'platform' | 'env'>

/**
 * The list of the gateways that are set up for every user, which all can read, unlike the state with the backups. Undefined on
 * Windows, where anybody may make a file there.
 */
export function sharedGateways(host: SystemPlace): string | undefined {
  return host.platform === 'win32' ? undefined : join(systemState(host), 'qcode-setup-gateways.json')
}

/** The gateways that an administrator set up with this program; none where somebody else could have written the list. */
export function administeredGateways(host: SystemPlace & User): readonly string[] {
  const file = sharedGateways(host)
  if (file === undefined || !lstatSync(file, { throwIfNoEntry: false })?.isFile()) return []
  const parts = partsOf(file).filter((part) => part.length > host.systemFolder.length)
  try {
    if (parts.some((part) => doubtOf(part, lstatSync(part), { ...host, uid: host.uid ?? 0 }))) return []
    const { gateways } = JSON.parse(readFileSync(file, 'utf8'))
    return Array.isArray(gateways)
      ? gateways.filter((one) => typeof one === 'string' && URL.canParse(one))
      : []
  } catch {
    return []
  }
}
