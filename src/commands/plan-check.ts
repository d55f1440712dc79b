import {
  type CheckPlan,
  type CheckSettings,
  checkGateway,
  type GatewayCheck,
  type LiveRequest,
} from '../checks/check-gateway.ts'
import { keyRoutes, mergeRoutes, originsOf, protocolRoutes, toolRoutes } from '../checks/check-routes.ts'
import type { CommandContext } from '../command.ts'
import type { Finding } from '../finding.ts'
import { type Budget, budgetKinds, fetchLimits, type KeyLimits } from '../gateway/key-limits.ts'
import type { Origin } from '../gateway/origin.ts'
import { modelFor } from '../request/choose-tools.ts'
import { chooseOrigin, regionOrigin } from '../request/normalise-request.ts'
import { type Input, isOn, listOf, type ToolChoice, textOf } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import { type Message, say } from '../texts/message.ts'
import { checkEachKey, type KeyInUse } from './given-key.ts'

/** The origins that the user means: named ones, else those that are set up, else the default. Only these get the key. */
export function chooseOrigins(
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

/** Each origin once. */
export function uniqueOrigins(origins: readonly Origin[]): Origin[] {
  return origins.filter(({ text }, index) => origins.findIndex((other) => other.text === text) === index)
}

/** What to ask of one origin: the paths of its protocols and tools, and the key, which goes only where the user means it to. */
export function planCheck(
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

/** A check of a gateway, with what it tells of the key besides. */
export interface CheckWithLimits {
  readonly check: GatewayCheck
  readonly limits: KeyLimits | undefined
  readonly name?: string | undefined
}

/** Checks the gateway, and then asks what the key may still use: only one that has accepted it gets it for that. */
export async function checkWithLimits(
  plan: CheckPlan & Pick<CheckWithLimits, 'name'>,
  settings: CheckSettings,
  { catalog }: CommandContext,
  keys: readonly KeyInUse[] = [],
): Promise<CheckWithLimits> {
  const check = await checkEachKey(plan, keys, (one) => checkGateway(one, settings))
  const own = check.key?.slice(0, plan.key?.routes.length)
  const isAccepted = own?.some(({ verdict }) => verdict === 'key-accepted')
  const key = isAccepted ? plan.key?.secret : undefined
  const limits = key && (await fetchLimits(plan.origin, catalog.gateway, key, settings.transport))
  return { check, limits, name: plan.name }
}

type Told = KeyLimits & { readonly origin: string; readonly name?: string }

/** The limits that were told, for a person and for a program. */
export function tellLimits(all: readonly CheckWithLimits[]): { findings: Finding[]; data: Told[] } {
  const told = all.flatMap(({ check, limits, name }) =>
    limits ? [{ origin: check.origin.text, ...(name !== undefined && { name }), ...limits }] : [],
  )
  return { findings: told.map(limitsFinding), data: told }
}

function limitsFinding({ origin, name = '', ...limits }: Told): Finding {
  const spent = limits.budgets.filter(({ used, limit }) => used !== undefined && used >= limit)
  if (spent.length > 0) {
    const budgets = spent.map((budget) => budgetText(budget, limits))
    const message = say('limits.used-up', { origin, name, budgets })
    return { id: 'key-used-up', level: 'warning', message, hint: say('limits.used-up.hint', { name }) }
  }
  const { used, budgets, atOnce, expires, refusedModels } = limits
  const left = [
    ...budgets.map((budget) => budgetText(budget, limits)),
    ...(atOnce === undefined ? [] : [say('limits.at-once', { count: shown(atOnce) })]),
    ...(expires === undefined ? [] : [say('limits.expires', { date: expires })]),
    ...(refusedModels.length === 0 ? [] : [say('limits.refused', { models: refusedModels })]),
  ]
  const message = say('limits.told', { origin, name, used: shown(used), left })
  return { id: 'key-limits', level: 'info', message }
}

function budgetText({ kind, used, limit }: Budget, { windowMinutes = 0 }: KeyLimits): Message {
  const isCost = budgetKinds.some((each) => each.kind === kind && each.isCost)
  const show = (amount: number) => (isCost ? `$${shown(amount)}` : shown(amount))
  const amount =
    used === undefined
      ? say('limits.at-most', { limit: show(limit) })
      : say('limits.left', { left: show(Math.max(0, limit - used)), limit: show(limit) })
  return say(`limits.${kind}`, { amount, minutes: shown(windowMinutes) })
}

function shown(amount: number): string {
  return amount.toLocaleString('en-US', { maximumFractionDigits: 2 })
}
