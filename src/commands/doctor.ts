import { findUnfinishedRun } from '../apply/find-unfinished-run.ts'
import { stateFolder } from '../apply/state-folder.ts'
import { checkFindings } from '../checks/check-findings.ts'
import { checkGateway } from '../checks/check-gateway.ts'
import { type DiagnosisResult, diagnose } from '../checks/doctor/diagnose.ts'
import { gatewayPlans } from '../checks/doctor/gateway-plans.ts'
import { lintFindings } from '../checks/doctor/lint-findings.ts'
import { problemFinding } from '../checks/doctor/source-problems.ts'
import { driftFindings, folderFindings } from '../checks/doctor/state-findings.ts'
import { toolData } from '../checks/doctor/tool-data.ts'
import { lintFiles } from '../checks/lint/lint-files.ts'
import { type ExitCode, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { inspectSetup } from '../plan/tool-status.ts'
import { type Input, isOn } from '../request/input.ts'
import { maskText } from '../secrets/mask-text.ts'
import { Secret } from '../secrets/secret.ts'
import { checkTextsFor } from '../ui/check-texts.ts'
import { reportDoctor } from '../ui/report-doctor.ts'
import { withProgress } from '../ui/with-progress.ts'
import { checkSettings } from './check-settings.ts'
import { choiceOf } from './choices-of.ts'
import type { CommandContext, Outcome } from './command.ts'
import { createPlanContext } from './plan-context.ts'

/** Everything that is known of the tools on this machine: what they go by, and what is wrong with it. */
export async function runDoctor(input: Input, context: CommandContext): Promise<Outcome> {
  const { host, catalog } = context
  const { ledger, findings: ofState } = await lookAtState(context)
  const result = await diagnose(catalog, host, ledger)
  const linted = await lintFiles({ paths: [], project: false }, catalog, host, ledger)
  const local = [
    ...ofState,
    ...result.findings,
    ...lintFindings(
      linted.problems.map(({ finding }) => finding),
      result.views,
    ),
    ...linted.failures,
  ]
  const asked = isOn(input, 'noCheck') ? [] : await askGateway(result, input, context)
  const nothing = result.views.length === 0 ? [nothingFound] : []
  const findings = [...local, ...asked, ...nothing].map((finding) => hideKeys(finding, result))
  const tools = result.views.flatMap((view) => toolData(view, result.context.profiles))
  return {
    exit: exitOf(local, asked),
    findings: [],
    data: { findings, tools, summary: summarise(findings) },
    ...reportDoctor({ tools, findings, summary: summarise(findings) }, host),
  }
}

const nothingFound: Finding = {
  id: 'nothing-found',
  level: 'skipped',
  message: 'No tool of the list was found here, and none was set up.',
  messageZh: '未发现列表中的工具，也没有进行过设置。',
  hint: 'qcode-setup',
}

/** What this program knows of its own work: drift, a run that was stopped, the folder of backups. */
async function lookAtState(context: CommandContext) {
  const { host, catalog } = context
  const folder = folderFindings(stateFolder(host), host)
  try {
    const planContext = createPlanContext(context, undefined, () => 'stop')
    const { ledger } = planContext
    const drift: Finding[] = []
    for (const setup of ledger.setups) {
      const choice = choiceOf(setup, catalog, host)
      if (choice) drift.push(...driftFindings(await inspectSetup(setup, choice, planContext)))
    }
    return { ledger, findings: [...folder, ...unfinishedRun(context), ...drift] }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const ledger = { version: 1 as const, setups: [], entries: [] }
    return { ledger, findings: [...folder, problemFinding(error)] }
  }
}

function unfinishedRun({ host }: CommandContext): Finding[] {
  const run = findUnfinishedRun(host)
  if (!run) return []
  return [
    {
      id: 'unfinished-run',
      level: 'warning',
      message: `Run ${run.id} (${run.command}) was stopped half-way.`,
      messageZh: `运行 ${run.id}（${run.command}）中途停止。`,
      hint: `qcode-setup undo ${run.id}`,
    },
  ]
}

async function askGateway(
  { views }: DiagnosisResult,
  input: Input,
  { host, catalog }: CommandContext,
): Promise<Finding[]> {
  const settings = checkSettings(input, host)
  const work = gatewayPlans(views, catalog.gateway).map((plan) => checkGateway(plan, settings))
  const checks = await withProgress(host, checkTextsFor(host).progress, Promise.all(work))
  return checks.flatMap(checkFindings)
}

/** No finding names a key; this holds for whatever a file or a client brings up. */
function hideKeys(finding: Finding, { views }: DiagnosisResult): Finding {
  const keys = views
    .flatMap(({ connections }) =>
      connections.flatMap(({ keys: { heads, shadowed } }) => [...heads, ...shadowed]),
    )
    .filter(({ value }) => value.length >= 8)
    .map(({ value }) => new Secret(value))
  const { message, messageZh, hint } = finding
  return {
    ...finding,
    message: maskText(message, keys),
    ...(messageZh !== undefined && { messageZh: maskText(messageZh, keys) }),
    ...(hint !== undefined && { hint: maskText(hint, keys) }),
  }
}

function exitOf(local: readonly Finding[], asked: readonly Finding[]): ExitCode {
  if (local.some(({ level }) => level === 'error')) return 3
  return asked.some(({ level }) => level === 'error') ? 4 : 0
}

function summarise(findings: readonly Finding[]): Record<Finding['level'], number> {
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length
  return {
    ok: count('ok'),
    info: count('info'),
    warning: count('warning'),
    error: count('error'),
    skipped: count('skipped'),
    failed: count('failed'),
  }
}
