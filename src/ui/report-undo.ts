import { writeOutBreaks } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { reportTextsFor } from './report-texts.ts'

/** The result of an undo: what is as it was before the run. */
export function reportUndo(
  undone: {
    readonly run: string | null
    readonly targets: readonly string[]
    readonly dryRun: boolean
    readonly diff: string | undefined
  },
  host: Host,
): string {
  const texts = reportTextsFor(host)
  const { run, targets, dryRun, diff } = undone
  if (run === null) return texts.nothingToUndo
  const title = dryRun ? texts.wouldUndo(run) : texts.undone(run)
  return [...(diff ? [diff] : []), title, ...targets.map((what) => `  ${writeOutBreaks(what)}`)].join('\n')
}
