import type { ToolData } from '../checks/doctor/tool-data.ts'
import type { SourceData } from '../effect/describe-source.ts'
import { formatWhere } from '../errors.ts'
import type { Finding, Level } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { escapeNewlines, textIn } from '../texts/message.ts'
import { shortenHome, wrapText } from './render-table.ts'
import { type Style, styleFor } from './style.ts'
import { escapeControls, messageIn } from './write-text.ts'

interface DoctorReport {
  readonly tools: readonly ToolData[]
  readonly findings: readonly Finding[]
  readonly summary: Readonly<Record<Level, number>>
}

interface Page {
  readonly host: Host
  readonly texts: DoctorTexts
  readonly style: Style
}

/** What is one tool's, or with no rows what is no tool's alone. */
interface Group {
  readonly title: string
  readonly rows: readonly ToolData[]
  readonly findings: readonly Finding[]
}

const worstFirst: readonly Level[] = ['error', 'failed', 'warning', 'info', 'skipped', 'ok']

/** Each tool with what is in effect and what is wrong with it, the worst first; then the sum. */
export function reportDoctor(report: DoctorReport, host: Host): { report: string; next: string[] } {
  const page = { host, texts: doctorTextsFor(host), style: styleFor(host, 'stdout') }
  const { error, warning, failed } = report.summary
  const isRight = error + warning + failed === 0
  const sum = isRight ? page.texts.allRight : page.texts.summary(error, warning, failed)
  const groups = groupByTool(report, page.texts).map((group) => renderGroup(group, page))
  return { report: [...groups, page.style.bold(sum)].join('\n\n'), next: [] }
}

function groupByTool({ tools, findings }: DoctorReport, texts: DoctorTexts): Group[] {
  const ids = new Set([...tools.map(({ tool }) => tool), ...findings.flatMap(({ tool }) => tool ?? [])])
  const ofTools = [...ids].map((id) => {
    const rows = tools.filter(({ tool }) => tool === id)
    return { title: rows[0]?.title ?? id, rows, findings: sorted(findings.filter(({ tool }) => tool === id)) }
  })
  const others = sorted(findings.filter(({ tool }) => tool === undefined))
  const machine = others.length > 0 ? [{ title: texts.machine, rows: [], findings: others }] : []
  return [...ofTools, ...machine].sort((one, other) => severityRank(one) - severityRank(other))
}

function sorted(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((one, other) => worstFirst.indexOf(one.level) - worstFirst.indexOf(other.level))
}

function severityRank({ findings }: Group): number {
  return findings[0] ? worstFirst.indexOf(findings[0].level) : worstFirst.length
}

function renderGroup({ title, rows, findings }: Group, page: Page): string {
  const { style, texts } = page
  const [first] = rows
  const program = first?.program ?? (first?.installed === false ? texts.notFound : '')
  const facts = [first?.version ?? '', program].filter(Boolean)
  const head = [
    style.bold(escapeControls(title)),
    ...facts.map((fact) => style.dim(shortenHome(fact, page.host))),
  ].join('  ')
  const settings = rows.filter(({ protocol }) => protocol !== null).flatMap((row) => renderRow(row, page))
  // What is right stands above, with the base URL.
  const shown = findings.filter(({ id }) => id !== 'base-url-right')
  return [head, ...settings, ...shown.flatMap((finding) => renderFinding(finding, page))].join('\n')
}

function renderRow({ baseUrl, key, overridden }: ToolData, page: Page): string[] {
  const { texts, style, host } = page
  const line = (name: string, value: string, source: SourceData | undefined, more = '') => {
    const from = source ? ` ${style.dim(`← ${sourceText(source, host)}`)}` : ''
    return escapeNewlines(`  ${name}: ${escapeControls(value) || texts.none}${more}${from}`)
  }
  const requests = baseUrl?.requests ? style.dim(` (${texts.requests(baseUrl.requests)})`) : ''
  return [
    line(texts.baseUrl, baseUrl?.value ?? '', baseUrl?.source, requests),
    line(texts.key, key?.masked ?? '', key?.source),
    ...overridden
      .filter(({ value }) => value !== baseUrl?.value && value !== key?.masked)
      .map(({ value, source }) => style.dim(line(texts.shadowed, value, shortSource(source)))),
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
  return `${where} (${level})`
}

function renderFinding(finding: Finding, page: Page): string[] {
  const { level, hint, where } = finding
  const { host, style } = page
  const columns = host.terminal.columns - 4
  const text = messageIn(finding, host.texts).replaceAll(`${host.home}/`, '~/')
  const place = where && shortenHome(formatWhere(where), host)
  const [first = '', ...rest] = wrapText(escapeControls(text), columns)
  return [
    `  ${mark(level, style)} ${first}`,
    ...rest.map((line) => `    ${line}`),
    ...(place === undefined || text.includes(place) ? [] : [style.dim(`    ${escapeControls(place)}`)]),
    ...(hint === undefined ? [] : [`    ${style.cyan('→')} ${escapeControls(textIn(hint, host.texts))}`]),
  ]
}

function mark(level: Level, style: Style): string {
  if (level === 'error') return style.red('✖')
  if (level === 'failed') return style.red('?')
  if (level === 'warning') return style.yellow('!')
  if (level === 'ok') return style.green('✔')
  return level === 'skipped' ? style.dim('-') : style.cyan('i')
}

/** The texts of the report of `doctor`. */
export interface DoctorTexts {
  /** Heading of what is no single tool's. */
  readonly machine: string
  readonly notFound: string
  readonly baseUrl: string
  readonly key: string
  readonly none: string
  readonly requests: (path: string) => string
  readonly shadowed: string
  readonly summary: (errors: number, warnings: number, failed: number) => string
  readonly allRight: string
}

const en: DoctorTexts = {
  machine: 'This machine',
  notFound: 'not found here',
  baseUrl: 'Base URL',
  key: 'Key',
  none: 'none',
  requests: (path) => `requests ${path}`,
  shadowed: 'Not used',
  summary: (errors, warnings, failed) =>
    [
      plural(errors, 'error'),
      plural(warnings, 'warning'),
      ...(failed > 0 ? [`${failed} could not be looked at`] : []),
    ].join(', '),
  allRight: 'Nothing is wrong.',
}

const zhCn: DoctorTexts = {
  machine: '本机',
  notFound: '本机未发现',
  baseUrl: 'Base URL',
  key: '密钥',
  none: '无',
  requests: (path) => `请求 ${path}`,
  shadowed: '未生效',
  summary: (errors, warnings, failed) =>
    [`${errors} 个错误`, `${warnings} 个警告`, ...(failed > 0 ? [`${failed} 项无法检查`] : [])].join('，'),
  allRight: '没有发现问题。',
}

/** In the language of the environment. */
export function doctorTextsFor(host: Pick<Host, 'texts'>): DoctorTexts {
  return host.texts.language === 'zh-CN' ? zhCn : en
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
