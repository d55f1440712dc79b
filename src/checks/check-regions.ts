import type { Gateway } from '../gateway/gateway.ts'
import { Origin } from '../gateway/origin.ts'
import { type CheckSettings, checkGateway, type GatewayCheck } from './check-gateway.ts'
import { protocolRoutes } from './check-routes.ts'

/** Every region at once, without a key. */
export function checkRegions(gateway: Gateway, settings: CheckSettings): Promise<GatewayCheck[]> {
  const routes = protocolRoutes(gateway)
  const origins = gateway.regions.map((region) => Origin.ofRegion(region))
  return Promise.all(origins.map((origin) => checkGateway({ origin, routes }, settings)))
}

/** Fastest first; those without a reply last, in their own order. */
export function sortBySpeed(checks: readonly GatewayCheck[]): GatewayCheck[] {
  const timeOf = ({ reachable, times }: GatewayCheck) =>
    reachable && times ? times.total : Number.POSITIVE_INFINITY
  return [...checks].sort((a, b) => {
    const [left, right] = [timeOf(a), timeOf(b)]
    return left === right ? 0 : left - right
  })
}

/** The fastest one whose routes are all right; never one without TLS, since that is for the user alone to choose. */
export function recommend(checks: readonly GatewayCheck[]): GatewayCheck | undefined {
  return sortBySpeed(checks).find(
    ({ origin, routes }) =>
      !origin.isUnencrypted && routes.length > 0 && routes.every(({ verdict }) => verdict === 'right'),
  )
}
