import { createHash } from 'node:crypto'
import { isOnDiskWithoutModes } from '../apply/journal.ts'
import { secondOf } from '../apply/run-record.ts'
import { diagnose } from '../checks/doctor/diagnose.ts'
import type { CommandContext, CommandSpec, Outcome } from '../command.ts'
import type { ConnectionView, ToolView } from '../effect/tool-view.ts'
import type { Finding } from '../finding.ts'
import { originOfUrl } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import type { Ledger } from '../ledger.ts'
import { hashValue } from '../plan/document-set.ts'
import { type Input, textOf } from '../request/request.ts'
import { maskKey } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import { aboutProgram } from '../ui/describe-failure.ts'
import { renderTable } from '../ui/render-table.ts'
import { styleFor } from '../ui/style.ts'
import { withProgress } from '../ui/write-text.ts'
import { lookAtOwnState } from './doctor.ts'

export const reportCommand: CommandSpec = {
  name: 'report',
  summary: say('help.report'),
  examples: [
    ['qcode-setup report --json', say('help.report.example-1')],
    ['qcode-setup report --json --salt acme-2026', say('help.report.example-2')],
  ],
  writes: 'nothing',
  network: false,
  run: runReport,
}

/** One protocol of one tool, for an inventory: no path, no name of a person, of a key its ends. */
interface ReportedTool {
  readonly tool: string
  readonly version: string | null
  readonly setUp: boolean
  readonly protocol: string
  /** Where its requests go: to the gateway, to an address of somebody else's, or to the vendor, who needs none. */
  readonly effect: ConnectionView['destination']
  readonly region: string | null
  readonly key: string | null
  /** Whole days since this program wrote the key; null for a key that it did not write. */
  readonly keyAgeDays: number | null
  /** Ids of what doctor finds, errors and warnings. */
  readonly problems: readonly string[]
}

/** How the tools of one computer stand, for whoever keeps many: what doctor knows without a network, less all that names a person. */
export async function runReport(input: Input, context: CommandContext): Promise<Outcome> {
  const { host, catalog } = context
  const state = await lookAtOwnState(context)
  const look = diagnose(catalog, host, state.ledger, (path) => isOnDiskWithoutModes(host, path))
  const { views, findings } = await withProgress(host, host.texts['progress.look'], look)
  const problems = [...findings, ...state.findings].filter(isProblem)
  const tools = views.flatMap((view) => reportTool(view, problems, state.ledger, context))
  const shown = new Set(tools.map(({ tool }) => tool))
  const machine = machineId(textOf(input, 'salt') ?? '', host)
  const others = problems.filter(({ tool }) => tool === undefined || !shown.has(tool))
  return {
    exit: 0,
    findings: [],
    data: {
      machine,
      time: host.now().toISOString(),
      program: aboutProgram(host).version ?? null,
      runtime: host.runtime,
      platform: host.platform,
      tools,
      problems: idsOf(others),
    },
    report: render(machine, tools, idsOf(others), host),
  }
}

function isProblem({ level }: Finding): boolean {
  return level === 'error' || level === 'warning'
}

function idsOf(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map(({ id }) => id))]
}

/** Client programs that are here but were never led to the gateway are no matter of this report. */
function reportTool(
  { tool, installed, setups, connections }: ToolView,
  problems: readonly Finding[],
  ledger: Ledger,
  { catalog, host }: CommandContext,
): ReportedTool[] {
  const isMeant = setups.length > 0 || connections.some(({ destination }) => destination === 'gateway')
  if (!isMeant) return []
  const own = problems.filter(({ tool: id, tools }) => id === tool.id || tools?.includes(tool.id))
  return connections.map(({ connection, destination, baseUrl, keys }) => {
    const isOurs = destination === 'gateway'
    const key = keys.winner && !keys.winner.isCommand ? keys.winner.value.trim() : ''
    return {
      tool: tool.id,
      version: installed.version ?? null,
      setUp: setups.length > 0,
      protocol: connection.protocol,
      effect: destination,
      region: isOurs ? (originOfUrl(baseUrl.winner?.value ?? '', catalog.gateway)?.region ?? null) : null,
      key: isOurs && key !== '' ? maskKey(key) : null,
      keyAgeDays: isOurs ? ageOf(key, ledger, host) : null,
      problems: idsOf(own),
    }
  })
}

const dayMs = 24 * 60 * 60 * 1000

/** Since the first of the runs from which the key still stands; the name of a run begins with its time. */
function ageOf(key: string, { entries }: Ledger, host: Host): number | null {
  const hash = hashValue(key)
  const [first] = entries
    .filter((entry) => entry.hash === hash)
    .map(({ run }) => secondOf(run))
    .sort()
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(first ?? '')
  if (!parts) return null
  const [, year, month, day, hour, minute, second] = parts
  const written = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Math.max(0, Math.floor((host.now().getTime() - written) / dayMs))
}

/** The same for one user of one computer as long as the salt is; nobody who lacks the salt can try names against it. */
function machineId(salt: string, { machineName, home, uid, env }: Host): string {
  const who = JSON.stringify([salt, machineName, home, uid ?? env.USERNAME ?? ''])
  return createHash('sha256').update(who).digest('hex').slice(0, 16)
}

function render(
  machine: string,
  tools: readonly ReportedTool[],
  others: readonly string[],
  host: Host,
): string {
  const { texts } = host
  const head = (['tool', 'effect', 'region', 'key', 'age', 'problems'] as const).map(
    (name) => texts[`fleet.${name}`],
  )
  const rows = tools.map(({ tool, version, effect, region, key, keyAgeDays, problems }) => [
    version === null ? tool : `${tool} ${version}`,
    texts[`fleet.effect.${effect}`],
    region ?? '',
    key ?? '',
    keyAgeDays === null ? '' : say('fleet.days', { days: keyAgeDays }).in(texts),
    say('report.list', { items: problems }).in(texts),
  ])
  return [
    say('fleet.machine', { machine }).in(texts),
    ...(rows.length > 0
      ? [renderTable(head, rows, styleFor(host, 'stdout'), host.terminal.columns)]
      : [texts['fleet.nothing']]),
    ...(others.length > 0 ? [say('fleet.others', { problems: [...others] }).in(texts)] : []),
  ].join('\n')
}
