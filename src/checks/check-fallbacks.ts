import type { Variant } from '../catalog/tool.ts'
import type { Finding } from '../finding.ts'
import { BaseUrl } from '../gateway/base-url.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { type ProbeTarget, probeRoute } from '../gateway/probe-route.ts'
import type { VerdictKind } from '../gateway/probe-verdict.ts'
import type { ToolChoice } from '../request/request.ts'

/** The choices with the variants that the gateway serves, and a finding for each one that gave way. */
export interface SettledChoices {
  readonly choices: readonly ToolChoice[]
  readonly findings: readonly Finding[]
}

/**
 * A choice whose variant has a fallback takes it where the gateway does not serve the paths of the one (404) and does serve
 * those of the other (401). Asked without a key, before anything is planned. Where nothing can be told, nothing changes.
 */
export async function settleFallbacks(
  choices: readonly ToolChoice[],
  gateway: Gateway,
  settings: Omit<ProbeTarget, 'origin'>,
): Promise<SettledChoices> {
  const settled = await Promise.all(choices.map((choice) => settleChoice(choice, gateway, settings)))
  return {
    choices: settled.map(({ choice }) => choice),
    findings: settled.flatMap(({ finding }) => finding ?? []),
  }
}

async function settleChoice(
  choice: ToolChoice,
  gateway: Gateway,
  settings: Omit<ProbeTarget, 'origin'>,
): Promise<{ choice: ToolChoice; finding?: Finding }> {
  const { tool, variant, origin } = choice
  const fallback = tool.variants.find(({ id }) => id === variant.fallback)
  if (!fallback) return { choice }
  const [own, other] = await Promise.all(
    [variant, fallback].map((candidate) => probeVariant(candidate, choice, gateway, settings)),
  )
  if (!own?.includes('wrong-prefix') || !other?.every((verdict) => verdict === 'right')) return { choice }
  const message = `${tool.title}: ${origin.text} does not serve the path that the ${variant.title} leads to, so the ${fallback.title} was taken.`
  const finding: Finding = { id: 'fallback-used', level: 'warning', tool: tool.id, message }
  return { choice: { ...choice, variant: fallback }, finding }
}

function probeVariant(
  { endpoints }: Variant,
  { origin }: ToolChoice,
  gateway: Gateway,
  settings: Omit<ProbeTarget, 'origin'>,
): Promise<VerdictKind[]> {
  return Promise.all(
    endpoints.map(async (endpoint) => {
      const route = { protocol: endpoint.protocol, path: BaseUrl.build(origin, endpoint, gateway).requests }
      return (await probeRoute(route, { ...settings, origin })).verdict
    }),
  )
}
