import {
  type CheckPlan,
  checkData,
  checkGateway,
  checkSettings,
  isRight,
  type LiveRequest,
} from '../checks/check-gateway.ts'
import { measureRegions, recommend, sortBySpeed } from '../checks/check-regions.ts'
import { keyRoutes, mergeRoutes, originsOf, protocolRoutes, toolRoutes } from '../checks/check-routes.ts'
import type { CommandContext, CommandSpec, Outcome } from '../command.ts'
import { Origin } from '../gateway/origin.ts'
import { modelFor } from '../request/choose-tools.ts'
import { chooseOrigin, regionOrigin } from '../request/normalise-request.ts'
import { type Input, isOn, listOf, type ToolChoice, textOf } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import { type Message, say } from '../texts/message.ts'
import { saferFinding, shortFinding } from '../ui/plain-http-texts.ts'
import { reportCheck } from '../ui/report-check.ts'
import { withProgress } from '../ui/write-text.ts'
import { existingChoices, storedKey } from './choices-of.ts'
import { givenKey } from './given-key.ts'

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
  const choices = existingChoices(context).choices
  const { chosen, note } = chooseOrigins(input, choices, context)
  const others = isOn(input, 'all') ? catalog.gateway.regions.map((region) => Origin.ofRegion(region)) : []
  const key = await givenKey(input, host)
  const origins = uniqueOrigins([...chosen, ...others])
  const settings = checkSettings(input, host)
  const keyFor = ({ text }: Origin) =>
    key ??
    storedKey(
      choices.filter(({ origin }) => origin.text === text),
      context,
    )
  const plans = await Promise.all(
    origins.map(async (origin) =>
      planCheck(origin, chosen.includes(origin), choices, await keyFor(origin), input, context),
    ),
  )
  const plain = chosen.filter(({ isUnencrypted }) => isUnencrypted)
  const beside = plain.length > 0 && !isOn(input, 'all')
  const work = Promise.all([
    Promise.all(plans.map((plan) => checkGateway(plan, settings))),
    beside ? measureRegions([], catalog.gateway, settings) : undefined,
  ])
  const [answers, safer] = await withProgress(host, host.texts['check.progress'], work)
  const checks = sortBySpeed(answers)
  const recommended = checks.length > 1 ? (recommend(checks)?.origin.region ?? null) : undefined
  return {
    exit: checks.every(isRight) ? 0 : 4,
    findings: [
      ...(note === undefined ? [] : [{ id: 'trailing-slash', level: 'warning' as const, message: note }]),
      ...plain.map(({ text }) => shortFinding(text)),
      ...(safer ? [saferFinding(safer, host)] : []),
    ],
    data: {
      regions: checks.map(checkData),
      recommended: recommended ?? null,
      ...(safer && { saferRegions: safer }),
    },
    ...reportCheck({ checks, recommended }, host),
  }
}

/** The origins that the user means: named ones, else those that are set up, else the default. Only these get the key. */
function chooseOrigins(
  input: Input,
  choices: readonly ToolChoice[],
  { catalog }: CommandContext,
): { chosen: Origin[]; note?: Message } {
  const regions = listOf(input, 'regions')
  if (textOf(input, 'gateway') !== undefined) {
    const { origin, ...note } = chooseOrigin(input, catalog.gateway, regions[0])
    return { chosen: [origin], ...note }
  }
  if (regions.length > 0) {
    return { chosen: uniqueOrigins(regions.map((name) => regionOrigin(name, catalog.gateway))) }
  }
  const existing = originsOf(choices)
  return { chosen: existing.length > 0 ? existing : [chooseOrigin(input, catalog.gateway).origin] }
}

function uniqueOrigins(origins: readonly Origin[]): Origin[] {
  return origins.filter(({ text }, index) => origins.findIndex((other) => other.text === text) === index)
}

function planCheck(
  origin: Origin,
  isChosen: boolean,
  choices: readonly ToolChoice[],
  key: Secret | undefined,
  input: Input,
  { catalog: { gateway, tools } }: CommandContext,
): CheckPlan {
  const own = protocolRoutes(gateway)
  const protocols = own.map(({ protocol }) => protocol)
  const ofOrigin = choices.filter((choice) => choice.origin.text === origin.text)
  const here = (ofOrigin.length > 0 ? ofOrigin : choices).map((choice) => ({ ...choice, origin }))
  const live = own.map(({ protocol, path }): LiveRequest => {
    const model = modelFor(protocol, listOf(input, 'model'), tools, gateway)
    return { protocol, path, ...(model !== undefined && { model }) }
  })
  return {
    origin,
    routes: mergeRoutes([...own, ...toolRoutes(here, gateway)]),
    ...(isChosen && key && { key: { secret: key, routes: keyRoutes(protocols, gateway) } }),
    ...(isChosen && isOn(input, 'live') && { live }),
  }
}
