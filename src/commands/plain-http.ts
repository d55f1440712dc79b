import { findConsent } from '../apply/ledger-store.ts'
import { type CheckSettings, checkSettings } from '../checks/check-gateway.ts'
import { measureRegions, type RegionTime } from '../checks/check-regions.ts'
import { type CommandContext, isInteractive, type WritingContext } from '../command.ts'
import { describeSource, whereOf } from '../effect/describe-source.ts'
import type { Found } from '../effect/find-setting.ts'
import { problemFinding } from '../effect/judge-effect.ts'
import type { Profile } from '../effect/read-profiles.ts'
import type { ToolView } from '../effect/tool-view.ts'
import { cancelled, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { isUnencryptedUrl, type Origin, originTextOf } from '../gateway/origin.ts'
import { maskUrl } from '../gateway/url-faults.ts'
import type { Host } from '../host/host.ts'
import type { Consent, Setup } from '../ledger.ts'
import { originsLeft } from '../plan/setups.ts'
import { type Input, isOn } from '../request/request.ts'
import { asMessage, type Message, say } from '../texts/message.ts'
import {
  agreedFinding,
  consentText,
  explainedFinding,
  listSaferRegions,
  saferFinding,
  shortFinding,
} from '../ui/plain-http-texts.ts'
import { renderFindings, withProgress } from '../ui/write-text.ts'

/** What goes with a plan for origins without TLS; empty for those with TLS. */
export interface PlainHttp {
  readonly findings: readonly Finding[]
  /** To be remembered together with the write; what is already is not among them. */
  readonly consents: readonly Consent[]
  /** For JSON, of the first of them. */
  readonly data: { origin: string; agreedAt: string | null; regions: readonly RegionTime[] | null } | null
}

/** Whether the user takes this origin: one without TLS is explained and asked about, once as long as something is set up with it. For a terminal. */
export async function acceptsOrigin(
  origin: Origin,
  input: Input,
  context: CommandContext,
  canGoBack = false,
): Promise<boolean> {
  const { host } = context
  if (!origin.isUnencrypted || findConsent(host, origin.text)) return true
  const times = await measure(origin, input, context)
  const { askConsent } = await import('../wizard/ask-region.ts')
  return askConsent(origin.text, times, host, canGoBack)
}

/**
 * What to tell of the origins that were chosen: one line where that was agreed to, before or by `acceptsOrigin` just now.
 * Where nobody can be asked, naming the origin was the user's word, and all of the explanation is given the first time.
 */
export async function consentToHttp(
  origins: readonly Origin[],
  input: Input,
  context: CommandContext,
): Promise<PlainHttp> {
  const open = origins.filter(({ isUnencrypted }) => isUnencrypted)
  const each = await Promise.all(open.map((origin) => consentToOne(origin, input, context)))
  return {
    findings: each.flatMap(({ findings }) => findings),
    consents: each.flatMap(({ consents }) => consents),
    data: each[0]?.data ?? null,
  }
}

async function consentToOne(origin: Origin, input: Input, context: CommandContext): Promise<PlainHttp> {
  const { host } = context
  const earlier = findConsent(host, origin.text)
  const data = { origin: origin.text, agreedAt: earlier?.agreedAt ?? null, regions: null }
  if (earlier) return { findings: [agreedFinding(earlier)], consents: [], data }
  const consent: Consent = { origin: origin.text, agreedAt: host.now().toISOString() }
  if (isInteractive(input, host)) return { findings: [agreedFinding(consent)], consents: [consent], data }
  const regions = await measure(origin, input, context)
  const findings = [explainedFinding(origin.text), saferFinding(regions, host)]
  return { findings, consents: [consent], data: { ...data, regions } }
}

/** What to tell of an origin without TLS that an undo brings back: it was agreed to before, so nobody is asked. */
export function returningHttp(before: readonly Setup[], after: readonly Setup[]): Finding[] {
  return originsLeft(after, before).map(shortFinding)
}

function measure(origin: Origin, input: Input, { host, catalog }: CommandContext): Promise<RegionTime[]> {
  const settings = isOn(input, 'noCheck') ? undefined : checkSettings(input, host)
  const work = measureRegions([origin], catalog.gateway, settings)
  return withProgress(host, host.texts['check.progress'], work)
}

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

/** The key goes to no region of the gateway on a file's word alone: the user's is asked for, or `--allow-gateway`. */
export async function acceptGateways(
  strangers: readonly Stranger[],
  input: Input,
  context: WritingContext,
): Promise<void> {
  const { host, committer } = context
  const [first] = strangers
  if (!first || committer.dryRun || isOn(input, 'allowGateway')) return
  if (!isInteractive(input, host)) {
    throw new UserError({
      code: 'gateway-not-allowed',
      message: say('setup-file.gateway.not-allowed', { origin: first.origin }),
      hint: say('setup-file.gateway.not-allowed.hint'),
      exit: 2,
    })
  }
  const { askConfirm, tell } = await import('../wizard/ask.ts')
  tell(
    host,
    renderFindings(
      strangers.map(({ finding }) => finding),
      host,
    ),
  )
  if (!(await askConfirm(host, say('ask.use-anyway'), false))) throw cancelled()
}

interface Stranger {
  readonly origin: string
  readonly finding: Finding
}

/** A file may be somebody else's: where it leads the key to no region of the gateway, that is said, the first time. */
export function otherGateways(origins: readonly Origin[], existing: readonly Origin[]): Stranger[] {
  const known = new Set(existing.map(({ text }) => text))
  const isLocal = (text: string) => text.startsWith('http:') && !isUnencryptedUrl(text)
  return origins
    .filter(({ region, text }) => region === 'custom' && !known.has(text) && !isLocal(text))
    .map(({ text: origin }) => ({
      origin,
      finding: {
        id: 'other-gateway',
        level: 'warning',
        message: say('setup-file.other-gateway', { origin }),
      },
    }))
}
