import { readBackup, readModeBefore, readModeGiven } from '../apply/journal.ts'
import { newRunId } from '../apply/run-id.ts'
import { detectTool } from '../catalog/detect.ts'
import { viewMachine } from '../effect/machine-view.ts'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { readFileState } from '../host/read-file-state.ts'
import type { PlanContext } from '../plan/plan-work.ts'
import { openKeychain } from '../secrets/keychain.ts'
import type { Secret } from '../secrets/secret.ts'
import { loadLedger } from './choices-of.ts'
import type { CommandContext } from './command.ts'

/** The machine as a plan may see it, with a new run's id. Errors: UserError for a damaged ledger. */
export function createPlanContext(
  context: CommandContext,
  key: Secret | undefined,
  decide: PlanContext['decide'],
): PlanContext {
  const { host, catalog } = context
  return {
    gateway: catalog.gateway,
    host,
    key,
    now: host.now(),
    ledger: loadLedger(context),
    tools: catalog.tools,
    run: newRunId(host),
    keychain: () => openKeychain(host),
    decide,
    effect: { catalog, machine: viewMachine(host), installed: (tool) => detectTool(tool, host) },
    machine: {
      read: readFileState,
      before: (run, path) => backupIfWhole(host, run, path),
      modeBefore: (run, path) => readModeBefore(host, run, path),
      modeGiven: (path, asked) => readModeGiven(host, path, asked),
      newFileMode: 0o666 & ~host.umask,
    },
  }
}

/** Of a copy that was changed or lost nothing is known any more. */
function backupIfWhole(host: Host, run: string, path: string): Uint8Array | 'absent' | undefined {
  try {
    return readBackup(host, run, path)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
