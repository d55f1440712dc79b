import { BaseUrl } from '../gateway/base-url.ts'
import { findProtocol, type Gateway, type ProtocolId } from '../gateway/gateway.ts'
import type { Origin } from '../gateway/origin.ts'
import { keyProtocols, type Route } from '../gateway/probe-route.ts'
import type { ToolChoice } from '../request/request.ts'

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
