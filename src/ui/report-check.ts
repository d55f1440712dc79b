import type { GatewayCheck } from '../checks/check-gateway.ts'
import type { Probe } from '../gateway/probe-route.ts'
import type { Times } from '../gateway/probe-verdict.ts'
import type { Host } from '../host/host.ts'
import { escapeNewlines } from '../texts/message.ts'
import { renderTable, wrapText } from './render-table.ts'
import { type Style, styleFor } from './style.ts'

interface CheckReport {
  readonly checks: readonly GatewayCheck[]
  /** The id of the region to take; null when none is right, undefined when none was asked for. */
  readonly recommended: string | null | undefined
}

/** One region in full; of several, a table of their times first. */
export function reportCheck(
  { checks, recommended }: CheckReport,
  host: Host,
): { report: string; next: string[] } {
  const texts = checkTextsFor(host)
  const style = styleFor(host, 'stdout')
  const page = { texts, style, columns: host.terminal.columns }
  const [only] = checks
  const parts =
    checks.length === 1 && only
      ? [renderOne(only, page)]
      : [renderTimes(checks, page), ...renderFaults(checks, page)]
  return {
    report: parts.filter(Boolean).join('\n\n'),
    next: [
      ...(checks.every(({ key }) => key === undefined) ? [texts.noKey] : []),
      ...(recommended === undefined
        ? []
        : [recommended === null ? texts.nothingRecommended : texts.recommended(recommended)]),
    ],
  }
}

interface Page {
  readonly texts: CheckTexts
  readonly style: Style
  readonly columns: number
}

function renderOne(check: GatewayCheck, page: Page): string {
  const { texts, style, columns } = page
  const { origin, routes, key = [], live = [], times } = check
  const [proxy] = routes.flatMap((route) => route.proxy ?? [])
  const rows = [
    ...routes.map((route) => requestRow(route, route.tools.join(', '), page)),
    ...key.map((probe) => requestRow(probe, texts.key, page)),
    ...live.map((probe) => requestRow(probe, texts.roundTrip, page)),
  ]
  const head = [
    `${texts.region}: ${style.bold(nameOf(check, texts))}  ${origin.text}`,
    ...(times ? [texts.times(timeCells(times, texts).join(', '))] : []),
    ...(proxy === undefined ? [] : [texts.through(proxy)]),
  ]
  const table = renderTable([texts.request, texts.tools, texts.reply], rows, style, columns)
  return [head.map(escapeNewlines).join('\n'), table, renderProblems(check, page)]
    .filter(Boolean)
    .join('\n\n')
}

function requestRow(probe: Probe, tools: string, { style }: Page): string[] {
  const paint = { ok: style.green, warning: style.yellow, error: style.red, skipped: style.dim }
  const { status, verdict, level } = probe
  const reply = status === null ? verdict : `${status} ${verdict}`
  return [`POST ${probe.path}`, tools, paint[level](reply)]
}

function timeCells(times: Times, texts: CheckTexts): string[] {
  const steps = ['dns', 'connect', 'tls', 'firstByte', 'total'] as const
  return steps.flatMap((step) =>
    times[step] === null ? [] : [`${texts[step]} ${milliseconds(times[step])}`],
  )
}

function renderTimes(checks: readonly GatewayCheck[], { texts, style, columns }: Page): string {
  const steps = ['dns', 'connect', 'tls', 'firstByte', 'total'] as const
  const rows = checks.map((check) => {
    const probes = [...check.routes, ...(check.key ?? []), ...(check.live ?? [])]
    const right = probes.every(({ level }) => level !== 'error')
    return [
      nameOf(check, texts),
      ...steps.map((step) => milliseconds(check.times?.[step] ?? null)),
      right ? style.green(texts.allRight) : style.red(texts.faults),
    ]
  })
  return renderTable([texts.region, ...steps.map((step) => texts[step]), texts.result], rows, style, columns)
}

