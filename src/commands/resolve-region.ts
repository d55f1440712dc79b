import { checkSettings, isRight } from '../checks/check-gateway.ts'
import { checkRegions, recommend } from '../checks/check-regions.ts'
import { probeFallbacks, type SettledChoices } from '../checks/check-routes.ts'
import type { CommandContext } from '../command.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { namedTools } from '../request/choose-tools.ts'
import { type Input, isOn, type ToolChoice, textOf } from '../request/request.ts'
import { checkTextsFor } from '../ui/report-check.ts'
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
  const checks = await withProgress(host, checkTextsFor(host).progress, work)
  const present = await presentRegion(input, context)
  const best = recommend(checks, present)
  if (!best) {
    const reasons = checks.filter((check) => !isRight(check)).map(({ routes }) => routes[0]?.message)
    throw noRegion(reasons)
  }
  const { region } = best.origin
  const ms = Math.round(best.times?.total ?? 0)
  const [message, messageZh] =
    region === present
      ? [
          `Region ${region} was kept: it works (${ms} ms), and no other is clearly faster.`,
          `保留区域 ${region}：工作正常（${ms} ms），其他区域没有明显更快。`,
        ]
      : [
          `Region ${region} was chosen: it answered fastest (${ms} ms).`,
          `已选择区域 ${region}：响应最快（${ms} ms）。`,
        ]
  return {
    input: { ...input, values: { ...input.values, region: [region] } },
    findings: [{ id: 'region-auto', level: 'info', message, messageZh }],
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
    message: '--region auto has to ask the gateway, and --no-check forbids that.',
    hint: 'Leave out --no-check, or name the region: --region ID',
    exit: 2,
  })
}

function noRegion(reasons: readonly (string | undefined)[]): UserError {
  return new UserError({
    code: 'no-region',
    message: [
      'No region with TLS answers as it should; nothing was written.',
      ...[...new Set(reasons)].map((reason) => `  ${reason}`),
    ],
    hint: 'Look closer with: qcode-setup check --all',
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
  const settled = await withProgress(host, checkTextsFor(host).progress, work)
  return {
    choices: choices.map((choice) => settled.choices[open.indexOf(choice)] ?? choice),
    findings: settled.findings,
  }
}
