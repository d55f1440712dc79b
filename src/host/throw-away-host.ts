import { join } from 'node:path'
import type { Host, KeychainStore } from './host.ts'
import { Interruption } from './interruption.ts'

/** A host whose home is another folder and whose environment names no other place, so that nothing of the user's is met, and an interrupt there is the other host's. */
export function throwAwayHost(host: Host, home: string, key: string): Host {
  const { PATH, SHELL } = host.env
  const keychain = createMemoryKeychain()
  return {
    ...host,
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
