import { endingCommand, findUnfinishedRun, lastRuns } from '../apply/journal.ts'
import type { RunRecord } from '../apply/state-schemas.ts'
import { checkSettings } from '../checks/check-gateway.ts'
import { originsOf } from '../checks/check-routes.ts'
import type { CommandContext, CommandSpec, Outcome } from '../command.ts'
import { regionName } from '../gateway/gateway.ts'
import type { Setup } from '../ledger.ts'
import { inspectEntries, inspectSetup, type ToolStatus } from '../plan/tool-status.ts'
import { type Input, isOn, listOf } from '../request/request.ts'
import { say } from '../texts/message.ts'
import { reportStatus } from '../ui/report-setup.ts'
import { withProgress } from '../ui/write-text.ts'
import { choiceOf, goneFindings, idsNamed, isGone } from './choices-of.ts'
import { presentKey } from './given-key.ts'
import { checkWithLimits, planCheck, tellLimits } from './plan-check.ts'
import { createPlanContext, damagedRuns } from './plan-context.ts'

export const statusCommand: CommandSpec = {
  name: 'status',
  summary: say('help.status'),
  examples: [
    ['qcode-setup status --json', say('help.status.example-1')],
    ['qcode-setup status codex', say('help.status.example-2')],
    ['qcode-setup status --limits', say('help.status.example-3')],
  ],
  writes: 'nothing',
  network: (input) => isOn(input, 'limits'),
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
  const limits = isOn(input, 'limits') ? tellLimits(await askLimits(setups, input, context)) : undefined
  const unfinished = findUnfinishedRun(host)
  const drifted = unfinished !== undefined || tools.some(({ asWritten }) => !asWritten)
  return {
    exit: drifted && isOn(input, 'exitCode') ? 3 : 0,
    findings: [
      ...damagedRuns(lastRuns(host).damaged),
      ...(unfinished ? [unfinishedFinding(unfinished)] : []),
      ...goneFindings(setups.filter(isGone)),
      ...(limits?.findings ?? []),
    ],
    data: {
      tools: tools.map((tool) => ({ keyStore: 'file', ...tool })),
      unfinishedRun: unfinished?.id ?? null,
      ...(limits && { limits: limits.data }),
    },
    ...reportStatus(
      tools,
      named && [...named],
      ({ region, unencrypted }) => regionName(region, unencrypted, catalog.gateway),
      host,
    ),
  }
}

/** Each gateway about its key. One of a tool that is set up for several may be another's, and is left out. */
async function askLimits(setups: readonly Setup[], input: Input, context: CommandContext) {
  const { catalog, host } = context
  const choices = setups.flatMap((setup) => choiceOf(setup, catalog, host) ?? [])
  const alone = choices.filter(({ tool, origin }) =>
    choices.every((other) => other.tool !== tool || other.origin.text === origin.text),
  )
  const settings = checkSettings(input, host)
  const asked = originsOf(alone).map(async (origin) => {
    const here = alone.filter((choice) => choice.origin.text === origin.text)
    const key = await presentKey(here, context)
    const plan = planCheck(origin, true, here, key, input, context)
    return key ? [await checkWithLimits(plan, settings, context)] : []
  })
  return (await withProgress(host, host.texts['check.progress'], Promise.all(asked))).flat()
}

function unfinishedFinding(run: RunRecord) {
  return {
    id: 'unfinished-run',
    level: 'warning' as const,
    message: say('recovery.interrupted', { run: run.id, command: run.command }),
    hint: say('status.unfinished.hint', { command: endingCommand(run) }),
  }
}
