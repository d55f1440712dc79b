import { checkData } from '../checks/check-data.ts'
import { checkFindings } from '../checks/check-findings.ts'
import { checkGateway, type GatewayCheck, isRight } from '../checks/check-gateway.ts'
import { keyRoutes, mergeRoutes, toolRoutes } from '../checks/check-routes.ts'
import type { ExitCode } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Origin } from '../gateway/origin.ts'
import { type Input, isOn } from '../request/input.ts'
import type { ToolChoice } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import { checkTextsFor } from '../ui/check-texts.ts'
import { withProgress } from '../ui/with-progress.ts'
import { checkSettings } from './check-settings.ts'
import type { CommandContext, Outcome } from './command.ts'
import { isInteractive } from './is-interactive.ts'
import { acceptsOrigin } from './plain-http.ts'
import { runUndo } from './undo.ts'

/** What was set up. All choices are for one origin: the only one that is asked, and the only one that gets the key. */
export interface SetUp {
  readonly choices: readonly ToolChoice[]
  readonly key?: Secret
  /** The run that wrote it, when something changed. */
  readonly run: string | undefined
}

interface AfterCheck {
  /** 4 when the gateway answered wrongly or not at all. The files stay as they were written. */
  readonly exit: ExitCode
  readonly findings: readonly Finding[]
  /** For JSON; null when nothing was checked. */
  readonly data: Readonly<Record<string, unknown>> | null
  /** The region to take instead, where the user asked for that; the run was taken back. */
  readonly region?: string
  /** What taking the run back came to, where the user asked for no more than that. */
  readonly undone?: Outcome
}

const notChecked: AfterCheck = { exit: 0, findings: [], data: null }

/** The check at the end of a setup or a switch: the paths of these tools, and the key for no tokens. */
export async function checkAfter(setUp: SetUp, input: Input, context: CommandContext): Promise<AfterCheck> {
  const origin = setUp.choices[0]?.origin
  if (isOn(input, 'noCheck') || isOn(input, 'dryRun') || !origin) return notChecked
  const { host } = context
  const work = checkSetUp(setUp, origin, input, context)
  const check = await withProgress(host, checkTextsFor(host).progress, work)
  const findings = checkFindings(check)
  const data = checkData(check)
  if (isRight(check)) return { ...notChecked, findings, data }
  if (!isInteractive(input, host)) {
    return { ...notChecked, exit: 4, findings: [...findings, whatNow(setUp.run)], data }
  }
  return { exit: 4, findings: [], data, ...(await askWhatNow(findings, setUp.run, input, context)) }
}

/** Before another region is set up the run is taken back, so that one undo is enough and a cancelled plan leaves nothing. */
async function askWhatNow(
  problems: readonly Finding[],
  run: string | undefined,
  input: Input,
  context: CommandContext,
): Promise<Pick<AfterCheck, 'region' | 'undone'>> {
  const { askAfterFailedCheck } = await import('../wizard/ask-after-failed-check.ts')
  const accepts = (origin: Origin) => acceptsOrigin(origin, input, context)
  const answer = await askAfterFailedCheck(problems, run !== undefined, context, accepts)
  if (answer.kind === 'keep') return {}
  const undone = run === undefined ? undefined : await takeBack(run, context)
  if (answer.kind === 'region') return { region: answer.region }
  return undone ? { undone } : {}
}

/** The exit code stays that of the failure. */
async function takeBack(run: string, context: CommandContext): Promise<Outcome> {
  const undone = await runUndo({ values: {}, switches: new Set(['yes']), positionals: [run] }, context)
  return { ...undone, exit: 4 }
}

/** The input with the region of an answer in place of what was given. */
export function inRegion({ values, ...input }: Input, region: string): Input {
  const { gateway: _, ...others } = values
  return { ...input, values: { ...others, region: [region] } }
}

/** Asks the gateway for the paths of these tools, and whether the key works. */
export function checkSetUp(
  { choices, key }: Pick<SetUp, 'choices' | 'key'>,
  origin: Origin,
  input: Input,
  { host, catalog: { gateway } }: CommandContext,
): Promise<GatewayCheck> {
  const routes = mergeRoutes(toolRoutes(choices, gateway))
  const protocols = routes.map(({ protocol }) => protocol)
  return checkGateway(
    {
      origin,
      routes,
      ...(key && { key: { secret: key, routes: keyRoutes(protocols, gateway) } }),
    },
    checkSettings(input, host),
  )
}

function whatNow(run: string | undefined): Finding {
  return {
    id: 'check-failed',
    level: 'warning',
    message: 'The settings stay as they were written.',
    messageZh: '设置保持已写入的状态。',
    hint: `${run === undefined ? '' : 'To take them back: qcode-setup undo. '}For another region: qcode-setup switch REGION; to compare them: qcode-setup check --all`,
  }
}
