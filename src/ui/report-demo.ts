import type { Host } from '../host/host.ts'
import { renderTable } from './render-table.ts'
import { reportTextsFor } from './report-texts.ts'
import { styleFor } from './style.ts'

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
  const texts = reportTextsFor(host)
  const style = styleFor(host, 'stdout')
  const cells = requests.map(({ tool, prefix, requests: path, status, reply }) => [
    tool,
    prefix,
    `POST ${path}`,
    status === 200 ? style.green(`${status} ${reply}`) : style.red(String(status)),
  ])
  const head = [texts.tool, texts.baseUrl, texts.request, texts.reply]
  const table = renderTable(head, cells, style, host.terminal.columns)
  return {
    report: `${texts.gateway(gateway)}\n\n${table}`,
    next: worked ? [texts.demoWorked, texts.startWizard] : [texts.demoFailed],
  }
}
