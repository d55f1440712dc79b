import { planUndo } from '../../../src/apply/plan-undo.ts'
import type { ApplyRequest } from '../../../src/apply/run-record.ts'
import type { Host, KeychainStore } from '../../../src/host/host.ts'
import { createMemoryKeychain } from '../../../src/host/throw-away-host.ts'
import { editKeychain } from '../../../src/plan/written-keys.ts'
import { openKeychain } from '../../../src/secrets/keychain.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { restarted } from '../../support/test-processes.ts'
import { makeHost } from './machine.ts'
import { makeHome } from './make-home.ts'

/** A machine with a keychain. */
export interface KeyMachine {
  readonly host: Host
  readonly store: KeychainStore
}

export function makeKeyMachine(): KeyMachine {
  const store = createMemoryKeychain()
  return { store, host: { ...restarted(makeHost(makeHome())), keychain: async () => store } }
}

/** What a request needs to put the key into the keychain, or to take it out. */
export async function planKey(host: Host, key?: string): Promise<Pick<ApplyRequest, 'keychain'>> {
  const after =
    key === undefined ? ({ kind: 'absent' } as const) : ({ kind: 'present', key: new Secret(key) } as const)
  const keychain = await editKeychain(after, await openKeychain(host))
  return keychain ? { keychain } : {}
}

export async function undoRequest(host: Host, run?: string): Promise<ApplyRequest> {
  const plan = await planUndo(host, run)
  if (plan === 'nothing-to-undo') throw new Error('the run is gone')
  return plan.request
}

/** Everything in a keychain, by account. */
export async function contentOf(store: KeychainStore): Promise<Record<string, string>> {
  const accounts = [...(await store.list())].sort()
  return Object.fromEntries(
    await Promise.all(accounts.map(async (account) => [account, await store.get(account)])),
  )
}
