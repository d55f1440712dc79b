import type { Host } from '../host/host.ts'
import { renderTable } from './render-table.ts'
import { reportTextsFor } from './report-texts.ts'
import { styleFor } from './style.ts'

/** One request as a client would make it with the base URL that was written for it. */
export interface DemoRow {
  readonly tool: string
  readonly baseUrl: string
  /** The path that was requested. */
  readonly requests: string
  readonly status: number
  readonly reply: string
}

/** The table of a demo, and what to type to do it for real. */
export function reportDemo(
  rows: readonly DemoRow[],
  worked: boolean,
  host: Host,
): { report: string; next: string[] } {
  const texts = reportTextsFor(host)
  const style = styleFor(host, 'stdout')
  const cells = rows.map(({ tool, baseUrl, requests, status, reply }) => [
    tool,
    baseUrl,
    `POST ${requests}`,
    status === 200 ? style.green(`${status} ${reply}`) : style.red(String(status)),
  ])
  const head = [texts.tool, texts.baseUrl, texts.request, texts.reply]
  return {
    report: renderTable(head, cells, style, host.terminal.columns),
    next: worked ? [texts.demoWorked, texts.startWizard] : [texts.demoFailed],
  }
}
