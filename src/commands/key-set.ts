import { isInteractive, type Outcome, type WritingContext } from '../command.ts'
import type { Host } from '../host/host.ts'
import type { Ledger } from '../ledger.ts'
import type { Plan } from '../plan/plan.ts'
import { editKeychain } from '../plan/written-keys.ts'
import { judgeKeyLook, missingKey } from '../request/normalise-request.ts'
import type { Input } from '../request/request.ts'
import { type Keychain, keyAccount, openKeychain } from '../secrets/keychain.ts'
import type { Secret } from '../secrets/secret.ts'
import { reportKeySet } from '../ui/report-key.ts'
import { givenKey } from './given-key.ts'
import { recoverFirst } from './recover-first.ts'
import { writePlan } from './write-plan.ts'

/** Puts the key into the keychain, as a run that can be undone. Errors: UserError `key-missing` (exit 2), `keychain-unavailable`. */
export async function setKey(input: Input, context: WritingContext): Promise<Outcome> {
  const { host, committer } = context
  const { dryRun } = committer
  const recovered = await recoverFirst(input, context)
  const keychain = await openKeychain(host)
  // Before the key is asked for: a keychain that is out of reach would make the answer useless.
  const current = await keychain.read(keyAccount)
  const key = (await givenKey(input, host)) ?? (await askForKey(input, host))
  const { plan, run, diff } = await writePlan(
    { command: 'key', input, makePlan: ({ ledger }) => planKey(key, keychain, ledger) },
    context,
  )
  const changed = plan.keychain !== undefined
  return {
    exit: 0,
    findings: [...recovered, ...judgeKeyLook(key)],
    data: {
      verb: 'set',
      changed,
      replaced: changed && current !== undefined,
      key: String(key),
      run: run ?? null,
    },
    ...reportKeySet({ key, changed, dryRun, diff }, host),
  }
}

async function askForKey(input: Input, host: Host): Promise<Secret> {
  if (!isInteractive(input, host)) throw missingKey()
  const { askKey } = await import('../wizard/ask-key.ts')
  return askKey(host)
}

async function planKey(key: Secret, keychain: Keychain, ledger: Ledger): Promise<Plan> {
  const edit = await editKeychain({ kind: 'present', key }, keychain)
  const nothing = { edits: [], keyFiles: [], rows: [], conflicts: [], findings: [] }
  return { ...nothing, ...(edit && { keychain: edit }), ledger, secrets: [key] }
}
