import type { LedgerEntry } from './ledger.ts'
import type { KeyIgnore } from './plan-work.ts'
import type { WantedTarget } from './wanted.ts'

/** A line of a `.gitignore` as a value that a plan wants. */
export function ignoreTarget({ tool, gitignore, pattern, hides }: KeyIgnore): WantedTarget {
  return {
    tool,
    path: gitignore,
    format: 'gitignore',
    leaves: [{ keyPath: [pattern], value: true }],
    guard: [],
    stamps: [],
    baseUrl: '',
    hides,
  }
}

/** What of a plan decides on lines that earlier runs wrote. */
export interface Leaving {
  /** Values that the plan takes out. */
  readonly gone: readonly LedgerEntry[]
  /** Ids of the tools of which nothing is left at other places. */
  readonly tools: ReadonlySet<string>
  /** Files in which the plan wants or keeps values. */
  readonly keptFiles: ReadonlySet<string>
}

/** The lines that hide a file in which nothing of ours is left after the plan. */
export function linesToDrop(
  entries: readonly LedgerEntry[],
  { gone, tools, keptFiles }: Leaving,
): LedgerEntry[] {
  const left = new Set(entries.filter((entry) => !gone.includes(entry)).map(({ path }) => path))
  const emptied = new Set(gone.map(({ path }) => path))
  return entries.filter(
    ({ hides, tool }) =>
      hides !== undefined &&
      !keptFiles.has(hides) &&
      !left.has(hides) &&
      (emptied.has(hides) || tools.has(tool)),
  )
}
