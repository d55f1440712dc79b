import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { listRuns } from './journal.ts'
import { runTargets } from './run-positions.ts'
import type { RunRecord } from './run-record.ts'

/** The run that was killed, or whose rollback failed; there is at most one. Errors: those of `readRuns`. */
export function findUnfinishedRun(host: Host): RunRecord | undefined {
  return listRuns(host).findLast(isUnfinished)
}

/** Whether a run stopped half-way. */
export function isUnfinished(run: RunRecord): boolean {
  return run.state === 'preparing' || run.state === 'committing' || run.state === 'renewing'
}

/** The command that ends an unfinished run; one that is `renewing` cannot be taken back any more. */
export function endingCommand(run: RunRecord): string {
  return run.state === 'renewing' ? 'qcode-setup key rotate' : `qcode-setup undo ${run.id}`
}

/** UserError `unfinished-run`, exit 1. */
export function unfinishedRun(run: RunRecord): UserError {
  return new UserError({
    code: 'unfinished-run',
    message: [
      `An earlier run, ${run.id} (${run.command}), was stopped half-way. It was about to change:`,
      ...runTargets(run).map((what) => `  ${what}`),
    ],
    hint: `To end it, type: ${endingCommand(run)}`,
  })
}
