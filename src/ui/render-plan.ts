import type { Host } from '../host/host.ts'
import type { PlanRow } from '../plan/plan.ts'
import { renderTable } from './render-table.ts'
import { reportTextsFor } from './report-texts.ts'
import { shortenHome } from './shorten-home.ts'
import { styleFor } from './style.ts'

type Action = PlanRow['action']

/** What a plan does: one row a tool with its base URL, then every file once. */
export function renderPlan(rows: readonly PlanRow[], host: Host): string {
  const texts = reportTextsFor(host)
  const tools = [...new Set(rows.map(({ tool }) => tool))].map((tool) => {
    const own = rows.filter((row) => row.tool === tool)
    return [tool, texts.actions[strongest(own.map(({ action }) => action))], own[0]?.baseUrl ?? '']
  })
  const head = [texts.tool, texts.result, texts.baseUrl]
  const table = renderTable(head, tools, styleFor(host, 'stdout'), host.terminal.columns)
  const files = new Map(rows.map(({ path, action }) => [path, action]))
  const lines = [...files].map(([path, action]) => `  ${shortenHome(path, host)} (${texts.actions[action]})`)
  return [table, '', `${texts.files}:`, ...lines].join('\n')
}

/** A tool is unchanged only when all of its files are. */
function strongest(actions: readonly Action[]): Action {
  return actions.find((action) => action !== 'unchanged') ?? 'unchanged'
}
