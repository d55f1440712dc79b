import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Finding } from '../finding.ts'
import type { Origin } from '../gateway/origin.ts'
import {
  type Probe,
  type ProbeTarget,
  probeKey,
  probeLive,
  probeRoute,
  type Route,
} from '../gateway/probe-route.ts'
import type { Times } from '../gateway/probe-verdict.ts'
import { createTransport, type Transport } from '../gateway/transport.ts'
import type { Host } from '../host/host.ts'
import { readTimeout } from '../request/parse-arguments.ts'
import type { Input } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import { type Message, say } from '../texts/message.ts'
import type { ToolRoute } from './check-routes.ts'

/** What to check at one origin. */
export interface CheckPlan {
  readonly origin: Origin
  readonly routes: readonly ToolRoute[]
  /** Sent to this origin only, and only once a route of the gateway was found there. */
  readonly key?: { readonly secret: Secret; readonly routes: readonly Route[] }
  readonly live?: readonly LiveRequest[]
}

/** A round trip to make, or the reason why it is not made. */
export interface LiveRequest extends Route {
  readonly model?: string
}

/** How requests are sent; times in milliseconds. A round trip with a model gets its own, as models take long. */
export interface CheckSettings {
  readonly transport: Transport
  readonly deadlineMs: number
  readonly liveDeadlineMs: number
}

interface RouteCheck extends Probe {
  readonly tools: readonly string[]
}

/** The result of one origin. */
export interface GatewayCheck {
  readonly origin: Origin
  /** An HTTP reply came from the gateway, whatever it said. */
  readonly reachable: boolean
  /** Of the first probe that got a reply. */
  readonly times: Times | null
  readonly routes: readonly RouteCheck[]
  /** Absent when there was no key to test. */
  readonly key?: readonly (Probe & { readonly tools?: readonly string[] })[]
  readonly live?: readonly Probe[]
}

/** Probes all routes at once; then, where the gateway was found, the key and at last the round trips. */
export async function checkGateway(plan: CheckPlan, settings: CheckSettings): Promise<GatewayCheck> {
  const target: ProbeTarget = { origin: plan.origin, ...settings }
  const probes = await Promise.all(plan.routes.map((route) => probeToolRoute(route, target)))
  const routes = probes.map((probe) => nameServed(probe, probes, plan.origin))
  const found = routes.some(({ verdict }) => verdict === 'right')
  const key = plan.key && (await checkKey(plan.key, found, target))
  const live =
    plan.live &&
    (await checkLive(plan.live, plan.key?.secret, routes, { ...target, deadlineMs: settings.liveDeadlineMs }))
  const first = routes.find(({ status }) => status !== null)
  return {
    origin: plan.origin,
    reachable: routes.some(isFromGateway),
    times: first?.times ?? null,
    routes,
    ...(key && { key }),
    ...(live && { live }),
  }
}

/** Every probe of a check, in the order in which they were made. */
export function probesOf({ routes, key = [], live = [] }: GatewayCheck): Probe[] {
  return [...routes, ...key, ...live]
}

/** Nothing that was probed is wrong. */
export function isRight(check: GatewayCheck): boolean {
  return probesOf(check).every(({ level }) => level !== 'error')
}

async function probeToolRoute({ tools, ...route }: ToolRoute, target: ProbeTarget): Promise<RouteCheck> {
  return { ...(await probeRoute(route, target)), tools }
}

function isFromGateway({ status, verdict }: Probe): boolean {
  return status !== null && verdict !== 'captive-portal' && verdict !== 'redirect'
}

/** Where another path of the protocol is served in place of this one, the message says so; a switch takes the fallback. */
function nameServed(probe: RouteCheck, probes: readonly RouteCheck[], origin: Origin): RouteCheck {
  if (probe.verdict !== 'wrong-prefix') return probe
  const served = probes.find(({ protocol, verdict }) => protocol === probe.protocol && verdict === 'right')
  if (!served) return probe
  const place = origin.region === 'custom' ? `--gateway ${origin.text}` : origin.region
  return {
    ...probe,
    message: say('gateway.served-instead', { message: probe.message, path: served.path }),
    ...(probe.tools.length > 0 && {
      hint: say('gateway.served-instead.hint', { tools: probe.tools, place }),
    }),
  }
}

