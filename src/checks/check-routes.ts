import type { Variant } from '../catalog/tool.ts'
import type { Finding } from '../finding.ts'
import { findProtocol, type Gateway, type ProtocolId } from '../gateway/gateway.ts'
import { BaseUrl } from '../gateway/judge-base-url.ts'
import type { Origin } from '../gateway/origin.ts'
import { keyProtocols, type ProbeTarget, probeRoute, type Route } from '../gateway/probe-route.ts'
import type { VerdictKind } from '../gateway/probe-verdict.ts'
import type { ToolChoice } from '../request/request.ts'
import { say, written } from '../texts/message.ts'

/** A path to probe, with the tools whose clients request it. */
export interface ToolRoute extends Route {
  readonly tools: readonly string[]
}

/** The documented route of each protocol. */
export function protocolRoutes(gateway: Gateway): ToolRoute[] {
  return gateway.protocols.map(({ id }) => ({ ...mainRoute(id, gateway), tools: [] }))
}

/** The paths that the clients of these tools really request, whichever origin they are set up for. */
export function toolRoutes(choices: readonly ToolChoice[], gateway: Gateway): ToolRoute[] {
  return choices.flatMap(({ tool, variant, origin }) =>
    variant.endpoints.map((endpoint) => ({
      protocol: endpoint.protocol,
      path: BaseUrl.build(origin, endpoint, gateway).requests,
      tools: [tool.id],
    })),
  )
}

/** Each path once, with all of its tools. */
export function mergeRoutes(routes: readonly ToolRoute[]): ToolRoute[] {
  const merged = new Map<string, ToolRoute>()
  for (const route of routes) {
    const tools = [...(merged.get(route.path)?.tools ?? []), ...route.tools]
    merged.set(route.path, { ...route, tools: [...new Set(tools)] })
  }
  return [...merged.values()]
}

/** Where a key is tested for these protocols. One key serves all; where an empty request is forwarded, chat tells. */
export function keyRoutes(protocols: readonly ProtocolId[], gateway: Gateway): Route[] {
  const tested = protocols.map((id) => (keyProtocols.includes(id) ? id : 'openai-chat'))
  return [...new Set(tested)].map((id) => mainRoute(id, gateway))
}

/** The first route of a protocol is the documented one. */
function mainRoute(id: ProtocolId, gateway: Gateway): Route {
  const path = findProtocol(gateway, id).routes[0]
  if (path === undefined) throw new Error(`no route of ${id} in gateway.toml`)
  return { protocol: id, path }
}

/** The origins of these tools, each once. */
export function originsOf(choices: readonly ToolChoice[]): Origin[] {
  return [...new Map(choices.map(({ origin }) => [origin.text, origin])).values()]
}

/** The choices with the variants that the gateway serves, and a finding for each one that gave way. */
export interface SettledChoices {
  readonly choices: readonly ToolChoice[]
  readonly findings: readonly Finding[]
}

/**
 * A choice whose variant has a fallback takes it where the gateway does not serve the paths of the one (404) and does serve
 * those of the other (401). Asked without a key, before anything is planned. Where nothing is known, nothing changes.
 */
export async function probeFallbacks(
  choices: readonly ToolChoice[],
  gateway: Gateway,
  settings: Omit<ProbeTarget, 'origin'>,
): Promise<SettledChoices> {
  const settled = await Promise.all(choices.map((choice) => probeFallback(choice, gateway, settings)))
  return {
    choices: settled.map(({ choice }) => choice),
    findings: settled.flatMap(({ finding }) => finding ?? []),
  }
}

async function probeFallback(
  choice: ToolChoice,
  gateway: Gateway,
  settings: Omit<ProbeTarget, 'origin'>,
): Promise<{ choice: ToolChoice; finding?: Finding }> {
  const { tool, variant, origin } = choice
  const fallback = tool.variants.find(({ id }) => id === variant.fallback)
  if (!fallback) return { choice }
  const [own, other] = await Promise.all(
    [variant, fallback].map((candidate) => probeVariant(candidate, choice, gateway, settings)),
  )
  if (!own?.includes('wrong-prefix') || !other?.every((verdict) => verdict === 'right')) return { choice }
  const message = say('gateway.fallback', {
    tool: tool.title,
    origin: origin.text,
    variant: written(variant.title, variant.titleZh),
    fallback: written(fallback.title, fallback.titleZh),
  })
  const finding: Finding = { id: 'fallback-used', level: 'warning', tool: tool.id, message }
  return { choice: { ...choice, variant: fallback }, finding }
}

function probeVariant(
  { endpoints }: Variant,
  { origin }: ToolChoice,
  gateway: Gateway,
  settings: Omit<ProbeTarget, 'origin'>,
): Promise<VerdictKind[]> {
  return Promise.all(
    endpoints.map(async (endpoint) => {
      const route = { protocol: endpoint.protocol, path: BaseUrl.build(origin, endpoint, gateway).requests }
      return (await probeRoute(route, { ...settings, origin })).verdict
    }),
  )
}
