import { readLedger } from '../apply/ledger-store.ts'
import { isCorrectable, type LintFinding, type LintProblem } from '../checks/lint/lint-context.ts'
import { type LintResult, lintFiles } from '../checks/lint/lint-files.ts'
import { unreadStores } from '../checks/lint/url-readers.ts'
import type { CommandContext, CommandSpec, Outcome, WritingContext } from '../command.ts'
import type { Finding } from '../finding.ts'
import { urlRules } from '../gateway/url-faults.ts'
import type { Plan } from '../plan/plan.ts'
import { planFixes, type TextFix } from '../plan/plan-fixes.ts'
import { type Input, isOn, textOf } from '../request/request.ts'
import { say } from '../texts/message.ts'
import { type LintChange, reportLint } from '../ui/report-lint.ts'
import { renderGithub, renderSarif } from '../ui/sarif.ts'
import { withProgress } from '../ui/write-text.ts'
import { type Applied, applyChoices, type ChoicesMaker } from './apply-choices.ts'

export const lintCommand: CommandSpec = {
  name: 'lint',
  summary: say('help.lint'),
  positional: { name: 'PATH', required: false, many: true },
  examples: [
    ['qcode-setup lint', say('help.lint.example-1')],
    ['qcode-setup lint --project --format github', say('help.lint.example-2')],
    ['qcode-setup lint --fix .env src', say('help.lint.example-3')],
  ],
  writes: 'files',
  onlyReads: ({ switches }) => !switches.has('fix'),
  network: false,
  run: runLint,
}

/** Finds base URLs for the gateway and judges each by what its client appends; `--fix` corrects those that are certain. */
export async function runLint(input: Input, context: WritingContext): Promise<Outcome> {
  if (!isOn(input, 'fix')) return report(await look(input, context), input, context)
  return applyChoices<Plan>(fixMaker(input, context), context)
}

function fixMaker(input: Input, context: WritingContext): ChoicesMaker<Plan> {
  let first: LintResult
  return {
    command: 'lint',
    input,
    choose: async () => {
      first = await look(input, context)
      const fixes = textFixes(first.problems)
      if (fixes.length === 0) return { ended: report(first, input, context) }
      return { choices: [], findings: [], makePlan: (planContext) => planFixes(fixes, planContext) }
    },
    report: async (applied) => {
      const result = applied.run === undefined ? first : await look(input, context)
      return report(result, input, context, { ...applied, fixed: first.problems.filter(isFixable) })
    },
  }
}

/** What lint tells: of what stands after the fixes, where there were any. */
function report(
  { problems, files, failures, unparsed }: LintResult,
  input: Input,
  context: WritingContext,
  applied?: Applied<Plan> & { readonly fixed: readonly LintProblem[] },
): Outcome {
  const findings = problems.map(({ finding }) => finding)
  const { run, diff } = applied ?? {}
  const corrected = applied?.fixed ?? []
  const fixed = isOn(input, 'fix') ? corrected.length : undefined
  const changes = changesOf(corrected)
  const fixable = findings.filter(isCorrectable).length
  const { dryRun } = context.committer
  const notRead = failures.length
  return {
    exit: findings.length > 0 ? 3 : failures.length > 0 ? 1 : (applied?.exit ?? 0),
    findings: [...(applied?.findings ?? []), ...unparsed, ...failures],
    data: { findings, files, notRead, ...(fixed !== undefined && { fixed, changes, run: run ?? null }) },
    ...reportLint({ findings, fixable, files, notRead, fixed, changes, run, diff, dryRun }, context.host),
    ...formatted(textOf(input, 'reportFormat'), problems, context),
  }
}

async function look(input: Input, { host, catalog }: CommandContext): Promise<LintResult> {
  const request = { paths: input.positionals, project: isOn(input, 'project') }
  const search = lintFiles(request, catalog, host, readLedger(host))
  const result = await withProgress(host, host.texts['progress.search'], search)
  const unread = request.paths.length === 0 ? await unreadStores(catalog.tools, host) : []
  const isNew = (one: Finding) => result.failures.every((other) => other.where?.file !== one.where?.file)
  const unknown = unread.filter((one) => one.level === 'failed' && isNew(one))
  return { ...result, failures: [...result.failures, ...unknown] }
}

/** A URL that breaks several rules is replaced once. */
function textFixes(problems: readonly LintProblem[]): TextFix[] {
  const fixes = problems.filter(isFixable).flatMap(({ finding, span, format }) => {
    if (!span || finding.fix === null) return []
    const { start, end, text } = span
    return { path: finding.file, start, end, from: text, to: finding.fix, ...(format && { format }) }
  })
  return [...new Map(fixes.map((fix) => [`${fix.start} ${fix.path}`, fix])).values()]
}

/** What was replaced, each URL once, in the order of the findings. Secrets in a URL are masked. */
function changesOf(problems: readonly LintProblem[]): LintChange[] {
  const changes = problems.map(({ finding: { file, line, column, url, fix } }) => {
    const rules = problems.filter((other) => isSamePlace(other.finding, { file, line, column }))
    return { file, line, column, from: url, to: fix ?? '', rules: rules.map(({ finding }) => finding.rule) }
  })
  return changes.filter((one, index) => changes.findIndex((other) => isSamePlace(one, other)) === index)
}

type UrlPlace = Pick<LintFinding, 'file' | 'line' | 'column'>

function isSamePlace(one: UrlPlace, other: UrlPlace): boolean {
  return one.file === other.file && one.line === other.line && one.column === other.column
}

function isFixable({ finding, span }: LintProblem): boolean {
  return isCorrectable(finding) && span !== undefined
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
