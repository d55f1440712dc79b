import { type SourceData, sourceData } from '../../effect/describe-source.ts'
import type { Found } from '../../effect/find-setting.ts'
import type { Profile } from '../../effect/read-profiles.ts'
import { type ConnectionView, looksGatewayKey, type ToolView } from '../../effect/tool-view.ts'
import type { Gateway } from '../../gateway/gateway.ts'
import { originOfUrl } from '../../gateway/origin.ts'
import { maskUrl } from '../../gateway/url-faults.ts'
import { maskText } from '../../secrets/mask-text.ts'
import { maskKey, Secret } from '../../secrets/secret.ts'
import type { CheckPlan } from '../check-gateway.ts'
import { keyRoutes, mergeRoutes, type ToolRoute } from '../check-routes.ts'

/** One protocol of one tool, as JSON has it. Keys are masked. */
export interface ToolData {
  readonly tool: string
  readonly title: string
  /** Null for a tool whose folder does not say how its client finds its settings. */
  readonly protocol: string | null
  readonly installed: boolean
  readonly version: string | null
  readonly program: string | null
  /** Whether this program set it up. */
  readonly setUp: boolean
  readonly baseUrl: {
    readonly value: string
    readonly source: SourceData
    readonly requests: string | null
  } | null
  /** `masked` is the command as it stands where the key comes from one. */
  readonly key: { readonly masked: string; readonly source: SourceData } | null
  /** What is set elsewhere and is not in effect. */
  readonly overridden: readonly {
    readonly setting: 'baseUrl' | 'key'
    readonly value: string
    readonly source: SourceData
  }[]
}

/** A tool as one row for each protocol that it connects by. */
export function toolData(view: ToolView, profiles: readonly Profile[]): ToolData[] {
  const { tool, installed, setups } = view
  const own = {
    tool: tool.id,
    title: tool.title,
    protocol: null,
    installed: installed.present,
    version: installed.version ?? null,
    program: installed.program ?? null,
    setUp: setups.length > 0,
    baseUrl: null,
    key: null,
    overridden: [],
  }
  if (view.connections.length === 0) return [own]
  return view.connections.map((connection) => ({ ...own, ...connectionData(connection, profiles) }))
}

function connectionData(
  { connection, baseUrl, keys, verdict }: ConnectionView,
  profiles: readonly Profile[],
): Pick<ToolData, 'protocol' | 'baseUrl' | 'key' | 'overridden'> {
  const source = (found: Found) => sourceData(found, profiles)
  const overridden = (setting: 'baseUrl' | 'key', list: readonly Found[], mask: (found: Found) => string) =>
    list.map((found) => ({ setting, value: mask(found), source: source(found) }))
  return {
    protocol: connection.protocol,
    baseUrl: baseUrl.winner
      ? {
          value: maskUrl(baseUrl.winner.value.trim()),
          source: source(baseUrl.winner),
          requests: verdict?.requests ?? null,
        }
      : null,
    key: keys.winner?.value ? { masked: maskFound(keys.winner), source: source(keys.winner) } : null,
    overridden: [
      ...overridden('baseUrl', baseUrl.overridden, ({ value }) => maskUrl(value.trim())),
      ...overridden(
        'key',
        keys.overridden.filter(({ value }) => value !== ''),
        maskFound,
      ),
    ],
  }
}

/** A key masked; a command that prints one as it stands, but for what looks like a key in it. */
function maskFound({ value, isCommand }: Found): string {
  return isCommand ? maskText(value, []) : maskKey(value)
}

/** What to ask of one origin, and the key that goes with it. */
interface PlannedCheck {
  readonly plan: CheckPlan
  readonly key: string | undefined
}

/**
 * What to ask of each origin that a client uses: the paths that it really requests, and whether its key is good. A
 * key goes only where the client sends it as well, and never without TLS to another machine.
 */
export function gatewayPlans(views: readonly ToolView[], gateway: Gateway): PlannedCheck[] {
  const routes = views.flatMap((view) =>
    view.connections.flatMap((connection) => routeOf(view, connection, gateway) ?? []),
  )
  const places = new Map(routes.map(({ origin, key }) => [`${origin.text} ${key ?? ''}`, { origin, key }]))
  return [...places.values()].map(({ origin, key }) => {
    const here = routes.filter((route) => route.origin.text === origin.text && route.key === key)
    const protocols = here.map(({ route }) => route.protocol)
    const plan = {
      origin,
      routes: mergeRoutes(here.map(({ route }) => route)),
      ...(key !== undefined && { key: { secret: new Secret(key), routes: keyRoutes(protocols, gateway) } }),
    }
    return { plan, key }
  })
}

function routeOf(
  { tool }: ToolView,
  { connection, baseUrl, keys, destination, verdict }: ConnectionView,
  gateway: Gateway,
) {
  const origin = originOfUrl(baseUrl.winner?.value ?? '', gateway)
  const requests = verdict?.problems.length === 0 ? verdict.requests : undefined
  if (destination !== 'gateway' || !origin || requests === undefined) return undefined
  const key = keys.winner?.value.trim() ?? ''
  const route: ToolRoute = { protocol: connection.protocol, path: requests, tools: [tool.id] }
  const canBeSent = looksGatewayKey(key) && /^[\x21-\x7e]+$/.test(key) && !origin.isUnencrypted
  return { origin, route, key: canBeSent ? key : undefined }
}
