import type { Tool } from '../../catalog/tool.ts'
import { shownFor } from '../../effect/base-url-findings.ts'
import { describeSource, whereOf } from '../../effect/describe-source.ts'
import type { Found } from '../../effect/find-setting.ts'
import type { Profile } from '../../effect/read-profiles.ts'
import { type ConnectionView, type EffectContext, looksGatewayKey, type ToolView } from '../../effect/tool-view.ts'
import type { Finding } from '../../finding.ts'
import type { Gateway } from '../../gateway/gateway.ts'
import { originOfUrl } from '../../gateway/origin.ts'
import type { Ledger } from '../../ledger.ts'
import { maskKey, Secret } from '../../secrets/secret.ts'
import { asMessage, type Message, say } from '../../texts/message.ts'
import { type CheckPlan, type CheckSettings, checkFindings, checkGateway, keyFaults } from '../check-gateway.ts'
import { keyRoutes, mergeRoutes, type ToolRoute } from '../check-routes.ts'

/** Asks each origin that a client goes by for the paths that the client requests, and for the key that it sends. */
export async function askGateway(
  views: readonly ToolView[],
  settings: CheckSettings,
  ledger: Ledger,
  context: EffectContext,
): Promise<Finding[]> {
  const plans = gatewayPlans(views, context.catalog.gateway)
  const asked = await Promise.all(
    plans.map(async ({ plan, users }) => {
      const findings = checkFindings(await checkGateway(plan, settings))
      return findings.map((finding) =>
        keyFaults.has(finding.id) ? keyFinding(finding, users, ledger, context) : routeFinding(finding, views),
      )
    }),
  )
  return asked.flat()
}

/** A path that the gateway does not have, with what the one client that requests it shows for that. */
function routeFinding(finding: Finding, views: readonly ToolView[]): Finding {
  const view = views.find(({ tool }) => tool.id === finding.tool)
  if (finding.id !== 'check-wrong-prefix' || !view) return finding
  const shows = shownFor(404, view.tool, view.installed.version)
  return shows === undefined ? finding : { ...finding, shows }
}

/** A key that the gateway refuses: who sends it, where it stands, and how all of them get another one. */
function keyFinding(
  { message: reason, hint: _, ...finding }: Finding,
  users: readonly KeyUser[],
  { entries, setups }: Ledger,
  { profiles }: EffectContext,
): Finding {
  const [first] = users
  if (!first) return { ...finding, message: reason }
  const own = new Set(entries.map(({ path }) => path))
  const places = users.map(({ tool, found }) =>
    say('doctor.key-refused.user', { tool: tool.title, place: describeSource(found, profiles) }),
  )
  const ids = [...new Set(users.map(({ tool }) => tool.id))]
  const others = users.filter(({ found }) => !found.isCommand && !own.has(found.source.file?.path ?? ''))
  const where = whereOf(first.found, profiles)
  const [only, ...more] = ids
  const shows = more.length === 0 ? shownFor(401, first.tool, first.version) : undefined
  return {
    ...finding,
    message: say('doctor.key-refused', { reason, key: maskKey(first.found.value.trim()), places }),
    hint: others.length === 0 ? rotation(ids, setups) : replacement(others, profiles),
    ...(only !== undefined && more.length === 0 && { tool: only }),
    ...(shows !== undefined && { shows }),
    ...(where && { where }),
  }
}

/** One command for all that have this key; the others of the machine keep theirs. */
function rotation(ids: readonly string[], setups: Ledger['setups']): Message {
  const isAll = setups.every(({ tool }) => ids.includes(tool))
  return asMessage(`qcode-setup key rotate${isAll ? '' : ` --tool ${ids.join(',')}`}`)
}

/** Of keys that this program did not write: where the new one belongs. */
function replacement(others: readonly KeyUser[], profiles: readonly Profile[]): Message {
  const places = [...new Set(others.map(({ found }) => describeSource(found, profiles)))]
  return say('doctor.key-refused.replace', { places })
}

/** What to ask of one origin with one key, and who sends that key. */
interface PlannedCheck {
  readonly plan: CheckPlan
  readonly users: readonly KeyUser[]
}

/** A tool, and where it has the key from. */
interface KeyUser {
  readonly tool: Tool
  readonly version: string | undefined
  readonly found: Found
}

/**
 * What to ask of each origin that a client uses: the paths that it really requests, and whether its key is good. A
 * key goes only where the client sends it as well, and never without TLS to another machine.
 */
function gatewayPlans(views: readonly ToolView[], gateway: Gateway): PlannedCheck[] {
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
    return { plan, users: here.flatMap(({ user }) => user ?? []) }
  })
}

function routeOf(
  { tool, installed: { version } }: ToolView,
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
  const route: ToolRoute = { protocol: connection.protocol, path: verdict.requests, tools: [tool.id] }
  const canBeSent = looksGatewayKey(key) && /^[\x21-\x7e]+$/.test(key) && !origin.isUnencrypted
  const user = keys.winner && { tool, version, found: keys.winner }
  return { origin, route, key: canBeSent ? key : undefined, user }
}
