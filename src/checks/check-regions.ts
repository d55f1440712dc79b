import type { Gateway } from '../gateway/gateway.ts'
import { Origin } from '../gateway/origin.ts'
import type { Message } from '../texts/message.ts'
import { type CheckSettings, checkGateway, type GatewayCheck, isRight } from './check-gateway.ts'
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
 * The fastest region whose routes are all right; never one without TLS, since that is for the user alone to choose. The
 * `present` one stays unless it fails or another is clearly faster.
 */
export function recommend(checks: readonly GatewayCheck[], present?: string): GatewayCheck | undefined {
  const fit = sortBySpeed(checks).filter(
    ({ origin, routes }) =>
      origin.region !== 'custom' &&
      !origin.isUnencrypted &&
      routes.length > 0 &&
      routes.every(({ verdict }) => verdict === 'right'),
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

/** How fast one place of the gateway answers from here. */
export interface RegionTime {
  readonly region: string
  /** The region as people know it. */
  readonly title: Message
  readonly origin: string
  readonly tls: boolean
  /** `wrong`: something answered, but not as the gateway does; `silent`: nothing did. */
  readonly state: 'measured' | 'wrong' | 'silent' | 'not-measured'
  /** Milliseconds of one whole request, its connection included. */
  readonly ms: number | null
}

/** Who is slower is no help in a choice that somebody waits for; in milliseconds. */
const longestWaitMs = 3_000

/**
 * The regions with TLS, the fastest first, and beside them the given origins without it. Each is asked once, all at the
 * same time, without a key; without settings nothing is contacted.
 */
export async function measureRegions(
  unencrypted: readonly Origin[],
  gateway: Gateway,
  settings: CheckSettings | undefined,
): Promise<RegionTime[]> {
  const safer = gateway.regions.map((region) => Origin.ofRegion(region)).filter((one) => !one.isUnencrypted)
  const measure = (origin: Origin) => measureOrigin(origin, gateway, settings)
  const [saferTimes, otherTimes] = await Promise.all([
    Promise.all(safer.map(measure)),
    Promise.all(unencrypted.map(measure)),
  ])
  return [...saferTimes.sort(bySpeed), ...otherTimes]
}

/** One place, asked once without a key; without settings it is not contacted. */
export async function measureOrigin(
  origin: Origin,
  gateway: Gateway,
  settings: CheckSettings | undefined,
): Promise<RegionTime> {
  const known = {
    region: origin.region,
    title: origin.title,
    origin: origin.text,
    tls: !origin.isUnencrypted,
  }
  if (settings === undefined) return { ...known, state: 'not-measured', ms: null }
  const deadlineMs = Math.min(settings.deadlineMs, longestWaitMs)
  const routes = protocolRoutes(gateway).slice(0, 1)
  const check = await checkGateway({ origin, routes }, { ...settings, deadlineMs })
  if (check.times === null) return { ...known, state: 'silent', ms: null }
  if (!isRight(check)) return { ...known, state: 'wrong', ms: null }
  return { ...known, state: 'measured', ms: Math.round(check.times.total) }
}

function bySpeed(one: RegionTime, other: RegionTime): number {
  if (one.ms === null || other.ms === null) return Number(one.ms === null) - Number(other.ms === null)
  return one.ms - other.ms
}

/** The id of the fastest region in which all is right; null where none answers as it should, undefined where only the key is wrong, or none of them is a region. */
export function regionToTake(checks: readonly GatewayCheck[]): string | null | undefined {
  const best = recommend(checks.filter(isRight))
  if (best) return best.origin.region
  return recommend(checks) || checks.every(({ origin }) => origin.region === 'custom') ? undefined : null
}
