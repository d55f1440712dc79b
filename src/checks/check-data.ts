import type { Probe } from '../gateway/probe-route.ts'
import type { GatewayCheck } from './check-gateway.ts'

/** A check as `--json` shows it. */
export function checkData({
  origin,
  reachable,
  times,
  routes,
  key,
  live,
}: GatewayCheck): Record<string, unknown> {
  return {
    region: origin.region,
    origin: origin.text,
    unencrypted: origin.isUnencrypted,
    reachable,
    times,
    ...(routes[0]?.proxy !== undefined && { proxy: routes[0].proxy }),
    routes: routes.map((route) => ({ ...probeData(route), tools: route.tools })),
    ...(key && { key: keyData(key) }),
    ...(live && { live: live.map(probeData) }),
  }
}

/** The verdict on a key is the worst of its probes. */
function keyData(probes: readonly Probe[]): Record<string, unknown> {
  const worst = worstProbe(probes)
  return {
    verdict: worst?.verdict ?? 'skipped',
    message: worst?.message ?? '',
    ...(worst?.hint !== undefined && { hint: worst.hint }),
    routes: probes.map(probeData),
  }
}

/** The first error, else the first warning, else the first one. */
function worstProbe(probes: readonly Probe[]): Probe | undefined {
  const withLevel = (wanted: Probe['level']) => probes.find(({ level }) => level === wanted)
  return withLevel('error') ?? withLevel('warning') ?? probes[0]
}

function probeData({ protocol, path, status, verdict, message, hint }: Probe): Record<string, unknown> {
  return { protocol, path, status, verdict, message, ...(hint !== undefined && { hint }) }
}
