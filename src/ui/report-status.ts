import type { Host } from '../host/host.ts'
import type { ToolStatus } from '../plan/tool-status.ts'
import { renderTable } from './render-table.ts'
import { reportTextsFor } from './report-texts.ts'
import { styleFor } from './style.ts'

/** What is set up, one row a file. */
export function reportStatus(tools: readonly ToolStatus[], host: Host): { report: string; next: string[] } {
  const texts = reportTextsFor(host)
  if (tools.length === 0) return { report: texts.nothingSetUp, next: [] }
  const style = styleFor(host, 'stdout')
  const rows = tools.flatMap(({ tool, region, files }) =>
    files.map(({ path, baseUrl, state, differs }) => {
      const detail =
        differs.length > 0 ? `${texts.states[state]}: ${differs.join(', ')}` : texts.states[state]
      return [tool, region, path, baseUrl, state === 'as-written' ? detail : style.yellow(detail)]
    }),
  )
  const head = [texts.tool, texts.region, texts.file, texts.baseUrl, texts.state]
  return { report: renderTable(head, rows, style, host.terminal.columns), next: [] }
}
