import type { Host } from '../host/host.ts'
import type { Plan } from '../plan/plan.ts'
import type { ToolChoice } from '../request/request.ts'
import { renderTable } from './render-table.ts'
import { reportTextsFor } from './report-texts.ts'
import { styleFor } from './style.ts'

export interface SetupReport {
  readonly plan: Plan
  readonly run: string | undefined
  readonly diff: string | undefined
  readonly choices: readonly ToolChoice[]
  readonly dryRun: boolean
  /** The command line that does the same without questions, where questions were asked. */
  readonly sameCommand?: string
}

/** The result of a setup or a switch: the files as a table, and what to type next. */
export function reportSetup(
  { plan, run, diff, choices, dryRun, sameCommand }: SetupReport,
  host: Host,
): { report: string; next: string[] } {
  const texts = reportTextsFor(host)
  const rows = plan.rows.map(({ tool, path, action, baseUrl }) => [
    tool,
    texts.actions[action],
    path,
    baseUrl,
  ])
  const head = [texts.tool, texts.result, texts.file, texts.baseUrl]
  const table = renderTable(head, rows, styleFor(host, 'stdout'), host.terminal.columns)
  const profiles = plan.edits
    .filter(({ path }) => plan.rows.some((row) => row.path === path))
    .map(({ path }) => path)
  const profile = choices.some(({ shell }) => shell) ? profiles.at(-1) : undefined
  return {
    report: [...(diff ? [diff] : []), table].join('\n'),
    next: [
      ...(dryRun ? [texts.dryRun] : plan.edits.length === 0 ? [texts.alreadyRight] : []),
      ...(profile && run ? [texts.newShell(profile)] : []),
      ...(sameCommand === undefined ? [] : [texts.sameCommand(sameCommand)]),
      ...(run === undefined ? [] : [texts.undo]),
    ],
  }
}
