import { relative } from 'node:path'
import type { LintFinding } from '../checks/lint/lint-context.ts'
import type { Host } from '../host/host.ts'
import { shortenHome } from './render-table.ts'
import { reportTextsFor } from './report-setup.ts'
import { type Style, styleFor } from './style.ts'
import { escapeControls } from './write-text.ts'

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
  return escapeControls(isBelow ? below : shortenHome(file, host))
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
      return `${place}  ${paint(rule)}  ${escapeControls(message.in(host.texts))}`
    }),
    `  ${escapeControls(url)}${reader}`,
    ...(requests === null ? [] : [`  ${texts.requests} ${escapeControls(requests)}`]),
    ...(fix === null ? [] : [`  ${texts.use} ${style.green(escapeControls(fix))}`]),
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

/** The texts of the result of lint. */
export interface LintTexts {
  readonly requests: string
  readonly use: string
  readonly found: (problems: number, files: number) => string
  readonly clean: (files: number) => string
  readonly unread: (files: number) => string
  readonly fixed: (problems: number) => string
  readonly wouldFix: (problems: number) => string
  readonly canFix: (problems: number) => string
}

const en: LintTexts = {
  requests: 'would request',
  use: 'use',
  found: (problems, files) => `${count(problems, 'problem')} in ${count(files, 'file')} looked at`,
  clean: (files) => `No problem in ${count(files, 'file')} looked at.`,
  unread: (files) => `${count(files, 'file')} ${files === 1 ? 'was' : 'were'} not read.`,
  fixed: (problems) => `${count(problems, 'problem')} corrected.`,
  wouldFix: (problems) =>
    `${count(problems, 'problem')} would be corrected (--dry-run); nothing was written.`,
  canFix: (problems) => `${count(problems, 'problem')} can be corrected: add --fix`,
}

const zhCn: LintTexts = {
  requests: '将会请求',
  use: '应改为',
  found: (problems, files) => `检查了 ${files} 个文件，发现 ${problems} 个问题`,
  clean: (files) => `检查了 ${files} 个文件，没有发现问题。`,
  unread: (files) => `有 ${files} 个文件未读取。`,
  fixed: (problems) => `已修正 ${problems} 个问题。`,
  wouldFix: (problems) => `将修正 ${problems} 个问题（--dry-run），未写入任何内容。`,
  canFix: (problems) => `其中 ${problems} 个可以修正：加上 --fix`,
}

/** In the language of the environment. */
export function lintTextsFor(host: Pick<Host, 'texts'>): LintTexts {
  return host.texts.language === 'zh-CN' ? zhCn : en
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
