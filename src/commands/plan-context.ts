import { readBackup, readModeBefore } from '../apply/journal.ts'
import { readLedger } from '../apply/ledger-store.ts'
import { newRunId } from '../apply/run-id.ts'
import { readFileState } from '../host/read-file-state.ts'
import type { PlanContext } from '../plan/plan-work.ts'
import { openKeychain } from '../secrets/keychain.ts'
import type { Secret } from '../secrets/secret.ts'
import type { CommandContext } from './command.ts'

/** The machine as a plan may see it, with a new run's id. Errors: UserError for a damaged ledger. */
export function createPlanContext(
  { host, catalog }: CommandContext,
  key: Secret | undefined,
  decide: PlanContext['decide'],
): PlanContext {
  return {
    gateway: catalog.gateway,
    host,
    key,
    now: host.now(),
    ledger: readLedger(host),
    run: newRunId(host),
    keychain: () => openKeychain(host),
    decide,
    machine: {
      read: readFileState,
      before: (run, path) => readBackup(host, run, path),
      modeBefore: (run, path) => readModeBefore(host, run, path),
    },
  }
}
