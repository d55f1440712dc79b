import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import type { Plan } from '../plan/plan.ts'
import { renderKeychain } from './render-keychain.ts'
import { renderPlan } from './render-plan.ts'
import { reportTextsFor } from './report-texts.ts'

interface SetupReport {
  readonly plan: Plan
  readonly run: string | undefined
  readonly diff: string | undefined
  /** What is wrong with what the clients will do. */
  readonly effect?: readonly Finding[]
  readonly dryRun: boolean
  /** The command line that does the same without questions, where questions were asked. */
  readonly sameCommand?: string
}

/** The result of a setup or a switch: the files as a table, and what to type next. */
export function reportSetup(
  { plan, run, diff, effect = [], dryRun, sameCommand }: SetupReport,
  host: Host,
): { report: string; next: string[] } {
  const texts = reportTextsFor(host)
  if (plan.rows.length === 0) return { report: texts.nothingSetUp, next: [] }
  const variables = plan.rows.some(({ format, action }) => format.endsWith('-env') && action !== 'unchanged')
  return {
    report: [...(diff ? [diff] : []), renderPlan(plan.rows, host), ...renderKeychain(plan, host)].join('\n'),
    next: [
      ...(dryRun ? [texts.dryRun] : plan.edits.length === 0 && !plan.keychain ? [texts.alreadyRight] : []),
      // Where a new shell does not come to them, or something else wins there, the findings tell.
      ...(variables && run && effect.length === 0 ? [texts.newShell] : []),
      ...(sameCommand === undefined ? [] : [texts.sameCommand(sameCommand)]),
      ...(run === undefined ? [] : [texts.undo]),
    ],
  }
}
