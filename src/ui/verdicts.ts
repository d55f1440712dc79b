import type { Outcome } from '../command.ts'
import type { Finding } from '../finding.ts'
import { findProgram } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import { isInRegistry } from '../host/read-file-state.ts'
import type { Plan } from '../plan/plan.ts'
import type { ToolStatus } from '../plan/tool-status.ts'
import type { ToolChoice } from '../request/request.ts'
import { joined, type Message, say } from '../texts/message.ts'
import { renderTable } from './render-table.ts'
import { styleFor } from './style.ts'

/** How much a plan changes, for `--quiet`. */
export function verdictOfPlan(plan: Plan, dryRun: boolean, host: Host): string {
  const files = plan.edits.length
  const changed = say(dryRun ? 'verdict.would-change' : 'verdict.changed', { files }).in(host.texts)
  const parts = [...(files > 0 ? [changed] : []), ...renderKeychain(plan, host)]
  return parts.length === 0 ? host.texts['report.up-to-date'] : parts.join('\n')
}

/** What has been set up, as far as a verdict and the next step need it. */
export interface SetUp {
  readonly plan: Plan
  readonly choices: readonly ToolChoice[]
  readonly findings: readonly Finding[]
  readonly exit: Outcome['exit']
  /** What the gateway said; null where it was not asked. */
  readonly check: unknown
  /** What was wrong, where that was told at a question and is not among the findings. */
  readonly fault?: Message
  readonly dryRun: boolean
}

/** Whether the tools work now, and if not, why: the first thing that a user is to read. */
export function verdictOfSetup(
  { plan, choices, findings, exit, check, fault, dryRun }: SetUp,
  host: Host,
): string {
  if (dryRun || choices.length === 0) return verdictOfPlan(plan, dryRun, host)
  const style = styleFor(host, 'stdout')
  const problem = findings.find(({ level }) => level === 'error' || level === 'failed')
  if (problem || exit !== 0) {
    const reason = problem?.message ?? fault ?? say('verdict.see-below')
    return `${style.red('✗')} ${say('verdict.not-working', { reason }).in(host.texts)}`
  }
  const tools = [...new Set(choices.map(({ tool }) => tool.title))]
  const id = check === null ? 'verdict.configured' : 'verdict.ready'
  return `${style.green('✔')} ${style.bold(say(id, { tools }).in(host.texts))}`
}

/** The commands that start what works now, of the tools that are installed. */
export function startLines({ choices, exit, dryRun }: SetUp, host: Host): string[] {
  if (dryRun || exit !== 0) return []
  const names = new Set(choices.flatMap(({ tool }) => tool.detect.commands.slice(0, 1)))
  const commands = [...names].filter((name) => findProgram(name, host) !== undefined)
  return commands.length === 0 ? [] : [say('report.start', { commands }).in(host.texts)]
}

/** How to install what was set up and is not in PATH. */
export function installLines({ choices, exit, dryRun }: SetUp, host: Host): string[] {
  if (dryRun || exit !== 0) return []
  const tools = new Set(choices.map(({ tool }) => tool))
  return [...tools].flatMap(({ title: tool, install: command, detect: { commands } }) => {
    const isHere = commands.length === 0 || commands.some((name) => findProgram(name, host) !== undefined)
    return isHere || command === undefined ? [] : [say('install.missing', { tool, command }).in(host.texts)]
  })
}

/** What a plan does to the keychain, as one line; none where it leaves that alone. The key is shown masked. */
export function renderKeychain({ keychain }: Plan, host: Host): string[] {
  if (!keychain) return []
  const { texts } = host
  const { before, after } = keychain
  if (after.kind === 'absent') return [texts['report.keychain.removed']]
  const note = texts[before.kind === 'absent' ? 'report.create' : 'report.update']
  return [say('report.keychain', { key: String(after.key), note }).in(texts)]
}

/** Which tools are as they were written, and which are not, for `--quiet`. */
export function verdictOfStatus(tools: readonly ToolStatus[], { texts }: Host): string {
  const ids = (asWritten: boolean) => [
    ...new Set(tools.filter((tool) => tool.asWritten === asWritten).map(({ tool }) => tool)),
  ]
  const lines = [
    ...(ids(true).length > 0 ? [say('verdict.status', { tools: ids(true) })] : []),
    ...(ids(false).length > 0 ? [say('verdict.drifted', { tools: ids(false) })] : []),
  ]
  return joined(lines).in(texts)
}

/** Where files of variables changed: who has them from now on. */
export function newVariables(rows: readonly { readonly path: string }[], host: Host): string[] {
  const { texts, platform } = host
  const ofShell = platform === 'darwin' ? 'report.new-shell.mac' : 'report.new-shell'
  const id = rows.some(({ path }) => isInRegistry(path)) ? 'report.new-programs' : ofShell
  return rows.length === 0 ? [] : [texts[id]]
}

/** The same where variables went, or came back: a file of a shell's is read by a new one alone as well, and nobody waits for it. */
export function changedVariables(targets: readonly { readonly path: string }[], host: Host): string[] {
  return newVariables(
    targets.filter(({ path }) => isInRegistry(path)),
    host,
  )
}

/** What is remembered under a name, as far as a table shows it. */
type RememberedName = Record<'name' | 'keyStore', string> & Record<'gateway' | 'key', string | null>

/** Every name with its gateway and its key, masked, and the tools that go by it. */
export function renderNames(
  names: readonly RememberedName[],
  tools: readonly ToolStatus[],
  host: Host,
): string[] {
  const { texts } = host
  if (names.length === 0) return []
  const rows = names.map(({ name, gateway, key, keyStore }) => {
    const own = [...new Set(tools.filter((one) => one.name === name).map(({ tool }) => tool))]
    return [
      name,
      gateway ?? '',
      key ?? (keyStore === 'keychain' ? texts['status.key.keychain'] : ''),
      say('report.list', { items: own }).in(texts),
    ]
  })
  const head = [texts['status.name'], texts['status.gateway'], texts['status.key'], texts['status.used-by']]
  return ['', renderTable(head, rows, styleFor(host, 'stdout'), host.terminal.columns)]
}
