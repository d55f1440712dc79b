import { isOnDiskWithoutModes } from '../apply/journal.ts'
import { checkFindings } from '../checks/check-findings.ts'
import { type CheckSettings, checkGateway } from '../checks/check-gateway.ts'
import { diagnose } from '../checks/doctor/diagnose.ts'
import { countLevels, finishFindings } from '../checks/doctor/finish-findings.ts'
import { gatewayPlans } from '../checks/doctor/gateway-plans.ts'
import { lintFindings } from '../checks/doctor/lint-findings.ts'
import { toolData } from '../checks/doctor/tool-data.ts'
import { lintFiles } from '../checks/lint/lint-files.ts'
import type { ToolView } from '../effect/tool-view.ts'
import type { ExitCode } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { type Input, isOn } from '../request/input.ts'
import { checkTextsFor } from '../ui/check-texts.ts'
import { reportDoctor } from '../ui/report-doctor.ts'
import { withProgress } from '../ui/with-progress.ts'
import { checkSettings } from './check-settings.ts'
import type { CommandContext, Outcome } from './command.ts'
import { deepFindings } from './doctor-deep.ts'
import { plainHttpWarnings } from './doctor-plain-http.ts'
import { lookAtOwnState } from './doctor-state.ts'

/** Everything that is known of the tools on this machine: what they go by, and what is wrong with it. */
export async function runDoctor(input: Input, context: CommandContext): Promise<Outcome> {
  const { host, catalog } = context
  const state = await lookAtOwnState(context)
  const {
    views,
    findings: found,
    profiles,
    effect,
  } = await diagnose(catalog, host, state.ledger, (path) => isOnDiskWithoutModes(host, path))
  const lint = await lintFiles({ paths: [], project: false }, catalog, host, state.ledger)
  const deep = isOn(input, 'deep') ? await deepFindings(views, effect, context) : []
  const local = [
    ...found,
    ...deep,
    ...state.findings,
    ...lintFindings(lint.problems, views),
    ...lint.failures,
  ]
  const settings = isOn(input, 'noCheck') ? undefined : checkSettings(input, host)
  const work = Promise.all([
    settings ? askGateway(views, settings, context) : [],
    plainHttpWarnings(views, profiles, settings, context),
  ])
  const [asked, plainHttp] = await withProgress(host, checkTextsFor(host).progress, work)
  const nothing = views.length === 0 ? [nothingFound] : []
  const findings = finishFindings(
    [...local, ...plainHttp.filter((finding) => !isTold(finding, local)), ...asked, ...nothing],
    views,
  )
  const tools = views.flatMap((view) => toolData(view, profiles))
  const summary = countLevels(findings)
  return {
    exit: exitOf(local, asked),
    findings: [],
    data: { findings, tools, summary },
    ...reportDoctor({ tools, findings, summary }, host),
  }
}

/** A state that is not to be read is met once by each who looks into it. */
function isTold({ message }: Finding, findings: readonly Finding[]): boolean {
  return findings.some((other) => other.message === message)
}

const nothingFound: Finding = {
  id: 'nothing-found',
  level: 'skipped',
  message: 'No tool of the list was found here, and none was set up.',
  messageZh: '未发现列表中的工具，也没有进行过设置。',
  hint: 'qcode-setup',
}

/** Asks each origin that a client goes by for the paths that the client requests. */
async function askGateway(
  views: readonly ToolView[],
  settings: CheckSettings,
  { catalog }: CommandContext,
): Promise<Finding[]> {
  const plans = gatewayPlans(views, catalog.gateway)
  const checks = await Promise.all(plans.map((plan) => checkGateway(plan, settings)))
  return checks.flatMap(checkFindings)
}

/** 4 says that the gateway alone is at fault. */
function exitOf(local: readonly Finding[], asked: readonly Finding[]): ExitCode {
  if (local.some(({ level }) => level === 'error')) return 3
  return asked.some(({ level }) => level === 'error') ? 4 : 0
}
