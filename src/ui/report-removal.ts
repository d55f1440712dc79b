import type { Host } from '../host/host.ts'
import type { Plan } from '../plan/plan.ts'
import { renderTable } from './render-table.ts'
import { reportTextsFor } from './report-texts.ts'
import { styleFor } from './style.ts'

/** The result of a removal: the files that lost what was ours. */
export function reportRemoval(
  removal: {
    readonly plan: Plan
    readonly run: string | undefined
    readonly diff: string | undefined
    readonly dryRun: boolean
  },
  host: Host,
): { report: string; next: string[] } {
  const texts = reportTextsFor(host)
  const { plan, run, diff, dryRun } = removal
  if (plan.rows.length === 0) return { report: texts.nothingOfOurs, next: [] }
  const rows = plan.rows.map(({ tool, path, action }) => [tool, texts.actions[action], path])
  const head = [texts.tool, texts.result, texts.file]
  const table = renderTable(head, rows, styleFor(host, 'stdout'), host.terminal.columns)
  return {
    report: [...(diff ? [diff] : []), table].join('\n'),
    next: [...(dryRun ? [texts.dryRun] : []), ...(run === undefined ? [] : [texts.undo])],
  }
}
