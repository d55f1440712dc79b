import { readLedger } from '../apply/ledger-store.ts'
import { type LintResult, lintFiles } from '../checks/lint/lint-files.ts'
import type { LintProblem } from '../checks/lint/lint-problem.ts'
import { urlRules } from '../gateway/url-rules.ts'
import { planFixes, type TextFix } from '../plan/plan-fixes.ts'
import { type Input, isOn, textOf } from '../request/input.ts'
import { renderGithub } from '../ui/github-annotations.ts'
import { reportLint } from '../ui/report-lint.ts'
import { renderSarif } from '../ui/sarif.ts'
import type { CommandContext, Outcome } from './command.ts'
import { recoverFirst } from './recover-first.ts'
import { type Written, writePlan } from './write-plan.ts'

/** Finds base URLs for the gateway and judges each by what its client appends; `--fix` corrects those that are certain. */
export async function runLint(input: Input, context: CommandContext): Promise<Outcome> {
  const { host } = context
  const fixes = isOn(input, 'fix')
  const dryRun = isOn(input, 'dryRun')
  const recovered = fixes && !dryRun ? await recoverFirst(input, host) : []
  const first = await look(input, context)
  const planned = fixes ? textFixes(first.problems) : []
  const written = planned.length > 0 ? await applyFixes(planned, input, context) : undefined
  const result = written?.run === undefined ? first : await look(input, context)
  const findings = result.problems.map(({ finding }) => finding)
  const fixed = first.problems.filter(isFixable).length
  const report = {
    findings,
    files: result.files,
    fixed: fixes ? fixed : undefined,
    run: written?.run,
    diff: written?.diff,
    dryRun,
  }
  return {
    exit: findings.length > 0 ? 3 : result.failures.length > 0 ? 1 : 0,
    findings: [...recovered, ...(written?.plan.findings ?? []), ...result.failures],
    data: { findings, files: result.files, ...(fixes && { fixed, run: written?.run ?? null }) },
    ...reportLint(report, host),
    ...formatted(textOf(input, 'reportFormat'), result.problems, context),
  }
}

function look(input: Input, { host, catalog }: CommandContext): Promise<LintResult> {
  const request = { paths: input.positionals, project: isOn(input, 'project') }
  return lintFiles(request, catalog, host, readLedger(host))
}

function applyFixes(fixes: readonly TextFix[], input: Input, context: CommandContext): Promise<Written> {
  return writePlan(
    { command: 'lint', input, makePlan: (planContext) => planFixes(fixes, planContext) },
    context,
  )
}

/** A URL that breaks several rules is replaced once. */
function textFixes(problems: readonly LintProblem[]): TextFix[] {
  const fixes = problems.filter(isFixable).flatMap(({ finding, span }) => {
    if (!span || finding.fix === null) return []
    const { start, end, text } = span
    return { path: finding.file, start, end, from: text, to: finding.fix }
  })
  return [...new Map(fixes.map((fix) => [`${fix.start} ${fix.path}`, fix])).values()]
}

function isFixable({ finding, span }: LintProblem): boolean {
  return finding.fix !== null && span !== undefined
}

/** A report for a machine takes the place of the one for a person. */
function formatted(
  format: string | undefined,
  problems: readonly LintProblem[],
  { host }: CommandContext,
): Partial<Pick<Outcome, 'report' | 'next'>> {
  if (format === 'sarif') return { report: renderSarif(problems, urlRules, host), next: [] }
  if (format !== 'github') return {}
  const findings = problems.map(({ finding }) => finding)
  return { report: renderGithub(findings, host), next: [] }
}
