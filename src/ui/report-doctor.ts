import type { ToolData } from '../checks/doctor/tool-data.ts'
import type { SourceData } from '../effect/describe-source.ts'
import { formatWhere } from '../errors.ts'
import type { Finding, Level } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { escapeNewlines, type Message, say, type Texts } from '../texts/message.ts'
import { displayWidth, padEnd, shortenHome, wrapText, wrapWidth } from './render-table.ts'
import { type Style, styleFor } from './style.ts'
import { escapeControls } from './write-text.ts'

interface DoctorReport {
  readonly tools: readonly ToolData[]
  readonly findings: readonly Finding[]
  readonly summary: Readonly<Record<Level, number>>
  /** Titles of the tools that are neither here nor set up. */
  readonly absent: readonly string[]
  /** The names of tools, by their ids. */
  readonly titles?: ReadonlyMap<string, string>
}

interface Page {
  readonly host: Host
  readonly texts: Texts
  readonly style: Style
}

/** What is one tool's, or with no rows what is no tool's alone. */
interface Group {
  readonly title: string
  readonly rows: readonly ToolData[]
  readonly findings: readonly Finding[]
  /** The worst that is said of it, here or of several at once. */
  readonly level: Level
}

const worstFirst: readonly Level[] = ['error', 'failed', 'warning', 'info', 'skipped', 'ok']

/**
 * Each tool that is in use, the worst first, with what is in effect and what is wrong with it; what is no tool's alone; all
 * other tools in one line; the sum.
 */
export function reportDoctor(
  report: DoctorReport,
  host: Host,
): { report: string; verdict: string; next: string[] } {
  const page = { host, texts: host.texts, style: styleFor(host, 'stdout') }
  const { error, warning, failed } = report.summary
  const isRight = error + warning + failed === 0
  const sum = isRight
    ? say('doctor.all-right')
    : say('doctor.summary', { errors: error, warnings: warning, failed })
  const { used, unused } = groupByTool(report)
  const others = sorted(report.findings.filter(({ tool }) => tool === undefined))
  const machine = { title: page.texts['doctor.machine'], rows: [], findings: others, level: worstOf(others) }
  const groups = [...used, ...(others.length > 0 ? [machine] : [])].map((group) => renderGroup(group, page))
  const rest = renderUnused(unused, report.absent, page)
  const errors = report.findings.filter(({ level }) => level === 'error' || level === 'failed')
  return {
    report: [...groups, ...rest, page.style.bold(sum.in(host.texts))].join('\n\n'),
    verdict: [
      sum.in(host.texts),
      ...errors.flatMap((one) => renderFinding(one, titleOf(one, report), page)),
    ].join('\n'),
    next: [],
  }
}

function titleOf({ tool }: Finding, { tools }: DoctorReport): string {
  return tools.find((row) => row.tool === tool)?.title ?? tool ?? ''
}

/** A tool is in use where it is set up, where it uses the gateway, or where something is wrong with it. */
function groupByTool({ tools, findings, titles }: DoctorReport): { used: Group[]; unused: Group[] } {
  const ids = new Set([...tools.map(({ tool }) => tool), ...findings.flatMap(({ tool }) => tool ?? [])])
  const groups = [...ids].map((id) => {
    const rows = tools.filter(({ tool }) => tool === id)
    const own = sorted(findings.filter(({ tool }) => tool === id))
    const shared = sorted(findings.filter(({ tools: ids = [] }) => ids.includes(id)))
    return {
      title: rows[0]?.title ?? titles?.get(id) ?? id,
      rows,
      findings: own,
      level: worstOf([...own, ...shared]),
    }
  })
  const used = groups.filter(isUsed).sort((one, other) => severityRank(one) - severityRank(other))
  return { used, unused: groups.filter((group) => !isUsed(group)) }
}

function isUsed({ rows, level, findings }: Group): boolean {
  // Asked for by name.
  if (findings.some(({ id }) => id === 'not-set-up')) return true
  const isWrong = level !== 'info' && level !== 'ok' && level !== 'skipped'
  return isWrong || rows.some(({ setUp, baseUrl }) => setUp || (baseUrl?.requests ?? null) !== null)
}

function renderUnused(unused: readonly Group[], absent: readonly string[], page: Page): string[] {
  const { texts, style, host } = page
  const titles = unused.map(({ title, rows }) => {
    const url = rows.map(({ baseUrl }) => baseUrl?.value ?? '').find((value) => value !== '')
    return url === undefined ? title : say('doctor.elsewhere', { tool: title, url })
  })
  const parts = [
    ...(titles.length > 0 ? [say('doctor.not-configured', { tools: titles })] : []),
    ...(absent.length > 0 ? [say('doctor.not-here', { tools: absent })] : []),
  ]
  if (parts.length === 0) return []
  const text = escapeControls(say('http.sentences', { sentences: parts }).in(texts))
  return [style.dim(wrapText(text, wrapWidth(host.terminal)).join('\n'))]
}

function sorted(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((one, other) => worstFirst.indexOf(one.level) - worstFirst.indexOf(other.level))
}

