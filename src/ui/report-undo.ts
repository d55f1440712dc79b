import type { Host } from '../host/host.ts'
import { reportTextsFor } from './report-texts.ts'

/** The result of an undo: the files that are as they were before the run. */
export function reportUndo(
  undone: {
    readonly run: string | null
    readonly paths: readonly string[]
    readonly dryRun: boolean
    readonly diff: string | undefined
  },
  host: Host,
): string {
  const texts = reportTextsFor(host)
  const { run, paths, dryRun, diff } = undone
  if (run === null) return texts.nothingToUndo
  const title = dryRun ? texts.wouldUndo(run) : texts.undone(run)
  return [...(diff ? [diff] : []), title, ...paths.map((path) => `  ${path}`)].join('\n')
}
