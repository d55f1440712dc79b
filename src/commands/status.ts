import { endingCommand, findUnfinishedRun, lastRuns } from '../apply/journal.ts'
import type { RunRecord } from '../apply/state-schemas.ts'
import type { CommandContext, CommandSpec, Outcome } from '../command.ts'
import { regionName } from '../gateway/gateway.ts'
import { inspectEntries, inspectSetup, type ToolStatus } from '../plan/tool-status.ts'
import { type Input, isOn, listOf } from '../request/request.ts'
import { say } from '../texts/message.ts'
import { reportStatus } from '../ui/report-setup.ts'
import { choiceOf, goneFindings, idsNamed, isGone } from './choices-of.ts'
import { createPlanContext, damagedRuns } from './plan-context.ts'

export const statusCommand: CommandSpec = {
  name: 'status',
  summary: say('help.status'),
  examples: [
    ['qcode-setup status --json', say('help.status.example-1')],
    ['qcode-setup status codex', say('help.status.example-2')],
  ],
  writes: 'nothing',
  network: false,
  run: runStatus,
}

/** What is set up, where, for which region, and whether it still stands as it was written. */
export async function runStatus(input: Input, context: CommandContext): Promise<Outcome> {
  const { host, catalog } = context
  const planContext = createPlanContext(context, undefined, () => 'stop')
  const named = await idsNamed(listOf(input, 'setUpTool'), planContext.ledger.setups, context)
  const setups = planContext.ledger.setups.filter(({ tool }) => named?.has(tool) !== false)
  const tools: ToolStatus[] = []
  for (const setup of setups) {
    const choice = choiceOf(setup, catalog, host)
    tools.push(
      choice ? await inspectSetup(setup, choice, planContext) : await inspectEntries(setup, planContext),
    )
  }
  const unfinished = findUnfinishedRun(host)
  const drifted = unfinished !== undefined || tools.some(({ asWritten }) => !asWritten)
  return {
    exit: drifted && isOn(input, 'exitCode') ? 3 : 0,
    findings: [
      ...damagedRuns(lastRuns(host).damaged),
      ...(unfinished ? [unfinishedFinding(unfinished)] : []),
      ...goneFindings(setups.filter(isGone)),
    ],
    data: {
      tools: tools.map((tool) => ({ keyStore: 'file', ...tool })),
      unfinishedRun: unfinished?.id ?? null,
    },
    ...reportStatus(
      tools,
      named && [...named],
      ({ region, unencrypted }) => regionName(region, unencrypted, catalog.gateway),
      host,
    ),
  }
}

function unfinishedFinding(run: RunRecord) {
  return {
    id: 'unfinished-run',
    level: 'warning' as const,
    message: say('recovery.interrupted', { run: run.id, command: run.command }),
    hint: say('status.unfinished.hint', { command: endingCommand(run) }),
  }
}
