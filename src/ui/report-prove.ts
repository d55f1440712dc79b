import type { ProofRequest, ProofVerdict } from '../checks/prove-client.ts'
import type { Host } from '../host/host.ts'
import { type Message, say, textIn } from '../texts/message.ts'
import { renderTable } from './render-table.ts'
import { styleFor } from './style.ts'
import { escapeControls } from './write-text.ts'

/** One client that was run, or that is not here. */
export interface ProofRow {
  readonly tool: string
  readonly client: string
  readonly version: string | null
  readonly variant: string
  /** The base URL that it was given, with the gateway's origin on loopback; null where it was not run. */
  readonly baseUrl: string | null
  readonly verdict: ProofVerdict
  readonly requests: readonly ProofRequest[]
  readonly replySeen: boolean
  readonly reason?: Message | string
}

interface Texts {
  readonly head: readonly string[]
  readonly verdicts: Readonly<Record<ProofVerdict, string>>
  readonly allProven: string
}

const en: Texts = {
  head: ['Client', 'Request', 'Key', 'Result'],
  verdicts: {
    proven: 'proven',
    wrong: 'WRONG',
    'no-request': 'made no request',
    'no-reply': 'showed no reply',
    skipped: 'skipped',
  },
  allProven:
    'Every client that was run got its reply. Copies of your settings were used; your own files were not changed.',
}

const zhCn: Texts = {
  head: ['客户端', '请求', '密钥', '结果'],
  verdicts: {
    proven: '已证明',
    wrong: '错误',
    'no-request': '未发出请求',
    'no-reply': '未显示回复',
    skipped: '已跳过',
  },
  allProven: '运行过的每个客户端都得到了回复。使用的是您设置的副本，您自己的文件未被更改。',
}

/** A row a client and request; then why it is not proven, where it is not. */
export function reportProve(rows: readonly ProofRow[], host: Host): { report: string; next: string[] } {
  const texts = host.texts.language === 'zh-CN' ? zhCn : en
  const style = styleFor(host, 'stdout')
  const colors = { proven: style.green, skipped: (text: string) => text }
  const cells = rows.flatMap(({ client, version, verdict, requests }) => {
    const name = version === null ? client : `${client} ${version}`
    const paint = verdict in colors ? colors[verdict as keyof typeof colors] : style.red
    const posts = requests.filter(({ method }) => method === 'POST')
    const shown = posts.length === 0 ? [['', '']] : posts.map(requestCells)
    return shown.map((request) => [name, ...request, paint(texts.verdicts[verdict])])
  })
  const reasons = rows.flatMap(({ client, reason }) =>
    reason === undefined ? [] : [`  ${escapeControls(`${client}: ${textIn(reason, host.texts)}`)}`],
  )
  const table = rows.length === 0 ? [] : [renderTable(texts.head, cells, style, host.terminal.columns)]
  const good = rows.every(({ verdict }) => verdict === 'proven' || verdict === 'skipped')
  const any = rows.some(({ verdict }) => verdict === 'proven')
  return { report: [...table, ...reasons].join('\n'), next: good && any ? [texts.allProven] : [] }
}

function requestCells({ path, auth, status }: ProofRequest): string[] {
  return [`POST ${path} ${status}`, auth]
}

interface DemoReport {
  /** Origin of the gateway on this machine. */
  readonly gateway: string
  readonly requests: readonly DemoRequest[]
  /** Every request found its route and got its reply. */
  readonly worked: boolean
}

/** One request as a client would make it with the base URL that was written for it. */
export interface DemoRequest {
  readonly tool: string
  readonly baseUrl: string
  /** The part of the base URL behind the origin. */
  readonly prefix: string
  /** The path that was requested. */
  readonly requests: string
  readonly status: number
  readonly reply: string
}

/** The table of a demo, and what to type to do it for real. */
export function reportDemo(
  { gateway, requests, worked }: DemoReport,
  host: Host,
): { report: string; next: string[] } {
  const { texts } = host
  const style = styleFor(host, 'stdout')
  const cells = requests.map(({ tool, prefix, requests: path, status, reply }) => [
    tool,
    prefix,
    `POST ${path}`,
    status === 200 ? style.green(`${status} ${reply}`) : style.red(String(status)),
  ])
  const head = [texts['report.tool'], texts['report.base-url'], texts['check.request'], texts['check.reply']]
  const table = renderTable(head, cells, style, host.terminal.columns)
  return {
    report: `${say('demo.gateway', { origin: gateway }).in(texts)}\n\n${table}`,
    next: worked ? [texts['demo.worked'], texts['demo.start']] : [texts['demo.failed']],
  }
}
