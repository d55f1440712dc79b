import { relative } from 'node:path'
import type { LintFinding } from '../checks/lint/lint-problem.ts'
import type { Host } from '../host/host.ts'
import { type LintTexts, lintTextsFor } from './lint-texts.ts'
import { reportTextsFor } from './report-texts.ts'
import { shortenHome } from './shorten-home.ts'
import { type Style, styleFor } from './style.ts'
import { visibleText } from './visible-text.ts'

interface LintReport {
  readonly findings: readonly LintFinding[]
  readonly files: number
  /** How many files could not be read. */
  readonly notRead: number
  /** How many findings `--fix` corrected, or would correct; undefined without it. */
  readonly fixed: number | undefined
  readonly run: string | undefined
  readonly diff: string | undefined
  readonly dryRun: boolean
}

/** The findings for a person: place, rule and reason; what would be requested; what to write instead. */
export function reportLint(report: LintReport, host: Host): { report: string; next: string[] } {
  const texts = lintTextsFor(host)
  const style = styleFor(host, 'stdout')
  const { findings, files, notRead, fixed, run, diff } = report
  const summary = [
    findings.length === 0 ? texts.clean(files) : texts.found(findings.length, files),
    ...(notRead === 0 ? [] : [texts.unread(notRead)]),
  ]
  const shown = byUrl(findings).map((group) => renderUrl(group, texts, style, host))
  return {
    report: [...(diff ? [diff] : []), ...shown, ...summary.map(style.bold)].join('\n'),
    next: [
      ...fixLines(report, texts),
      ...(fixed === undefined || run === undefined ? [] : [reportTextsFor(host).undo]),
    ],
  }
}

/** A file as it is named from the present folder, where it lies below; else with `~` for the home. */
function nameFile(file: string, host: Pick<Host, 'home' | 'cwd'>): string {
  const below = relative(host.cwd, file)
  const isBelow = below !== '' && !below.startsWith('..') && !file.startsWith('$')
  return visibleText(isBelow ? below : shortenHome(file, host))
}

function fixLines({ findings, fixed, dryRun }: LintReport, texts: LintTexts): string[] {
  if (fixed !== undefined) return [dryRun ? texts.wouldFix(fixed) : texts.fixed(fixed)]
  const fixable = findings.filter(({ fix, file }) => fix !== null && !file.startsWith('$')).length
  return fixable === 0 ? [] : [texts.canFix(fixable)]
}

/** One URL with all that is wrong with it. */
function renderUrl(findings: readonly LintFinding[], texts: LintTexts, style: Style, host: Host): string {
  const [{ file, line, column, url, requests, fix, tool }] = findings as [LintFinding]
  const place = style.bold(`${nameFile(file, host)}:${line}:${column}`)
  const reader = tool === null ? '' : ` (${tool.replaceAll(',', ', ')})`
  return [
    ...findings.map(({ rule, severity, message }) => {
      const paint = severity === 'error' ? style.red : style.yellow
      return `${place}  ${paint(rule)}  ${visibleText(message)}`
    }),
    `  ${visibleText(url)}${reader}`,
    ...(requests === null ? [] : [`  ${texts.requests} ${visibleText(requests)}`]),
    ...(fix === null ? [] : [`  ${texts.use} ${style.green(visibleText(fix))}`]),
  ].join('\n')
}

function byUrl(findings: readonly LintFinding[]): LintFinding[][] {
  const groups = new Map<string, LintFinding[]>()
  for (const finding of findings) {
    const place = `${finding.line}:${finding.column}:${finding.file}`
    groups.set(place, [...(groups.get(place) ?? []), finding])
  }
  return [...groups.values()]
}
