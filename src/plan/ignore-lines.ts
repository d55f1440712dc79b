import { dirname } from 'node:path'
import type { LedgerEntry } from '../ledger.ts'
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
    within: dirname(gitignore),
    hides,
  }
}

/** The lines that hide files in which nothing of ours is left, where a value of ours goes now or nobody wants the line. */
export function linesToDrop(
  entries: readonly LedgerEntry[],
  gone: readonly LedgerEntry[],
  keptFiles: ReadonlySet<string>,
): LedgerEntry[] {
  const left = new Set(entries.filter((entry) => !gone.includes(entry)).map(({ path }) => path))
  const emptied = new Set(gone.map(({ path }) => path))
  return entries.filter(
    ({ hides, setups }) =>
      hides !== undefined &&
      !keptFiles.has(hides) &&
      !left.has(hides) &&
      (emptied.has(hides) || setups.length === 0),
  )
}
