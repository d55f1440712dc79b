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
  return [...checks].sort((a, b) => {
    const [left, right] = [timeOf(a), timeOf(b)]
    return left === right ? 0 : left - right
  })
}

/**
 * By how much another region has to be faster before one is left that works, both at once. Every region is asked once, and
 * the times of one exchange with the same region differ by tens of milliseconds, and by a third, from run to run: a fleet
 * that runs the same command each night would wander between two equally good regions, and rewrite its files each time.
 */
const clearly = { ms: 50, share: 1 / 3 }

/**
 * The fastest one whose routes are all right; never one without TLS, since that is for the user alone to choose. The
 * `present` one stays unless it fails or another is clearly faster.
 */
export function recommend(checks: readonly GatewayCheck[], present?: string): GatewayCheck | undefined {
  const fit = sortBySpeed(checks).filter(
    ({ origin, routes }) =>
      !origin.isUnencrypted && routes.length > 0 && routes.every(({ verdict }) => verdict === 'right'),
  )
  const [fastest] = fit
  const kept = fit.find(({ origin }) => origin.region === present)
  return fastest && kept && !isClearlyFaster(fastest, kept) ? kept : fastest
}

function isClearlyFaster(one: GatewayCheck, other: GatewayCheck): boolean {
  const [fast, slow] = [timeOf(one), timeOf(other)]
  return slow - fast > clearly.ms && fast < slow * (1 - clearly.share)
}

/** Of its whole exchange, in ms; without a reply later than any. */
function timeOf({ reachable, times }: GatewayCheck): number {
  return reachable && times ? times.total : Number.POSITIVE_INFINITY
}
