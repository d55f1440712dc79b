import { findConsent } from '../apply/ledger-store.ts'
import { checkSettings } from '../checks/check-gateway.ts'
import { measureRegions, type RegionTime } from '../checks/check-regions.ts'
import { type CommandContext, isInteractive } from '../command.ts'
import type { Finding } from '../finding.ts'
import type { Origin } from '../gateway/origin.ts'
import type { Consent, Setup } from '../ledger.ts'
import { originsLeft } from '../plan/setups.ts'
import { type Input, isOn } from '../request/request.ts'
import { agreedFinding, explainedFinding, saferFinding, shortFinding } from '../ui/plain-http-texts.ts'
import { withProgress } from '../ui/write-text.ts'

/** What goes with a plan for an origin without TLS; empty for an origin with TLS. */
export interface PlainHttp {
  readonly findings: readonly Finding[]
  /** To be remembered together with the write; undefined where it is already. */
  readonly consent?: Consent
  /** For JSON. */
  readonly data: { origin: string; agreedAt: string | null; regions: readonly RegionTime[] | null } | null
}

/** Whether the user takes this origin: one without TLS is explained and asked about, once as long as something is set up with it. For a terminal. */
export async function acceptsOrigin(origin: Origin, input: Input, context: CommandContext): Promise<boolean> {
  const { host } = context
  if (!origin.isUnencrypted || findConsent(host, origin.text)) return true
  const times = await measure(origin, input, context)
  const { askConsent } = await import('../wizard/resolve-conflict.ts')
  return askConsent(origin.text, times, host)
}

/**
 * What to tell of the origin that was chosen: one line where that was agreed to, before or by `acceptsOrigin` just now.
 * Where nobody can be asked, naming the origin was the user's word, and all of the explanation is given the first time.
 */
export async function consentToHttp(
  origin: Origin,
  input: Input,
  context: CommandContext,
): Promise<PlainHttp> {
  const { host } = context
  if (!origin.isUnencrypted) return { findings: [], data: null }
  const earlier = findConsent(host, origin.text)
  const data = { origin: origin.text, agreedAt: earlier?.agreedAt ?? null, regions: null }
  if (earlier) return { findings: [agreedFinding(earlier)], data }
  const consent: Consent = { origin: origin.text, agreedAt: host.now().toISOString() }
  if (isInteractive(input, host)) return { findings: [agreedFinding(consent)], consent, data }
  const regions = await measure(origin, input, context)
  const findings = [explainedFinding(origin.text), saferFinding(regions, host)]
  return { findings, consent, data: { ...data, regions } }
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