function checkKey(
  { secret, routes }: NonNullable<CheckPlan['key']>,
  found: boolean,
  target: ProbeTarget,
): Promise<Probe[]> {
  const probes = routes.map((route) =>
    found ? probeKey(route, secret, target) : skipped(route, say('gateway.skipped.key')),
  )
  return Promise.all(probes)
}

function checkLive(
  requests: readonly LiveRequest[],
  key: Secret | undefined,
  routes: readonly RouteCheck[],
  target: ProbeTarget,
): Promise<Probe[]> {
  const probes = requests.map(({ model, ...route }) => {
    const right = routes.some(({ path, verdict }) => path === route.path && verdict === 'right')
    if (!right) return skipped(route, say('gateway.skipped.route'))
    if (key === undefined) return skipped(route, say('gateway.skipped.no-key'))
    if (model === undefined) return skipped(route, say('gateway.skipped.no-model'))
    return probeLive(route, key, model, target)
  })
  return Promise.all(probes)
}

const noTimes: Times = { dns: null, connect: null, tls: null, firstByte: null, total: 0 }

function skipped({ protocol, path }: Route, message: Message): Probe {
  return { protocol, path, status: null, verdict: 'skipped', level: 'skipped', message, times: noTimes }
}

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

/** The key itself is at fault: not its balance, nor what it may be used for, nor the network. Ids of findings. */
export const keyFaults: ReadonlySet<string> = new Set([
  'check-key-unknown',
  'check-key-expired',
  'check-key-disabled',
  'check-key-malformed',
  'check-key-refused',
])

/** What a check found, each fault once; one finding that all is right where there is none. */
export function checkFindings(check: GatewayCheck): Finding[] {
  const tools = new Map<Probe, readonly string[]>(check.routes.map((route) => [route, route.tools]))
  const faults = probesOf(check)
    .filter(({ level }) => level === 'error' || level === 'warning')
    .map((probe) => ({ ...probe, of: tools.get(probe) ?? [] }))
    .map(({ verdict, level, message, hint, of: [tool, ...others] }) => ({
      id: `check-${verdict}`,
      level,
      message,
      ...(tool !== undefined && others.length === 0 && { tool }),
      ...(hint !== undefined && { hint }),
    }))
  const once = faults.filter(
    ({ message }, index) => faults.findIndex((other) => String(other.message) === String(message)) === index,
  )
  return isRight(check) ? [allRight(check), ...once] : once
}

function allRight({ origin, routes, key }: GatewayCheck): Finding {
  const paths = routes.map(({ path }) => path)
  const works = key?.every(({ verdict }) => verdict === 'key-accepted')
  return {
    id: 'check-right',
    level: 'ok',
    message: say(works ? 'gateway.works-with-key' : 'gateway.works', { origin: origin.text, paths }),
  }
}

/** The network as this host's environment says to reach it. */
export function hostTransport(host: Pick<Host, 'env' | 'cwd' | 'interruption' | 'isOffline'>): Transport {
  if (host.isOffline) throw new Error('a command that declares no network was about to ask a gateway')
  const certificates = readExtraCertificates(host)
  return createTransport({
    env: host.env,
    stop: host.interruption.signal,
    ...(certificates !== undefined && { certificates }),
  })
}

/** The certificates (PEM) that NODE_EXTRA_CA_CERTS names. One that cannot be read counts as none, as in Node.js itself. */
export function readExtraCertificates({ env, cwd }: Pick<Host, 'env' | 'cwd'>): string | undefined {
  const file = env.NODE_EXTRA_CA_CERTS
  if (!file) return undefined
  try {
    return readFileSync(resolve(cwd, file), 'utf8')
  } catch {
    return undefined
  }
}

/** How to reach the gateway and how long to wait: `--timeout`, else 10 s, and 60 s for a model's answer. */
export function checkSettings(input: Input, host: Host): CheckSettings {
  const given = readTimeout(input)
  return {
    transport: hostTransport(host),
    deadlineMs: given ?? 10_000,
    liveDeadlineMs: given ?? 60_000,
  }
}
