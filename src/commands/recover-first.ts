import { clearClientFolders } from '../apply/client-folder.ts'
import type { Ending } from '../apply/committer.ts'
import { endingCommand, findUnfinishedRun, lastRuns, type Runs } from '../apply/journal.ts'
import { targetName } from '../apply/run-record.ts'
import type { RunRecord } from '../apply/state-schemas.ts'
import { isInteractive, type Outcome, type WritingContext } from '../command.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { type Input, textOf } from '../request/request.ts'
import { asMessage, joined, say } from '../texts/message.ts'
import { damagedRuns } from './plan-context.ts'

/**
 * A run that was killed half-way is brought to an end before anything else is written: as `--recover` says, as the
 * user answers on a terminal, else taken back. Gives what to tell about it. A dry run leaves it waiting, and says so.
 * What a killed `run` has left, which holds a key, goes as well.
 * Runs whose records cannot be used are reported as well, of those that `look` gives: `readRuns` for a command that goes
 * through all of them.
 */
export async function recoverFirst(
  input: Input,
  { host, committer }: WritingContext,
  look: (host: Host) => Runs = lastRuns,
): Promise<Finding[]> {
  if (!committer.dryRun) clearClientFolders(host)
  const damaged = damagedRuns(look(host).damaged)
  const run = findUnfinishedRun(host)
  if (!run) return damaged
  if (committer.dryRun) return [...damaged, waiting(run)]
  const ending = await chooseEnd(run, input, host)
  const recovery = await committer.recover(run.id, ending).catch(passOverEnded)
  if (recovery === undefined) return damaged
  const end = say(ending === 'finish' ? 'recovery.finished' : 'recovery.undone', nameOf(run))
  const others = recovery.leftAlone.map((path) => say('recovery.left-alone', { path: targetName(path) }))
  const message = joined([end, ...others])
  host.interruption.reopen(message)
  const left = others.map((text): Finding => ({ ...leftAlone, message: text }))
  return [...damaged, { id: 'run-recovered', level: 'warning', message: end }, ...left]
}

/** What was written into it may stand there still, and no setup leads to it any more. */
const leftAlone = { id: 'left-alone', level: 'warning', hint: asMessage('qcode-setup doctor') } as const

/** The end of a command that finds nothing to do, once a run is taken back. */
export function withRecovered(ended: Outcome, recovered: readonly Finding[]): Outcome {
  const exit = ended.exit || exitOfNothing(recovered)
  return { ...ended, exit, findings: [...recovered, ...ended.findings] }
}

/** The exit code of a command that finds nothing to do once a run is taken back. */
export function exitOfNothing(recovered: readonly Finding[]): 0 | 3 {
  return recovered.some(({ id }) => id === leftAlone.id) ? 3 : 0
}

/** What a command that only looks says of a run that was killed half-way. */
export function unfinishedFinding(run: RunRecord): Finding {
  return {
    id: 'unfinished-run',
    level: 'warning',
    message: say('recovery.interrupted', nameOf(run)),
    hint: say('status.unfinished.hint', { command: endingCommand(run) }),
  }
}

function waiting(run: RunRecord): Finding {
  return {
    id: 'unfinished-run',
    level: 'warning',
    message: say('recovery.waiting', nameOf(run)),
    hint: say('recovery.waiting.hint', { command: endingCommand(run) }),
  }
}

function nameOf({ id, command }: RunRecord): { run: string; command: string } {
  return { run: id, command }
}

/** Of a run that has changed everything already only the end is left. */
async function chooseEnd(run: RunRecord, input: Input, host: Host): Promise<Ending> {
  if (run.state === 'renewing') return 'finish'
  const given = textOf(input, 'recover') as Ending | undefined
  return given ?? (isInteractive(input, host) ? ask(run, host) : 'undo')
}

/** It had not been killed: it was at work, and has ended while this one waited for the lock. */
function passOverEnded(error: unknown): undefined {
  if (error instanceof UserError && error.code === 'run-ended') return undefined
  throw error
}

async function ask(run: RunRecord, host: Host): Promise<Ending> {
  const { askRecovery } = await import('../wizard/resolve-conflict.ts')
  return askRecovery(run, host)
}
