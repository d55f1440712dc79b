import { endingCommand, findUnfinishedRun } from '../apply/find-unfinished-run.ts'
import { isOnDiskWithoutModes } from '../apply/journal.ts'
import { stateFolder } from '../apply/state-folder.ts'
import { isTrustedFolder } from '../apply/trusted-file.ts'
import { folderAssignments } from '../catalog/folder-variables.ts'
import { driftFindings, folderFindings } from '../checks/doctor/state-findings.ts'
import { stateInGit } from '../checks/state-in-git.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { emptyLedger, type Ledger } from '../ledger.ts'
import { inspectEntries, inspectSetup } from '../plan/tool-status.ts'
import { choiceOf } from './choices-of.ts'
import type { CommandContext } from './command.ts'
import { damagedRuns } from './damaged-runs.ts'
import { createPlanContext } from './plan-context.ts'

/** What this program knows of its own work, and what is wrong with that. A state that is damaged counts as empty. */
export interface OwnState {
  readonly ledger: Ledger
  readonly findings: readonly Finding[]
}

/** Drift, a run that was stopped half-way, the folder of backups. */
export async function lookAtOwnState(context: CommandContext): Promise<OwnState> {
  const { host } = context
  try {
    // Before all else: of a folder that cannot be looked at, nothing more can be said.
    isTrustedFolder(stateFolder(host), host)
  } catch (error) {
    return { ledger: emptyLedger, findings: [stateProblem(error)] }
  }
  const inGit = await stateInGit(stateFolder(host), context)
  const folder = [
    ...folderFindings(stateFolder(host), host, (path) => isOnDiskWithoutModes(host, path)),
    ...(inGit ? [inGit] : []),
  ]
  try {
    const { ledger, drift } = await findDrift(context)
    return { ledger, findings: [...folder, ...damagedRuns(host), ...unfinishedRun(host), ...drift] }
  } catch (error) {
    return { ledger: emptyLedger, findings: [...folder, stateProblem(error)] }
  }
}

function stateProblem(error: unknown): Finding {
  if (!(error instanceof UserError)) throw error
  const { code, message, hintInLine: hint, where } = error
  return {
    id: code,
    level: 'error',
    message,
    messageZh: `本程序的记录无法读取或不可信（${where?.file ?? ''}），因此不清楚设置过什么。`,
    ...(hint !== undefined && { hint }),
    ...(where && { where }),
  }
}

async function findDrift(context: CommandContext): Promise<{ ledger: Ledger; drift: Finding[] }> {
  const planContext = createPlanContext(context, undefined, () => 'stop')
  const { ledger } = planContext
  const statuses = ledger.setups.map(async (setup) => {
    const choice = choiceOf(setup, context.catalog, context.host)
    const status = choice ? inspectSetup(setup, choice, planContext) : inspectEntries(setup, planContext)
    const folders = choice && folderAssignments(choice.tool, setup.folders ?? {}, context.host)
    return driftFindings(await status, folders)
  })
  return { ledger, drift: (await Promise.all(statuses)).flat() }
}

function unfinishedRun(host: Host): Finding[] {
  const run = findUnfinishedRun(host)
  if (!run) return []
  return [
    {
      id: 'unfinished-run',
      level: 'warning',
      message: `Run ${run.id} (${run.command}) was stopped half-way.`,
      messageZh: `运行 ${run.id}（${run.command}）中途停止。`,
      hint: endingCommand(run),
    },
  ]
}
