import { isAbsolute, relative } from 'node:path'
import type { LintFinding } from '../checks/lint/lint-context.ts'
import type { Host } from '../host/host.ts'
import { type Message, say } from '../texts/message.ts'
import { shortenHome } from './render-table.ts'
import { type Style, styleFor } from './style.ts'
import { escapeControls } from './write-text.ts'

/** One URL that `--fix` replaced, as `--json` has it; `file` is an absolute path, `line` and `column` count from 1. */
export interface LintChange {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The URL as it was, a secret in it masked. */
  readonly from: string
  readonly to: string
  /** The rules that it broke. */
  readonly rules: readonly string[]
}

interface LintReport {
  readonly findings: readonly LintFinding[]
  readonly files: number
  /** How many files could not be read. */
  readonly notRead: number
  /** How many findings `--fix` would correct. */
  readonly fixable: number
  /** How many findings `--fix` corrected, or would correct; undefined without it. */
  readonly fixed: number | undefined
  /** What it replaced, or would replace. */
  readonly changes: readonly LintChange[]
  readonly run: string | undefined
  readonly diff: string | undefined
  readonly dryRun: boolean
}

/** The findings for a person: place, rule and reason; what would be requested; what to write instead. */
export function reportLint(
  report: LintReport,
  host: Host,
): { report: string; verdict: string; next: string[] } {
  const { texts } = host
  const style = styleFor(host, 'stdout')
  const { findings, files, notRead, fixed, run, diff } = report
  const summary = [
    findings.length === 0
      ? say('lint.clean', { files })
      : say('lint.found', { problems: findings.length, files }),
    ...(notRead === 0 ? [] : [say('lint.unread', { files: notRead })]),
  ]
  // A dry run names each with what it should be.
  const changed = run === undefined ? [] : report.changes.map((change) => renderChange(change, style, host))
  const shown = byUrl(findings).map((group) => renderUrl(group, style, host))
  return {
    report: [
      ...(diff ? [diff] : []),
      ...changed,
      ...shown,
      ...summary.map((line) => style.bold(line.in(texts))),
    ].join('\n'),
    verdict: [
      ...byUrl(findings.filter(({ severity }) => severity === 'error')).map((group) =>
        renderUrl(group, style, host),
      ),
      ...summary.map((line) => line.in(texts)),
    ].join('\n'),
    next: [
      ...fixLines(report).map((line) => line.in(texts)),
      ...(fixed === undefined || run === undefined ? [] : [texts['report.undo']]),
    ],
  }
}

/** A file as it is named from the present folder, where it lies below; else with `~` for the home. */
function nameFile(file: string, host: Pick<Host, 'home' | 'cwd'>): string {
  const below = relative(host.cwd, file)
  const isBelow = below !== '' && !below.startsWith('..') && isAbsolute(file)
  return escapeControls(isBelow ? below : shortenHome(file, host))
}

function fixLines({ fixable, fixed, dryRun }: LintReport): Message[] {
  if (fixed !== undefined) return [say(dryRun ? 'lint.would-fix' : 'lint.fixed', { problems: fixed })]
  return fixable === 0 ? [] : [say('lint.can-fix', { problems: fixable })]
}

function renderChange({ file, line, from, to }: LintChange, style: Style, host: Host): string {
  const place = style.bold(`${nameFile(file, host)}:${line}`)
  const [before, after] = [from || '""', to].map(escapeControls)
  return `${style.green('✔')} ${place}\n    ${before} → ${style.green(after ?? '')}`
}

/** One URL with all that is wrong with it. */
function renderUrl(findings: readonly LintFinding[], style: Style, host: Host): string {
  const [{ file, line, column, level, url, requests, status, fix, tool }] = findings as [LintFinding]
  const isOthers = level === 'managed' || level === 'system'
  const note = isOthers ? ` ${host.texts[`lint.${level}`]}` : ''
  const place = `${style.bold(`${nameFile(file, host)}:${line}:${column}`)}${note}`
  const readers = say('report.list', { items: tool?.split(',') ?? [] })
  const name = escapeControls(url)
  const read = tool === null ? name : say('report.item', { name, note: readers }).in(host.texts)
  return [
    ...findings.map(({ rule, severity, message }) => {
      const paint = severity === 'error' ? style.red : style.yellow
      return `${place}  ${paint(rule)}  ${escapeControls(message.in(host.texts))}`
    }),
    `  ${read}`,
    ...(requests === null ? [] : [`  ${requestText(requests, status).in(host.texts)}`]),
    ...(fix === null ? [] : [`  ${host.texts['lint.use']} ${style.green(escapeControls(fix))}`]),
  ].join('\n')
}

function requestText(requests: string, status: LintFinding['status']): Message {
  return say(status === 404 ? 'lint.not-found' : 'lint.requests', { path: escapeControls(requests) })
}

function byUrl(findings: readonly LintFinding[]): LintFinding[][] {
  const groups = new Map<string, LintFinding[]>()
  for (const finding of findings) {
    const place = `${finding.line}:${finding.column}:${finding.file}`
    groups.set(place, [...(groups.get(place) ?? []), finding])
  }
  return [...groups.values()]
}
