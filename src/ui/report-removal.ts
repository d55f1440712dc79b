import type { Host } from '../host/host.ts'
import type { Plan } from '../plan/plan.ts'
import { reportTextsFor } from './report-texts.ts'
import { shortenHome } from './shorten-home.ts'

interface RemovalReport {
  readonly plan: Plan
  readonly run: string | undefined
  readonly diff: string | undefined
  readonly dryRun: boolean
}

/** The result of a removal: the files that lost what was ours. */
export function reportRemoval(
  { plan, run, diff, dryRun }: RemovalReport,
  host: Host,
): { report: string; next: string[] } {
  const texts = reportTextsFor(host)
  if (plan.rows.length === 0) return { report: texts.nothingOfOurs, next: [] }
  const files = new Map(plan.rows.map(({ path, action }) => [path, action]))
  const lines = [...files].map(([path, action]) => `  ${shortenHome(path, host)} (${texts.actions[action]})`)
  return {
    report: [...(diff ? [diff] : []), `${texts.files}:`, ...lines].join('\n'),
    next: [...(dryRun ? [texts.dryRun] : []), ...(run === undefined ? [] : [texts.undo])],
  }
}
