import type { CheckPlan, LiveRequest } from '../checks/check-gateway.ts'
import { keyRoutes, mergeRoutes, originsOf, protocolRoutes, toolRoutes } from '../checks/check-routes.ts'
import type { CommandContext } from '../command.ts'
import type { Origin } from '../gateway/origin.ts'
import { modelFor } from '../request/choose-tools.ts'
import { chooseOrigin, regionOrigin } from '../request/normalise-request.ts'
import { type Input, isOn, listOf, type ToolChoice, textOf } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import type { Message } from '../texts/message.ts'

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
