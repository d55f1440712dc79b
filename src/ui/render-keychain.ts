import type { Host } from '../host/host.ts'
import type { Plan } from '../plan/plan.ts'
import { reportTextsFor } from './report-texts.ts'

/** What a plan does to the keychain, as one line; none where it leaves that alone. The key is shown masked. */
export function renderKeychain({ keychain }: Plan, host: Host): string[] {
  if (!keychain) return []
  const { keychain: name, actions } = reportTextsFor(host)
  const { before, after } = keychain
  if (after.kind === 'absent') return [`${name} (${actions.remove})`]
  return [`${name}: ${after.key} (${actions[before.kind === 'absent' ? 'create' : 'update']})`]
}
