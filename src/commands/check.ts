import { checkData, checkSettings, isRight } from '../checks/check-gateway.ts'
import { measureRegions, regionToTake, sortBySpeed } from '../checks/check-regions.ts'
import type { CommandContext, CommandSpec, Outcome } from '../command.ts'
import { Origin } from '../gateway/origin.ts'
import { type Input, isOn, listOf, textOf } from '../request/request.ts'
import { say } from '../texts/message.ts'
import { saferFinding, shortFinding } from '../ui/plain-http-texts.ts'
import { reportCheck } from '../ui/report-check.ts'
import { withProgress } from '../ui/write-text.ts'
import { hasName } from './by-name.ts'
import { loadLedger, namedChoices } from './choices-of.ts'
import { eachOnce, givenKey, type KeyInUse, keysInUse } from './given-key.ts'
import { judgeStanding } from './judge-plan.ts'
import { keyOfName, namedIn, refuseBesideName } from './names.ts'
import { checkWithLimits, chooseOrigins, planCheck, tellLimits, uniqueOrigins } from './plan-check.ts'
import { createPlanContext } from './plan-context.ts'

export const checkCommand: CommandSpec = {
  name: 'check',
  summary: say('help.check'),
  examples: [
    ['qcode-setup check', say('help.check.example-1')],
    ['qcode-setup check --all', say('help.check.example-2')],
    ['qcode-setup check --key-file ~/key.txt --live --model MODEL', say('help.check.example-3')],
  ],
  writes: 'nothing',
  network: true,
  run: runCheck,
}

/** Asks the gateway whether routes and key are right, for no tokens; `--live` makes a round trip as well. */
export async function runCheck(input: Input, context: CommandContext): Promise<Outcome> {
  const { host, catalog } = context
  refuseBesideName(input)
  const named = await namedIn(input, loadLedger(context), context)
  const { choices: all, findings: notSetUp } = await namedChoices(input, context)
  // A key of the user's is that of no name.
  const isGiven = !named && textOf(input, 'keyFile') !== undefined
  const choices = all.filter(hasName(input)).filter(({ name }) => !isGiven || name === undefined)
  const { chosen, note } = named ? { chosen: [named.origin] } : chooseOrigins(input, choices, context)
  const others = isOn(input, 'all') ? catalog.gateway.regions.map((region) => Origin.ofRegion(region)) : []
  const key = named?.key ?? (await givenKey(input, host))
  const origins = uniqueOrigins([...chosen, ...others])
  const settings = checkSettings(input, host)
  const keysFor = async ({ text }: Origin): Promise<KeyInUse[]> => {
    const here = choices.filter(({ origin }) => origin.text === text)
    const isOfName = !named && here.length > 0 && here.every(({ name }) => name !== undefined)
    const given = key && !isOfName ? [{ secret: key, tools: [], ...(named && { name: named.name }) }] : []
    if (named || isGiven) return given
    const planContext = createPlanContext(context, undefined, () => 'stop')
    const keyOf = async (name: string) => (await keyOfName(name, context))?.key
    return eachOnce([...given, ...(await keysInUse(here, planContext, { host, keyOfName: keyOf }))])
  }
  const plans = await Promise.all(
    origins.map(async (origin) => {
      const keys = await keysFor(origin)
      const [{ secret, name } = { secret: undefined }] = keys
      const plan = planCheck(origin, chosen.includes(origin), choices, secret, input, context)
      return { keys, ...plan, name }
    }),
  )
  const plain = chosen.filter(({ isUnencrypted }) => isUnencrypted)
  const beside = plain.length > 0 && !isOn(input, 'all')
  const work = Promise.all([
    Promise.all(plans.map(({ keys, ...plan }) => checkWithLimits(plan, settings, context, keys))),
    beside ? measureRegions([], catalog.gateway, settings) : undefined,
  ])
  const [answers, safer] = await withProgress(host, host.texts['check.progress'], work)
  const limits = tellLimits(answers)
  const checks = sortBySpeed(answers.map(({ check }) => check))
  const recommended = checks.length > 1 ? regionToTake(checks) : undefined
  const ofTools = isOn(input, 'withTools') ? await lookAtTools(input, context) : undefined
  const isSaid = isGiven || listOf(input, 'regions').length > 0 || textOf(input, 'gateway') !== undefined
  // What was checked is what these clients were set up for, and not what they do.
  const astray = ofTools || isSaid ? [] : await judgeStanding(choices, context)
  const exit = checks.every(isRight) ? 0 : 4
  const page = reportCheck(
    {
      checks,
      recommended,
      asksTools: ofTools === undefined && choices.length > 0,
      keySource: key ? 'given' : 'set-up',
      titles: new Map(catalog.tools.map(({ id, title }) => [id, title])),
    },
    host,
  )
  return {
    // What is wrong on this machine is told before what the gateway says.
    exit: ofTools?.exit === 3 || astray.length > 0 ? 3 : exit || (ofTools?.exit ?? 0),
    findings: [
      ...notSetUp,
      ...astray,
      ...(note === undefined ? [] : [{ id: 'trailing-slash', level: 'warning' as const, message: note }]),
      ...plain.map(({ text }) => shortFinding(text)),
      ...(safer ? [saferFinding(safer, host)] : []),
      ...limits.findings,
    ],
    data: {
      regions: checks.map(checkData),
      recommended: recommended ?? null,
      ...(safer && { saferRegions: safer }),
      limits: limits.data,
      ...(ofTools && { tools: ofTools.data }),
    },
    report: ofTools ? `${page.report}\n\n${ofTools.report}` : page.report,
    next: page.next,
    verdict: ofTools ? `${page.verdict}\n${ofTools.verdict ?? ofTools.report}` : page.verdict,
  }
}

/** What `doctor` says of the tools in use. */
async function lookAtTools(input: Input, context: CommandContext): Promise<Outcome> {
  const { runDoctor } = await import('./doctor.ts')
  return runDoctor(
    { ...input, switches: new Set([...input.switches].filter((name) => name !== 'live')) },
    context,
  )
}
