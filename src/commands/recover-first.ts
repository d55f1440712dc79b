import { findUnfinishedRun } from '../apply/find-unfinished-run.ts'
import { finishRun, rollBackRun } from '../apply/recover-run.ts'
import type { RunRecord } from '../apply/run-record.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { type Input, textOf } from '../request/input.ts'
import { damagedRuns } from './damaged-runs.ts'
import { isInteractive } from './is-interactive.ts'

/**
 * A run that was killed half-way is brought to an end before anything else is written: as `--recover` says, as the
 * user answers on a terminal, else taken back. Gives what to tell about it, and of runs whose records cannot be used.
 */
export async function recoverFirst(input: Input, host: Host): Promise<Finding[]> {
  const damaged = damagedRuns(host)
  const run = findUnfinishedRun(host)
  if (!run) return damaged
  const how = await chooseEnd(run, input, host)
  const recovery = await (how === 'finish' ? finishRun : rollBackRun)(host, run.id).catch(passOverEnded)
  if (recovery === undefined) return damaged
  const { leftAlone } = recovery
  const end = how === 'finish' ? 'finished' : 'taken back'
  const others = leftAlone
    .map((path) => `; ${path} was changed by somebody else since and was left alone`)
    .join('')
  return [
    ...damaged,
    {
      id: 'run-recovered',
      level: 'warning',
      message: `An earlier run, ${run.id} (${run.command}), was stopped half-way. It has been ${end}${others}.`,
    },
  ]
}

/** Of a run that has changed everything already only the end is left. */
async function chooseEnd(run: RunRecord, input: Input, host: Host): Promise<string> {
  if (run.state === 'renewing') return 'finish'
  return textOf(input, 'recover') ?? (isInteractive(input, host) ? ask(run, host) : 'undo')
}

/** It had not been killed: it was at work, and has come to its end while this one waited for the lock. */
function passOverEnded(error: unknown): undefined {
  if (error instanceof UserError && error.code === 'run-ended') return undefined
  throw error
}

async function ask(run: RunRecord, host: Host) {
  const { askRecovery } = await import('../wizard/ask-recovery.ts')
  return askRecovery(run, host)
}
