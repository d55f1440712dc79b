import { findUnfinishedRun, lastRuns } from '../apply/journal.ts'
import { checkSettings } from '../checks/check-gateway.ts'
import { originsOf } from '../checks/check-routes.ts'
import type { CommandContext, CommandSpec, Outcome } from '../command.ts'
import type { Finding } from '../finding.ts'
import { regionName } from '../gateway/gateway.ts'
import type { Origin } from '../gateway/origin.ts'
import type { Setup } from '../ledger.ts'
import { inspectEntries, inspectSetup, type ToolStatus } from '../plan/tool-status.ts'
import { type Input, isOn, listOf, nameIn, type ToolChoice, textOf } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import { reportStatus } from '../ui/report-setup.ts'
import { renderNames } from '../ui/verdicts.ts'
import { withProgress } from '../ui/write-text.ts'
import { describeNames, hasName, nameFindings } from './by-name.ts'
import { unknownLimits } from './check-after.ts'
import { choiceOf, goneFindings, idsNamed, isGone } from './choices-of.ts'
import { presentKey } from './given-key.ts'
import { agentFindings } from './launch-agent.ts'
import { keyOfName, unknownName } from './names.ts'
import { checkWithLimits, planCheck, tellLimits } from './plan-check.ts'
import { createPlanContext, damagedRuns } from './plan-context.ts'
import { unfinishedFinding } from './recover-first.ts'

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
  const wanted = nameIn(input)
  const all = describeNames(planContext.ledger, context)
  const names = textOf(input, 'name') === undefined ? all : all.filter(({ name }) => name === wanted)
  if (wanted !== undefined && names.length === 0) throw unknownName(wanted, planContext.ledger, catalog)
  const isMeant = (setup: Setup) => named?.has(setup.tool) !== false && hasName(input)(setup)
  const setups = planContext.ledger.setups.filter(isMeant)
  const tools: ToolStatus[] = []
  const changed: ToolChoice[] = []
  for (const setup of setups) {
    const choice = choiceOf(setup, catalog, host)
    const status = choice ? inspectSetup(setup, choice, planContext) : inspectEntries(setup, planContext)
    tools.push(await status)
    if (choice && !isGone(setup) && !(await status).asWritten) changed.push(choice)
  }
  const astray = changed[0] ? await (await import('./judge-plan.ts')).judgeStanding(changed, context) : []
  const asked = isOn(input, 'limits') ? await askLimits(setups, input, context) : []
  const limits = tellLimits(asked.flatMap(({ answer }) => answer ?? []))
  const unfinished = findUnfinishedRun(host)
  const agents = agentFindings(planContext.ledger)
  const drifted = unfinished !== undefined || agents.length > 0 || tools.some(({ asWritten }) => !asWritten)
  return {
    exit: drifted && isOn(input, 'exitCode') ? 3 : 0,
    findings: [
      ...damagedRuns(lastRuns(host).damaged),
      ...(unfinished ? [unfinishedFinding(unfinished)] : []),
      ...goneFindings(setups.filter(isGone)),
      ...nameFindings(setups, names, planContext.ledger, catalog),
      ...[astray, await unreadFindings(setups, context), agents].flat(),
      ...limits.findings,
      ...asked.filter(({ answer }) => !answer?.limits).map(unknownLimits),
    ],
    data: {
      tools: tools.map((tool) => ({ keyStore: 'file', ...tool })),
      names: names.map(({ fault: _, ...name }) => ({ ...name, places: placesOf(name.name, setups) })),
      unfinishedRun: unfinished?.id ?? null,
      ...(isOn(input, 'limits') && { limits: limits.data }),
    },
    ...reportStatus(
      tools,
      named && [...named],
      ({ region, unencrypted }) => regionName(region, unencrypted, catalog.gateway),
      host,
      renderNames(names, tools, host),
    ),
  }
}

/** What nobody could read, and may beat what is set up. */
async function unreadFindings(setups: readonly Setup[], context: CommandContext): Promise<Finding[]> {
  const tools = context.catalog.tools.filter(({ id }) => setups.some(({ tool }) => tool === id))
  if (tools.length === 0) return []
  const { unreadStores } = await import('../checks/lint/url-readers.ts')
  const found = await unreadStores(tools, context.host)
  return found.map((finding) => ({ ...finding, level: 'warning' }))
}

function placesOf(name: string, setups: readonly Setup[]) {
  const own = setups.filter((setup) => setup.name === name)
  return own.map(({ tool, scope, place, project }) => ({ tool, scope, place: project ?? place ?? null }))
}

/** Each gateway about its key. One of a tool that is set up for several may be another's, and is left out. */
async function askLimits(setups: readonly Setup[], input: Input, context: CommandContext) {
  const { catalog, host } = context
  const choices = setups.flatMap((setup) => choiceOf(setup, catalog, host) ?? [])
  const nameless = choices.filter(({ name }) => name === undefined)
  const alone = nameless.filter(({ tool, origin }) =>
    nameless.every((other) => other.tool !== tool || other.origin.text === origin.text),
  )
  const settings = checkSettings(input, host)
  const ask = async (origin: Origin, here: readonly ToolChoice[], key: Secret | undefined) => {
    const name = here[0]?.name
    const plan = { ...planCheck(origin, true, here, key, input, context), name }
    return { origin, name, ...(key && { answer: await checkWithLimits(plan, settings, context) }) }
  }
  const asked = originsOf(alone).map(async (origin) => {
    const here = alone.filter((choice) => choice.origin.text === origin.text)
    return ask(origin, here, await presentKey(here, context))
  })
  for (const name of new Set(choices.flatMap((choice) => choice.name ?? []))) {
    const here = choices.filter((choice) => choice.name === name)
    // One that cannot be read is told of already.
    const named = await keyOfName(name, context)
    if (named) asked.push(ask(named.origin, here, named.key))
  }
  return withProgress(host, host.texts['check.progress'], Promise.all(asked))
}
