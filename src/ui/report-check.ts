import type { GatewayCheck } from '../checks/check-gateway.ts'
import type { Probe } from '../gateway/probe-route.ts'
import type { Times } from '../gateway/probe-verdict.ts'
import type { Host } from '../host/host.ts'
import { asMessage, type Message, say, type Texts } from '../texts/message.ts'
import { renderTable, wrapText, wrapWidth } from './render-table.ts'
import { type Style, styleFor } from './style.ts'

interface CheckReport {
  readonly checks: readonly GatewayCheck[]
  /** The id of the region to take; null when none is right, undefined when none was asked for. */
  readonly recommended: string | null | undefined
  /** Whether tools are set up that nobody has looked at yet. */
  readonly asksTools?: boolean
  /** The names of tools, by their ids. */
  readonly titles?: ReadonlyMap<string, string>
  /** `set-up`: the key that stands in the tools' files was tried; `given`: another one. */
  readonly keySource?: 'given' | 'set-up'
}

/** The verdict; then one region in full, or of several a table of their times. */
export function reportCheck(
  { checks, recommended, asksTools = false, titles = new Map(), keySource = 'given' }: CheckReport,
  host: Host,
): { report: string; verdict: string; next: string[] } {
  const { texts } = host
  const style = styleFor(host, 'stdout')
  const { columns } = host.terminal
  const page = { texts, style, titles, keySource, columns, wrapAt: wrapWidth(host.terminal) }
  const [only] = checks
  const verdict = renderVerdict(checks, page)
  const isOne = checks.length === 1 && only !== undefined
  const faults = isOne ? [] : renderFaults(checks, page).filter(Boolean)
  const parts = [isOne ? renderOne(only, page) : renderTimes(checks, page), ...faults]
  return {
    report: [verdict, ...parts].join('\n\n'),
    verdict: [verdict, ...faults].join('\n'),
    next: [
      ...(checks.every(({ key }) => key === undefined) ? [texts['check.no-key']] : []),
      ...(asksTools ? [texts['check.tools-next']] : []),
      ...(recommended === undefined ? [] : [nextRegion(recommended, checks).in(texts)]),
    ],
  }
}

function renderOne(check: GatewayCheck, page: Page): string {
  const { texts, style, columns } = page
  const { origin, routes, key = [], live = [], times } = check
  const [proxy] = routes.flatMap((route) => route.proxy ?? [])
  const rows = [
    ...routes.map((route) => {
      const items = route.tools.map((id) => page.titles.get(id) ?? id)
      return requestRow(route, say('report.list', { items }).in(texts), page)
    }),
    ...key.map((probe) => {
      const whose = probe.tools && say('check.key.of', { tools: probe.tools }).in(texts)
      return requestRow(probe, whose ?? texts['check.key'], page)
    }),
    ...live.map((probe) => requestRow(probe, texts['check.live'], page)),
  ]
  const head = [
    say('check.head', { region: nameOf(check, [check]).map(style.bold), origin: origin.text }),
    ...(times ? [say('check.times', { times: timeCells(times, texts) })] : []),
    ...(proxy === undefined ? [] : [say('check.through', { proxy })]),
  ]
  const titles = [texts['check.request'], texts['check.tools'], texts['check.reply']]
  const table = renderTable(titles, rows, style, columns)
  const lines = head.map((line) => wrapText(line.in(texts), page.wrapAt).join('\n  '))
  return [lines.join('\n'), table, renderProblems(check, page, true)].filter(Boolean).join('\n\n')
}

function requestRow(probe: Probe, tools: string, { style, texts }: Page): string[] {
  const paint = { ok: style.green, warning: style.yellow, error: style.red, skipped: style.dim }
  const { status, verdict, level } = probe
  const words = say(`verdict.${verdict}`)
  const reply = status === null ? words : say('check.status', { words, status })
  return [`POST ${probe.path}`, tools, paint[level](reply.in(texts))]
}

const steps: readonly (keyof Times)[] = ['dns', 'connect', 'tls', 'firstByte', 'total']

function timeCells(times: Times, texts: Texts): string[] {
  return steps.flatMap((step) =>
    times[step] === null ? [] : [`${texts[`check.${step}`]} ${milliseconds(times[step])}`],
  )
}

/** One row a region; where the screen is too narrow for every step, with the whole time alone. */
function renderTimes(checks: readonly GatewayCheck[], { texts, style, columns }: Page): string {
  const draw = (shown: typeof steps) => {
    const rows = checks.map((check) => {
      const probes = [...check.routes, ...(check.key ?? []), ...(check.live ?? [])]
      const right = probes.every(({ level }) => level !== 'error')
      return [
        nameOf(check, checks).in(texts),
        ...shown.map((step) => milliseconds(check.times?.[step] ?? null)),
        right ? style.green(texts['check.ok']) : style.red(texts['check.faults']),
      ]
    })
    const head = [
      texts['check.region'],
      ...shown.map((step) => texts[`check.${step}`]),
      texts['check.result'],
    ]
    return renderTable(head, rows, style, columns)
  }
  const table = draw(steps)
  return table.split('\n').length > checks.length + 1 ? draw(steps.slice(-1)) : table
}

