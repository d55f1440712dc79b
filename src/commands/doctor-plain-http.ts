import { findConsent } from '../apply/ledger-store.ts'
import type { CheckSettings } from '../checks/check-gateway.ts'
import { measureRegions, type RegionTime } from '../checks/check-regions.ts'
import type { CommandContext } from '../command.ts'
import { describeSource, whereOf } from '../effect/describe-source.ts'
import type { Found } from '../effect/find-setting.ts'
import { problemFinding } from '../effect/judge-effect.ts'
import type { Profile } from '../effect/read-profiles.ts'
import type { ToolView } from '../effect/tool-view.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { isUnencryptedUrl, originTextOf } from '../gateway/origin.ts'
import { maskUrl } from '../gateway/url-faults.ts'
import type { Host } from '../host/host.ts'
import { asMessage, type Message, say } from '../texts/message.ts'
import { consentText, listSaferRegions } from '../ui/plain-http-texts.ts'

/** A base URL without TLS that a client goes by. */
interface PlainUrl {
  readonly view: ToolView
  readonly found: Found
}

/**
 * Each tool whose base URL in effect has no TLS, wherever that comes from: what it means, whether it was agreed to, and
 * the regions with TLS, measured where the gateway may be asked.
 */
export async function plainHttpWarnings(
  views: readonly ToolView[],
  profiles: readonly Profile[],
  settings: CheckSettings | undefined,
  { host, catalog }: CommandContext,
): Promise<Finding[]> {
  const urls = views.flatMap(plainUrls)
  if (urls.length === 0) return []
  const times = await measureRegions([], catalog.gateway, settings)
  return urls.flatMap((url) => {
    const { agreed, failures } = lookUpConsent(url, host)
    return [warningOf(url, agreed, times, profiles), ...failures]
  })
}

/** One place of a tool is enough, however many of its protocols read it. */
function plainUrls(view: ToolView): PlainUrl[] {
  const found = view.connections
    .flatMap(({ baseUrl }) => baseUrl.winner ?? [])
    .filter(({ value }) => isUnencryptedUrl(value.trim()))
  const places = new Map(found.map((one) => [`${one.name} ${one.value.trim()}`, one]))
  return [...places.values()].map((one) => ({ view, found: one }))
}

/** What is to be said of consent. A list of consents that does not open is a finding, and stops nothing. */
function lookUpConsent({ found }: PlainUrl, host: Host): { agreed?: Message; failures: Finding[] } {
  try {
    const consent = findConsent(host, originTextOf(found.value.trim()))
    return { agreed: consentText(consent), failures: [] }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { failures: [problemFinding(error)] }
  }
}

function warningOf(
  { view: { tool, setups }, found }: PlainUrl,
  agreed: Message | undefined,
  times: readonly RegionTime[],
  profiles: readonly Profile[],
): Finding {
  const place = describeSource(found, profiles)
  const where = whereOf(found, profiles)
  const url = maskUrl(found.value.trim())
  const sentences = [
    say('http.uses', { tool: tool.title, url, place }),
    say('http.short'),
    ...(agreed ? [agreed] : []),
    listSaferRegions(times),
  ]
  const fastest = times[0]?.region ?? ''
  return {
    id: 'plain-http',
    level: 'warning',
    tool: tool.id,
    message: say('http.sentences', { sentences }),
    ...(where && { where }),
    hint: asMessage(
      setups.length > 0
        ? `qcode-setup switch ${fastest}`
        : `qcode-setup --tool ${tool.id} --region ${fastest}`,
    ),
  }
}
