import type { ConnectionView, ToolView } from '../../effect/tool-view.ts'
import { looksGatewayKey } from '../../effect/tool-view.ts'
import type { Gateway } from '../../gateway/gateway.ts'
import { originOfUrl } from '../../gateway/origin-of-url.ts'
import { Secret } from '../../secrets/secret.ts'
import type { CheckPlan } from '../check-gateway.ts'
import { keyRoutes, mergeRoutes, type ToolRoute } from '../check-routes.ts'

/**
 * What to ask of each origin that a client goes by: the paths that it really requests, and whether its key is good. A
 * key goes only where the client sends it as well, and never without TLS to another machine.
 */
export function gatewayPlans(views: readonly ToolView[], gateway: Gateway): CheckPlan[] {
  const routes = views.flatMap(({ tool, connections }) =>
    connections.flatMap((connection) => routeOf(tool.id, connection, gateway) ?? []),
  )
  const places = new Map(routes.map(({ origin, key }) => [`${origin.text} ${key ?? ''}`, { origin, key }]))
  return [...places.values()].map(({ origin, key }) => {
    const here = routes.filter((route) => route.origin.text === origin.text && route.key === key)
    const protocols = here.map(({ route }) => route.protocol)
    return {
      origin,
      routes: mergeRoutes(here.map(({ route }) => route)),
      ...(key !== undefined && { key: { secret: new Secret(key), routes: keyRoutes(protocols, gateway) } }),
    }
  })
}

function routeOf(
  tool: string,
  { connection, baseUrl, keys, destination, verdict }: ConnectionView,
  gateway: Gateway,
) {
  const origin = originOfUrl(baseUrl.winner?.value ?? '', gateway)
  if (
    destination !== 'gateway' ||
    !origin ||
    verdict?.requests === undefined ||
    verdict.problems.length > 0
  ) {
    return undefined
  }
  const key = keys.winner?.value.trim() ?? ''
  const route: ToolRoute = { protocol: connection.protocol, path: verdict.requests, tools: [tool] }
  const canBeSent = looksGatewayKey(key) && /^[\x21-\x7e]+$/.test(key) && !origin.isUnencrypted
  return { origin, route, key: canBeSent ? key : undefined }
}
