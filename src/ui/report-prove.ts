import type { ProofRequest, ProofVerdict } from '../checks/prove-client.ts'
import type { Host } from '../host/host.ts'
import { type Message, say } from '../texts/message.ts'
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
  /** Files of the user's own that are new or changed since the client was started. */
  readonly touched?: readonly string[]
}

/** A row a client and request; then why it is not proven, where it is not. */
export function reportProve(
  rows: readonly ProofRow[],
  host: Host,
): { report: string; verdict: string; next: string[] } {
  const { texts } = host
  const style = styleFor(host, 'stdout')
  const colors = { proven: style.green, skipped: (text: string) => text }
  const cells = rows.flatMap(({ client, version, verdict, requests }) => {
    const name = version === null ? client : `${client} ${version}`
    const paint = verdict in colors ? colors[verdict as keyof typeof colors] : style.red
    const posts = requests.filter(({ method }) => method === 'POST')
    const shown = posts.length === 0 ? [['', '']] : posts.map(requestCells)
    return shown.map((request) => [name, ...request, paint(texts[`prove.${verdict}`])])
  })
  const reasons = rows.flatMap(({ client, reason }) =>
    reason === undefined
      ? []
      : [`  ${escapeControls(say('prove.reason', { tool: client, reason }).in(texts))}`],
  )
  const head = (['tool', 'request', 'key', 'result'] as const).map((name) => texts[`prove.${name}`])
  const table = rows.length === 0 ? [] : [renderTable(head, cells, style, host.terminal.columns)]
  const good = rows.every(({ verdict }) => verdict === 'proven' || verdict === 'skipped')
  const any = rows.some(({ verdict }) => verdict === 'proven')
  const apart = rows.every(({ touched = [] }) => touched.length === 0)
  const sum = good && any && apart ? [texts['prove.all-right']] : []
  const nothing = good && !any ? [texts['prove.nothing']] : []
  return {
    report: [...table, ...reasons].join('\n'),
    verdict: [...(good ? [] : reasons), ...sum, ...nothing].join('\n'),
    next: sum,
  }
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
): { report: string; verdict: string; next: string[] } {
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
    verdict: texts[worked ? 'demo.worked' : 'demo.failed'],
    next: worked ? [texts['demo.worked'], texts['demo.start']] : [texts['demo.failed']],
  }
}
