import { checkSettings, isRight } from '../checks/check-gateway.ts'
import { checkRegions, recommend } from '../checks/check-regions.ts'
import { probeFallbacks, type SettledChoices } from '../checks/check-routes.ts'
import type { CommandContext } from '../command.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Origin } from '../gateway/origin.ts'
import { namedTools } from '../request/choose-tools.ts'
import { type Input, isOn, type ToolChoice, textOf } from '../request/request.ts'
import { type Message, say } from '../texts/message.ts'
import { withProgress } from '../ui/write-text.ts'
import { existingChoices } from './choices-of.ts'

/**
 * `--region auto` as the region that answers fastest, never one without TLS; what is set up already keeps its region unless
 * that one fails or another is clearly faster. Errors: UserError `auto-needs-check` (exit 2)
 * beside `--no-check`, and `no-region` (exit 4) when none answers as it should; then nothing is written.
 */
export async function resolveRegion(
  input: Input,
  context: CommandContext,
): Promise<{ input: Input; findings: readonly Finding[] }> {
  const { host, catalog } = context
  if (textOf(input, 'region') !== 'auto' || textOf(input, 'gateway') !== undefined)
    return { input, findings: [] }
  if (isOn(input, 'noCheck')) throw needsCheck()
  const work = checkRegions(catalog.gateway, checkSettings(input, host))
  const checks = await withProgress(host, host.texts['check.progress'], work)
  const present = await presentRegion(input, context)
  const best = recommend(checks, present)
  if (!best) {
    const reasons = checks
      .filter((check) => !isRight(check))
      .flatMap(({ routes }) => routes[0]?.message ?? [])
    throw noRegion(reasons)
  }
  const { region } = best.origin
  const ms = Math.round(best.times?.total ?? 0)
  const message = say(region === present ? 'check.region-kept' : 'check.region-chosen', { region, ms })
  return {
    input: { ...input, values: { ...input.values, region: [region] } },
    findings: [{ id: 'region-auto', level: 'info', message }],
  }
}

/** The one region that the tools are set up for; undefined where there are none, or several. */
async function presentRegion(input: Input, context: CommandContext): Promise<string | undefined> {
  const tools = await namedTools(input, context.catalog, context.host)
  const choices = existingChoices(context).choices.filter(
    ({ tool }) => tools === undefined || tools.includes(tool),
  )
  const [region, ...others] = new Set(choices.map(({ origin }) => origin.region))
  return others.length === 0 ? region : undefined
}

function needsCheck(): UserError {
  return new UserError({
    code: 'auto-needs-check',
    message: say('error.auto-needs-check'),
    hint: say('error.auto-needs-check.hint'),
    exit: 2,
  })
}

/** What several regions have said alike is said once. */
function once(messages: readonly Message[]): Message[] {
  return [...new Map(messages.map((message) => [String(message), message])).values()]
}

function noRegion(reasons: readonly Message[]): UserError {
  return new UserError({
    code: 'no-region',
    message: [say('error.no-region'), ...once(reasons).map((reason) => reason.map((text) => `  ${text}`))],
    hint: say('error.no-region.hint'),
    exit: 4,
  })
}

/** The choices with the variants that the gateway serves, asked before anything is planned; pinned ones stay. */
export async function resolveVariants(
  choices: readonly ToolChoice[],
  input: Input,
  { host, catalog }: CommandContext,
): Promise<SettledChoices> {
  const isOpen = ({ tool, variant }: ToolChoice) =>
    variant.fallback !== undefined && input.values[`pin:${tool.id}`] === undefined
  if (isOn(input, 'noCheck') || !choices.some(isOpen)) return { choices, findings: [] }
  const open = choices.filter(isOpen)
  const work = probeFallbacks(open, catalog.gateway, checkSettings(input, host))
  const settled = await withProgress(host, host.texts['check.progress'], work)
  return {
    choices: choices.map((choice) => settled.choices[open.indexOf(choice)] ?? choice),
    findings: settled.findings,
  }
}

/** The input as if the gateway had been given by its flag. */
export function toOrigin({ values, switches, ...input }: Input, origin: Origin): Input {
  const { region: _, gateway: __, keyFile: ___, ...others } = values
  if (origin.region !== 'custom')
    return { ...input, switches, values: { ...others, region: [origin.region] } }
  return {
    ...input,
    values: { ...others, gateway: [origin.text] },
    switches: new Set([...switches, ...(origin.isUnencrypted ? ['allowHttp'] : [])]),
  }
}