function worstOf(findings: readonly Finding[]): Level {
  return worstFirst.find((level) => findings.some((finding) => finding.level === level)) ?? 'ok'
}

function severityRank({ level }: Group): number {
  return worstFirst.indexOf(level)
}

function renderGroup({ title, rows, findings, level }: Group, page: Page): string {
  const { style, texts } = page
  const [first] = rows
  const program = first?.program ?? (first?.installed === false ? texts['doctor.not-installed'] : '')
  const facts = [first?.version ?? '', program].filter(Boolean)
  const head = [
    style.bold(escapeControls(title)),
    ...facts.map((fact) => style.dim(shortenHome(fact, page.host))),
  ].join('  ')
  const settings = rows.filter(({ protocol }) => protocol !== null).flatMap((row) => renderRow(row, page))
  // What is right stands above, with the base URL.
  const shown = findings.filter(({ id }) => id !== 'base-url-right')
  const isFine = level === 'info' || (level === 'skipped' && rows.length > 0)
  const state = isFine ? 'ok' : level
  return [
    `${mark(state, style)} ${head}`,
    ...settings,
    ...shown.flatMap((finding) => renderFinding(finding, title, page)),
  ].join('\n')
}

function renderRow({ baseUrl, key, overridden }: ToolData, page: Page): string[] {
  const { texts, style, host } = page
  const line = (name: string, value: string, source: SourceData | undefined, more = '') => {
    const from = source ? ` ${style.dim(`← ${sourceText(source, host)}`)}` : ''
    const shown = escapeControls(value) || texts['doctor.none']
    return escapeNewlines(`  ${say('doctor.setting', { name, value: shown }).in(texts)}${more}${from}`)
  }
  const requests = baseUrl?.requests
    ? style.dim(say('doctor.requests', { path: baseUrl.requests }).in(texts))
    : ''
  return [
    line(texts['doctor.base-url'], baseUrl?.value ?? '', baseUrl?.source, requests),
    line(texts['doctor.key'], key?.masked ?? '', key?.source),
    ...overridden
      .filter(({ value }) => value !== baseUrl?.value && value !== key?.masked)
      .map(({ value, source }) => style.dim(line(texts['doctor.ignored'], value, shortSource(source)))),
  ]
}

/** A line of a profile is named where it counts; of one that does not, the file is enough. */
function shortSource(source: SourceData): SourceData {
  return source.level === 'profile' ? { ...source, line: null } : source
}

function sourceText({ level, name, file, line }: SourceData, host: Host): string {
  const where =
    file === null ? undefined : shortenHome(formatWhere({ file, ...(line !== null && { line }) }), host)
  if (level === 'environment') return where === undefined ? `$${name}` : `$${name}, ${where}`
  return say('doctor.source', { place: where ?? '', level: levelName(level) }).in(host.texts)
}

const levels = ['managed', 'run', 'local', 'project', 'user', 'system', 'profile'] as const

function levelName(level: string): Message | string {
  const known = levels.find((one) => one === level)
  return known === undefined ? level : say(`doctor.level.${known}`)
}

function renderFinding(finding: Finding, title: string, page: Page): string[] {
  const { level, hint, where, shows, values } = finding
  const { host, style } = page
  const columns = wrapWidth(host.terminal) - 4
  const text = finding.message.in(host.texts).replaceAll(`${host.home}/`, '~/')
  const place = where && shortenHome(formatWhere(where), host)
  const [first = '', ...rest] = wrapText(escapeControls(text), columns)
  return [
    `  ${mark(level, style)} ${first}`,
    ...rest.map((line) => `    ${line}`),
    ...(place === undefined || text.includes(place) ? [] : [style.dim(`    ${escapeControls(place)}`)]),
    ...(shows === undefined ? [] : quoteClient(title, shows, page)),
    ...(values === undefined ? [] : compareValues(values, page)),
    ...(hint === undefined ? [] : [`    ${style.cyan('→')} ${escapeControls(hint.in(host.texts))}`]),
  ]
}

function quoteClient(tool: string, text: string, { host }: Page): string[] {
  const said = escapeControls(say('doctor.shows', { tool, text }).in(host.texts))
  return wrapText(said, wrapWidth(host.terminal) - 4).map((line) => `    ${line}`)
}

function compareValues({ wrong, right }: NonNullable<Finding['values']>, { texts, style }: Page): string[] {
  const names = [texts['doctor.wrong'], texts['doctor.right']]
  const width = Math.max(...names.map(displayWidth))
  const line = (name: string, value: string) => `      ${padEnd(name, width)}  ${value}`
  const [now = '', then = ''] = names
  return [line(now, style.red(escapeControls(wrong))), line(then, style.green(escapeControls(right)))]
}

function mark(level: Level, style: Style): string {
  if (level === 'error') return style.red('✖')
  if (level === 'failed') return style.red('?')
  if (level === 'warning') return style.yellow('!')
  if (level === 'ok') return style.green('✔')
  return level === 'skipped' ? style.dim('-') : style.cyan('i')
}
