import type { Gateway } from '../gateway/gateway.ts'
import { Origin } from '../gateway/origin.ts'
import { type CheckSettings, checkGateway, isRight } from './check-gateway.ts'
import { protocolRoutes } from './check-routes.ts'

/** How fast one place of the gateway answers from here. */
export interface RegionTime {
  readonly region: string
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

async function measureOrigin(
  origin: Origin,
  gateway: Gateway,
  settings: CheckSettings | undefined,
): Promise<RegionTime> {
  const known = { region: origin.region, origin: origin.text, tls: !origin.isUnencrypted }
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
