import type { UndoState } from '../apply/plan-undo.ts'
import { writeOutBreaks } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { renderTable } from './render-table.ts'
import { reportTextsFor } from './report-texts.ts'
import { shortenHome } from './shorten-home.ts'
import { styleFor } from './style.ts'

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

/** The runs of this machine as a table, and below it the files that each changed. */
export function reportRuns(
  runs: readonly {
    readonly id: string
    readonly startedAt: string
    readonly command: string
    readonly state: UndoState
    readonly files: readonly string[]
  }[],
  host: Host,
): string {
  const texts = reportTextsFor(host)
  if (runs.length === 0) return texts.nothingToUndo
  const rows = runs.map(({ id, startedAt, command, state, files }) => [
    id,
    startedAt.replace('T', ' ').replace(/\..*$/, ' UTC'),
    command,
    texts.undoStates[state],
    files.map((file) => shortenHome(file, host)).join(', '),
  ])
  return renderTable([...texts.runs], rows, styleFor(host, 'stdout'), host.terminal.columns)
}
