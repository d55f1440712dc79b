import type { Host } from '../host/host.ts'
import type { ToolStatus } from '../plan/tool-status.ts'
import type { KeyStore, Scope } from '../request/request.ts'
import { type Message, say } from '../texts/message.ts'
import { renderTable, shortenHome } from './render-table.ts'
import { styleFor } from './style.ts'

/** What is set up, one row a tool; then each file that is not as it was written, with the values that differ. */
export function reportStatus(
  tools: readonly ToolStatus[],
  regionOf: (tool: ToolStatus) => Message,
  host: Host,
): { report: string; next: string[] } {
  const { texts } = host
  if (tools.length === 0) return { report: texts['status.none'], next: [] }
  const style = styleFor(host, 'stdout')
  const elsewhere = tools.some(({ keyStore = 'file' }) => keyStore !== 'file')
  const rows = tools.map((setup) => {
    const { tool, unencrypted, keyStore = 'file', files } = setup
    const state = files.find((file) => file.state !== 'as-written')?.state ?? 'as-written'
    const name = regionOf(setup).in(texts)
    const shown = texts[`status.${state}`]
    return [
      tool,
      placeText(setup, tools, host),
      unencrypted ? style.yellow(name) : name,
      files[0]?.baseUrl ?? '',
      ...(elsewhere ? [texts[`status.key.${keyStore as KeyStore}`]] : []),
      state === 'as-written' ? shown : style.yellow(shown),
    ]
  })
  const head = [
    texts['report.tool'],
    texts['report.scope'],
    texts['check.region'],
    texts['report.base-url'],
    ...(elsewhere ? [texts['check.key']] : []),
    texts['report.status'],
  ]
  const differing = tools.flatMap(({ files }) => files.filter(({ differs }) => differs.length > 0))
  const lines = differing.map(({ path, state, differs: keys }) => {
    const values = { path: shortenHome(path, host), state: texts[`status.${state}`], keys }
    return `  ${say('status.differs', values).in(texts)}`
  })
  const table = renderTable(head, rows, style, host.terminal.columns)
  return { report: [table, ...new Set(lines)].join('\n'), next: [] }
}

/** The scope, or the place where that tells a tool's setups apart. */
function placeText(
  { tool, scope, project, place }: ToolStatus,
  all: readonly ToolStatus[],
  host: Host,
): string {
  if (project !== undefined) return shortenHome(project, host)
  const isOnly = all.filter((other) => other.tool === tool && other.scope === scope).length === 1
  return isOnly || place === undefined
    ? host.texts[`status.scope.${scope as Scope}`]
    : shortenHome(place, host)
}