function renderFaults(checks: readonly GatewayCheck[], page: Page): string[] {
  return checks.map((check) => {
    const problems = renderProblems(check, page)
    return problems === '' ? '' : `${page.style.bold(nameOf(check, checks).in(page.texts))}\n${problems}`
  })
}

/** What is not right, each once, with what to do about it. */
function renderProblems(check: GatewayCheck, page: Page, isSaid = false): string {
  const { style, wrapAt, texts } = page
  const mark = { warning: style.yellow('!'), error: style.red('✗'), skipped: style.dim('-') }
  const probes = probesOf(check)
  const said = isSaid ? String(probes.find(({ level }) => level === 'error')?.message) : undefined
  const lines = probes.flatMap((probe) => {
    const { level, message } = probe
    if (level === 'ok' || String(message) === said) return []
    const hint = wayOut(probe, page)
    const text = wrapText(message.in(texts), wrapAt - 2).join('\n  ')
    const advice = hint === undefined ? [] : [wrapText(`→ ${hint.in(texts)}`, wrapAt - 2).join('\n    ')]
    return [[`${mark[level]} ${text}`, ...advice].join('\n  ')]
  })
  return [...new Set(lines)].join('\n')
}

function nextRegion(id: string | null, checks: readonly GatewayCheck[]): Message {
  if (id === null) return say('check.none-recommended')
  const region = checks.find(({ origin }) => origin.region === id)?.origin.title ?? id
  return say('check.recommended', { region, id })
}

function milliseconds(value: number | null): string {
  return value === null ? '' : `${Math.round(value)} ms`
}

/** How a check is shown. */
interface Page {
  readonly texts: Texts
  readonly style: Style
  readonly columns: number
  readonly wrapAt: number
  readonly titles: ReadonlyMap<string, string>
  /** `set-up`: the key that stands in the tools' files was tried; `given`: another one. */
  readonly keySource: 'given' | 'set-up'
}

/** A region as people know it, with the id that is typed for it. */
/** Among others a gateway of the user's own is known by its address: there may be two. */
function nameOf({ origin }: GatewayCheck, among: readonly GatewayCheck[]): Message {
  const { region: id, text } = origin
  const title = id === 'custom' && among.length > 1 ? text : origin.title
  return say(origin.isUnencrypted ? 'check.name.unencrypted' : 'check.name', { title, id })
}

/** Every probe of a check, in the order in which they were made. */
function probesOf({ routes, key = [], live = [] }: GatewayCheck): NonNullable<GatewayCheck['key']> {
  return [...routes, ...key, ...live]
}

/** What to do about a fault; the key that tools have is replaced by a command. */
function wayOut(probe: ReturnType<typeof probesOf>[number], { keySource }: Page): Message | undefined {
  const { level, verdict, hint, tools } = probe
  const isSetUpKey = (keySource === 'set-up' || tools) && level === 'error' && verdict.startsWith('key-')
  return isSetUpKey ? asMessage('qcode-setup key rotate') : hint
}

/** Whether it works, in one sentence, and what to do where it does not. */
function renderVerdict(checks: readonly GatewayCheck[], page: Page): string {
  const { texts, style, wrapAt } = page
  const wrong = checks.filter((check) => probesOf(check).some(({ level }) => level === 'error'))
  const line = (mark: string, text: Message) => `${mark} ${wrapText(text.in(texts), wrapAt - 2).join('\n  ')}`
  const [first] = wrong
  if (!first) {
    const tested = checks.some(({ key }) => key?.some(({ verdict }) => verdict === 'key-accepted'))
    const one = say(tested ? 'check.works.key' : 'check.works')
    const all = say(tested ? 'check.all-work.key' : 'check.all-work', { regions: checks.length })
    return line(style.green('✔'), checks.length === 1 ? one : all)
  }
  const regions = wrong.map((check) => nameOf(check, checks))
  if (checks.length > 1) return line(style.red('✗'), say('check.some-fail', { regions }))
  const fault = probesOf(first).find(({ level }) => level === 'error')
  const way = fault && wayOut(fault, page)
  const hint = way === undefined ? '' : `\n  ${wrapText(`→ ${way.in(texts)}`, wrapAt - 2).join('\n    ')}`
  return line(style.red('✗'), say('check.not-working', { fault: fault?.message ?? '' })) + hint
}
