import type { Host } from '../host/host.ts'
import type { ToolStatus } from '../plan/tool-status.ts'
import type { KeyStore } from '../request/request.ts'
import { escapeNewlines } from '../texts/message.ts'
import { renderTable, shortenHome } from './render-table.ts'
import { reportTextsFor } from './report-setup.ts'
import { styleFor } from './style.ts'

/** What is set up, one row a tool; then each file that is not as it was written, with the values that differ. */
export function reportStatus(tools: readonly ToolStatus[], host: Host): { report: string; next: string[] } {
  const texts = reportTextsFor(host)
  if (tools.length === 0) return { report: texts.nothingSetUp, next: [] }
  const style = styleFor(host, 'stdout')
  const elsewhere = tools.some(({ keyStore = 'file' }) => keyStore !== 'file')
  const rows = tools.map((setup) => {
    const { tool, region, unencrypted, keyStore = 'file', files } = setup
    const state = files.find((file) => file.state !== 'as-written')?.state ?? 'as-written'
    const place = placeText(setup, tools, host)
    const shown = texts.states[state]
    return [
      tool,
      place,
      unencrypted ? style.yellow(texts.unencrypted(region)) : region,
      files[0]?.baseUrl ?? '',
      ...(elsewhere ? [texts.keyStores[keyStore as KeyStore]] : []),
      state === 'as-written' ? shown : style.yellow(shown),
    ]
  })
  const head = [
    texts.tool,
    texts.place,
    texts.region,
    texts.baseUrl,
    ...(elsewhere ? [texts.key] : []),
    texts.state,
  ]
  const differing = tools.flatMap(({ files }) => files.filter(({ differs }) => differs.length > 0))
  const lines = differing.map(
    ({ path, state, differs }) =>
      `  ${shortenHome(path, host)} (${texts.states[state]}: ${escapeNewlines(differs.join(', '))})`,
  )
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
  return isOnly || place === undefined ? scope : shortenHome(place, host)
}