function renderFaults(checks: readonly GatewayCheck[], page: Page): string[] {
  return checks.map((check) => {
    const problems = renderProblems(check, page)
    return problems === '' ? '' : `${page.style.bold(nameOf(check, page.texts))}\n${problems}`
  })
}

/** What is not right, each once, with what to do about it. */
function renderProblems({ routes, key = [], live = [] }: GatewayCheck, page: Page): string {
  const { style, columns } = page
  const mark = { warning: style.yellow('!'), error: style.red('✗'), skipped: style.dim('-') }
  const lines = [...routes, ...key, ...live].flatMap(({ level, message, hint }) => {
    if (level === 'ok') return []
    const text = wrapText(escapeNewlines(message), columns - 2).join('\n  ')
    return [
      `${mark[level]} ${text}${hint === undefined ? '' : `\n  ${wrapText(escapeNewlines(`→ ${hint}`), columns - 2).join('\n    ')}`}`,
    ]
  })
  return [...new Set(lines)].join('\n')
}

function nameOf({ origin }: GatewayCheck, texts: CheckTexts): string {
  return origin.isUnencrypted ? `${origin.region} (${texts.unencrypted})` : origin.region
}

function milliseconds(value: number | null): string {
  return value === null ? '' : `${Math.round(value)} ms`
}

/** The texts of the result of a check. */
export interface CheckTexts {
  readonly region: string
  readonly dns: string
  readonly connect: string
  readonly tls: string
  readonly firstByte: string
  readonly total: string
  readonly result: string
  readonly request: string
  readonly reply: string
  readonly tools: string
  readonly allRight: string
  readonly faults: string
  readonly key: string
  readonly roundTrip: string
  readonly noKey: string
  readonly unencrypted: string
  readonly times: (times: string) => string
  readonly through: (proxy: string) => string
  readonly recommended: (region: string) => string
  readonly nothingRecommended: string
  readonly progress: string
}

const en: CheckTexts = {
  region: 'Region',
  dns: 'DNS',
  connect: 'Connect',
  tls: 'TLS',
  firstByte: 'First byte',
  total: 'Total',
  result: 'Result',
  request: 'Request',
  reply: 'Reply',
  tools: 'Tools',
  allRight: 'all right',
  faults: 'see below',
  key: 'key',
  roundTrip: 'round trip',
  noKey: 'No key was tested: give --key-file, or set QCODE_API_KEY.',
  unencrypted: 'plain HTTP',
  times: (times) => `Times: ${times}`,
  through: (proxy) => `Through the proxy ${proxy}`,
  recommended: (region) =>
    `Recommended: ${region}. To move what is set up there: qcode-setup switch ${region}`,
  nothingRecommended: 'No region with TLS answers as it should, so none is recommended.',
  progress: 'Waiting for the gateway …',
}

const zhCn: CheckTexts = {
  region: '区域',
  dns: 'DNS',
  connect: '连接',
  tls: 'TLS',
  firstByte: '首字节',
  total: '总计',
  result: '结果',
  request: '请求',
  reply: '回复',
  tools: '工具',
  allRight: '全部正常',
  faults: '见下文',
  key: '密钥',
  roundTrip: '实际请求',
  noKey: '未检查密钥：请提供 --key-file，或设置 QCODE_API_KEY。',
  unencrypted: '明文 HTTP',
  times: (times) => `耗时：${times}`,
  through: (proxy) => `经由代理 ${proxy}`,
  recommended: (region) => `推荐：${region}。切换已有设置：qcode-setup switch ${region}`,
  nothingRecommended: '没有带 TLS 的区域正常响应，因此不作推荐。',
  progress: '正在等待网关 …',
}

/** In the language of the environment. */
export function checkTextsFor(host: Pick<Host, 'texts'>): CheckTexts {
  return host.texts.language === 'zh-CN' ? zhCn : en
}
