import { detectTool } from '../catalog/detect.ts'
import { testedVersions } from '../catalog/diagnosis.ts'
import { isByHand } from '../catalog/steps.ts'
import type { Catalog, Tool } from '../catalog/tool.ts'
import type { CommandContext, CommandSpec, Outcome } from '../command.ts'
import type { Host } from '../host/host.ts'
import { methodsOf } from '../request/choose-tools.ts'
import type { Input, Scope } from '../request/request.ts'
import { say } from '../texts/message.ts'
import { renderTable } from '../ui/render-table.ts'
import { styleFor } from '../ui/style.ts'
import { withProgress } from '../ui/write-text.ts'

export const toolsCommand: CommandSpec = {
  name: 'tools',
  summary: say('help.tools'),
  examples: [
    ['qcode-setup tools', say('help.tools.example-1')],
    ['qcode-setup tools --json', say('help.tools.example-2')],
  ],
  writes: 'nothing',
  network: false,
  run: runTools,
}

/** One tool that can be set up, as far as this machine and its folder tell. */
interface ToolRow {
  readonly id: string
  readonly title: string
  readonly installed: boolean
  readonly version: string | null
  /** Whether a real client was run for what its folder says, or only documentation was read. */
  readonly facts: 'measured' | 'documented'
  /** The versions that were run; of a library its packages. */
  readonly measured: string | null
  readonly scopes: readonly Scope[]
  /** The command that prints what is done by hand, where nothing is written. */
  readonly byHand: string | null
  /** Whether `run` can start it. */
  readonly run: boolean
  readonly install: string | null
  readonly docs: string
}

const scopes: readonly Scope[] = ['user', 'project', 'managed']

/** Every tool, installed ones first. Nothing is written; a client is run only where nothing else tells its version. */
export async function runTools(_: Input, { catalog, host }: CommandContext): Promise<Outcome> {
  const all = [...catalog.tools, ...catalog.byHand]
  const look = Promise.all(all.map((tool) => rowOf(tool, catalog, host)))
  const rows = await withProgress(host, host.texts['progress.look'], look)
  const sorted = [...rows.filter(({ installed }) => installed), ...rows.filter(({ installed }) => !installed)]
  return { exit: 0, findings: [], data: { tools: sorted }, report: render(sorted, host) }
}

async function rowOf(tool: Tool, { logins }: Catalog, host: Host): Promise<ToolRow> {
  const { present, version = null } = await detectTool(tool, host)
  const measured = tool.diagnosis.measured ?? tool.measuredPackages?.join(', ') ?? null
  const place = { keyStore: 'file', machine: { platform: host.platform, logins } } as const
  return {
    id: tool.id,
    title: tool.title,
    installed: present,
    version,
    facts: measured === null ? 'documented' : 'measured',
    measured,
    scopes: scopes.filter((scope) => methodsOf(tool, scope, place).length > 0),
    byHand: isByHand(tool) ? `qcode-setup print ${tool.id}` : null,
    run: tool.runs.length > 0,
    install: tool.install ?? null,
    docs: tool.docs,
  }
}

function render(rows: readonly ToolRow[], host: Host): string {
  const { texts } = host
  const head = (['id', 'title', 'installed', 'tested', 'scopes'] as const).map(
    (name) => texts[`tools.${name}`],
  )
  const cells = rows.map(({ id, title, installed, version, measured, scopes: where, byHand }) => [
    id,
    title,
    installed ? (version ?? texts['tools.yes']) : texts['tools.no'],
    measured === null ? texts['tools.documented'] : testedVersions(measured).in(texts),
    byHand === null
      ? where.map((scope) => texts[`status.scope.${scope}`]).join(texts['list.between'])
      : texts['tools.by-hand']({ command: byHand }),
  ])
  return renderTable(head, cells, styleFor(host, 'stdout'), host.terminal.columns)
}
