import { createLintContext, type LintProblem } from '../../../src/checks/lint/lint-context.ts'
import { lintText } from '../../../src/checks/lint/lint-text.ts'
import type { Ledger, Setup } from '../../../src/ledger.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestHost } from '../../support/test-host.ts'

export const lintHost = createTestHost('/HOME')

export function ledgerOf(...setups: readonly Setup[]): Ledger {
  return { version: 2, setups, entries: [], files: [], folders: [] }
}

/** The problems of a text as if it stood at a path. */
export function lintAt(path: string, text: string, ledger = ledgerOf()): Promise<LintProblem[]> {
  return lintText(path, text, createLintContext(testCatalog, lintHost, ledger))
}

/** Each problem as `line:column rule`. */
export async function placesAt(path: string, text: string, ledger = ledgerOf()): Promise<string[]> {
  const problems = await lintAt(path, text, ledger)
  return problems.map(({ finding }) => `${finding.line}:${finding.column} ${finding.rule}`)
}

/** The text with every fix in its place. */
export function corrected(text: string, problems: readonly LintProblem[]): string {
  const fixes = new Map(problems.map(({ finding, span }) => [span?.start ?? 0, { fix: finding.fix, span }]))
  return [...fixes]
    .sort(([one], [other]) => other - one)
    .reduce((now, [start, { fix, span }]) => now.slice(0, start) + fix + now.slice(span?.end), text)
}
