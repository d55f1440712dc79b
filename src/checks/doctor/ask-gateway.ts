import type { Tool } from '../../catalog/tool.ts'
import { shownFor } from '../../effect/base-url-findings.ts'
import { whereOf } from '../../effect/describe-source.ts'
import type { Found } from '../../effect/find-setting.ts'
import type { Profile } from '../../effect/read-profiles.ts'
import type { EffectContext, ToolView } from '../../effect/tool-view.ts'
import { formatWhere } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import type { Ledger } from '../../ledger.ts'
import { maskKey } from '../../secrets/secret.ts'
import { asMessage, type Message, say } from '../../texts/message.ts'
import { type CheckSettings, checkFindings, checkGateway, keyFaults } from '../check-gateway.ts'
import { gatewayPlans } from './tool-data.ts'

/** Asks each origin that a client goes by for the paths that the client requests, and for the key that it sends. */
export async function askGateway(
  views: readonly ToolView[],
  settings: CheckSettings,
  ledger: Ledger,
  context: EffectContext,
): Promise<Finding[]> {
  const plans = gatewayPlans(views, context.catalog.gateway)
  const asked = await Promise.all(
    plans.map(async ({ plan, key }) => {
      const users = key === undefined ? [] : usersOf(key, views)
      const findings = checkFindings(await checkGateway(plan, settings))
      return findings.map((finding) =>
        keyFaults.has(finding.id)
          ? keyFinding(finding, users, ledger, context)
          : routeFinding(finding, views),
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
  { entries }: Ledger,
  { profiles }: EffectContext,
): Finding {
  const [first] = users
  if (!first) return { ...finding, message: reason }
  const own = new Set(entries.map(({ path }) => path))
  const places = users.map(({ tool, found }) =>
    say('doctor.key-refused.user', { tool: tool.title, place: placeOf(found, profiles) }),
  )
  const ids = [...new Set(users.map(({ tool }) => tool.id))]
  const others = users.filter(({ found }) => !found.isCommand && !own.has(found.source.file?.path ?? ''))
  const where = whereOf(first.found, profiles)
  const [only, ...more] = ids
  const shows = more.length === 0 ? shownFor(401, first.tool, first.version) : undefined
  return {
    ...finding,
    message: say('doctor.key-refused', { reason, key: maskKey(first.found.value.trim()), places }),
    hint: others.length === 0 ? asMessage('qcode-setup key rotate') : replacement(others, profiles),
    ...(more.length === 0 ? { tool: only ?? '' } : { tools: ids }),
    ...(shows !== undefined && { shows }),
    ...(where && { where }),
  }
}

/** Of keys that this program did not write: where the new one belongs. */
function replacement(others: readonly KeyUser[], profiles: readonly Profile[]): Message {
  const places = [...new Set(others.map(({ found }) => placeOf(found, profiles)))]
  return say('doctor.key-refused.replace', { places })
}

/** The file and the line of a key; a variable that no file sets is named. */
function placeOf(found: Found, profiles: readonly Profile[]): string {
  const where = whereOf(found, profiles)
  return where ? formatWhere(where) : `$${found.name}`
}

/** A tool, and where it has the key from. */
interface KeyUser {
  readonly tool: Tool
  readonly version: string | undefined
  readonly found: Found
}

/** Every tool that sends this key to the gateway, one whose base URL is wrong too: it needs another key as well. */
function usersOf(key: string, views: readonly ToolView[]): KeyUser[] {
  return views.flatMap(({ tool, installed: { version }, connections }) =>
    connections
      .filter(({ destination }) => destination === 'gateway')
      .flatMap(({ keys: { winner: found } }) =>
        found?.value.trim() === key ? [{ tool, version, found }] : [],
      )
      .slice(0, 1),
  )
}
