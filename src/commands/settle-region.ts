import { isRight } from '../checks/check-gateway.ts'
import { checkRegions, recommend } from '../checks/check-regions.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { type Input, isOn, textOf } from '../request/input.ts'
import { checkTextsFor } from '../ui/check-texts.ts'
import { withProgress } from '../ui/with-progress.ts'
import { checkSettings } from './check-settings.ts'
import type { CommandContext } from './command.ts'

/**
 * `--region auto` as the region that answers fastest, never one without TLS. Errors: UserError `auto-needs-check` (exit 2)
 * beside `--no-check`, and `no-region` (exit 4) when none answers as it should; then nothing is written.
 */
export async function settleRegion(
  input: Input,
  { host, catalog }: CommandContext,
): Promise<{ input: Input; findings: readonly Finding[] }> {
  if (textOf(input, 'region') !== 'auto' || textOf(input, 'gateway') !== undefined)
    return { input, findings: [] }
  if (isOn(input, 'noCheck')) throw needsCheck()
  const work = checkRegions(catalog.gateway, checkSettings(input, host))
  const checks = await withProgress(host, checkTextsFor(host).progress, work)
  const best = recommend(checks)
  if (!best) {
    const reasons = checks.filter((check) => !isRight(check)).map(({ routes }) => routes[0]?.message)
    throw noRegion(reasons)
  }
  const { region } = best.origin
  const message = `Region ${region} was chosen: it answered fastest (${Math.round(best.times?.total ?? 0)} ms).`
  const messageZh = `已选择区域 ${region}：响应最快（${Math.round(best.times?.total ?? 0)} ms）。`
  return {
    input: { ...input, values: { ...input.values, region: [region] } },
    findings: [{ id: 'region-auto', level: 'info', message, messageZh }],
  }
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
