import { listRuns } from '../apply/journal.ts'
import { readLedger } from '../apply/ledger-store.ts'
import type { RecordedFolder } from '../apply/run-record.ts'
import type { Finding } from '../finding.ts'
import { planRemoval } from '../plan/make-plan.ts'
import { namedTools } from '../request/choose-tools.ts'
import { type Input, textOf } from '../request/input.ts'
import type { ToolChoice } from '../request/request.ts'
import { reportRemoval } from '../ui/report-removal.ts'
import { choicesOf } from './choices-of.ts'
import type { CommandContext, Outcome, WritingContext } from './command.ts'
import { gitWarnings } from './git-warnings.ts'
import { planData } from './plan-data.ts'
import { recoverFirst } from './recover-first.ts'
import { writePlan } from './write-plan.ts'

/** Takes out what this program wrote for the named tools (by default all) and gives back what it replaced. */
export async function runRemove(input: Input, context: WritingContext): Promise<Outcome> {
  const { host, catalog, committer } = context
  const recovered = await recoverFirst(input, context)
  const ledger = readLedger(host)
  const tools = await namedTools(input, catalog, host)
  const scope = textOf(input, 'scope')
  const all = choicesOf(ledger.setups, catalog, host)
  const removed = choicesOf(ledger.setups, catalog, host, tools).filter(
    (choice) => scope === undefined || choice.scope === scope,
  )
  const kept = all.filter(
    (choice) => !removed.some(({ tool, scope, project }) => isSame(choice, tool.id, scope, project)),
  )
  const written = await writePlan(
    {
      command: 'remove',
      input,
      choices: removed,
      makePlan: (planContext) => planRemoval(removed, kept, planContext),
      removeFolders: foldersMade(context),
    },
    context,
  )
  const inGit = await gitWarnings(written.plan.edits, committer.dryRun, context)
  const findings = [
    ...recovered,
    ...written.plan.findings,
    ...written.effect,
    ...inGit,
    ...keyStays(removed, kept),
  ]
  return {
    exit: written.isBlocked ? 3 : 0,
    findings,
    data: { ...planData(written.plan, findings), run: written.run ?? null },
    ...reportRemoval({ ...written, dryRun: committer.dryRun }, host),
  }
}

/** What was never in a file is not taken out with it. */
function keyStays(removed: readonly ToolChoice[], kept: readonly ToolChoice[]): Finding[] {
  const isKept = ({ keyStore }: ToolChoice) => keyStore === 'keychain'
  if (!removed.some(isKept) || kept.some(isKept)) return []
  return [
    {
      id: 'key-in-keychain',
      level: 'info',
      message: 'The key is still in the keychain of this machine, and no tool reads it from there now.',
      messageZh: '密钥仍保存在本机的系统钥匙串中，但已没有工具从中读取。',
      hint: 'To take it out: qcode-setup key forget',
    },
  ]
}

function isSame(
  choice: { tool: { id: string }; scope: string; project?: string },
  tool: string,
  scope: string,
  project: string | undefined,
): boolean {
  return choice.tool.id === tool && choice.scope === scope && choice.project === project
}

/** The folders that earlier runs made: each goes where it is empty again. */
function foldersMade({ host }: CommandContext): RecordedFolder[] {
  return listRuns(host)
    .filter(({ state }) => state === 'done')
    .flatMap(({ createdFolders }) => createdFolders)
}
