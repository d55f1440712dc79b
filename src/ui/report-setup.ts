import type { UndoState } from '../apply/plan-undo.ts'
import type { Outcome } from '../command.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import type { FileEdit, Plan, PlanRow } from '../plan/plan.ts'
import type { ToolStatus } from '../plan/tool-status.ts'
import type { KeyStore, Scope } from '../request/request.ts'
import { describeWishes } from '../request/wishes.ts'
import { keychainTitle } from '../secrets/keychain.ts'
import { inShell } from '../texts/commands.ts'
import { type Message, say } from '../texts/message.ts'
import { displayWidth, renderTable, shortenHome, wrapText, wrapWidth } from './render-table.ts'
import { styleFor } from './style.ts'
import {
  changedVariables,
  installLines,
  newVariables,
  renderKeychain,
  type SetUp,
  startLines,
  verdictOfPlan,
  verdictOfSetup,
  verdictOfStatus,
} from './verdicts.ts'

interface SetupReport extends SetUp {
  readonly run: string | undefined
  readonly diff: string | undefined
  /** What is wrong with what the clients will do. */
  readonly effect?: readonly Finding[]
  /** The command line that does the same without questions, where questions were asked. */
  readonly sameCommand?: string
}

/** What a report gives to an outcome. */
interface Report {
  readonly report: string
  readonly verdict: string
  readonly next: string[]
}

/** The result of a setup or a switch: the files as a table, and what to type next. */
export function reportSetup(
  applied: SetupReport,
  host: Host,
): Report & Pick<Outcome, 'brief' | 'verdictFirst'> {
  const { plan, run, diff, effect = [], dryRun, sameCommand } = applied
  const { texts } = host
  const none = texts['status.none']
  if (plan.rows.length === 0) return { report: none, verdict: none, next: [] }
  const changed = plan.rows.filter(({ format, action }) => format.endsWith('-env') && action !== 'unchanged')
  return {
    report: [...(diff ? [diff] : []), renderPlan(plan.rows, host), ...renderKeychain(plan, host)].join('\n'),
    ...(!dryRun && plan.edits.length > 0 && { brief: verdictOfPlan(plan, dryRun, host) }),
    verdict: verdictOfSetup(applied, host),
    verdictFirst: !dryRun,
    next: [
      ...(dryRun
        ? [texts['report.dry-run']]
        : plan.edits.length === 0 && !plan.keychain
          ? [texts['report.up-to-date']]
          : []),
      // Where a new shell does not reach them, or something else wins there, the findings say so.
      ...(run && effect.every(({ id }) => id === 'terminal-not-renewed') ? newVariables(changed, host) : []),
      ...startLines(applied, host),
      ...(sameCommand === undefined ? [] : installLines(applied, host)),
      ...(sameCommand === undefined ? [] : commandLines('report.same-command', sameCommand, host)),
      ...(run === undefined ? [] : [texts['report.undo']]),
    ],
  }
}

/** A line that is too long goes on behind the shell's mark for that, so that it can still be copied as a whole. */
export function commandLines(
  id: 'report.same-command' | 'try.setup' | 'try.again',
  command: string,
  { texts, terminal }: Pick<Host, 'texts' | 'terminal'>,
): string[] {
  const line = say(id, { command }).in(texts)
  if (!terminal.interactive || displayWidth(line) <= terminal.columns) return [line]
  const lines: string[] = []
  for (const word of command.match(/(?:'[^']*'|\\'|[^\s'])+/g) ?? []) {
    const last = lines.at(-1)
    if (last !== undefined && displayWidth(`${last} ${word}`) <= terminal.columns - 4) {
      lines[lines.length - 1] = `${last} ${word}`
    } else lines.push(word)
  }
  const shown = lines.map(
    (words, index) => `  ${words}${index < lines.length - 1 ? ` ${inShell().lineGoesOn}` : ''}`,
  )
  return [say(id, { command: '' }).in(texts).trimEnd(), ...shown]
}

type Action = PlanRow['action']

/** What a plan does: one row a tool with its base URL, then every file once. */
export function renderPlan(rows: readonly PlanRow[], host: Host): string {
  const { texts } = host
  const tools = [...new Set(rows.map(({ tool }) => tool))].map((tool) => {
    const own = rows.filter((row) => row.tool === tool)
    return [tool, texts[`report.${strongest(own.map(({ action }) => action))}`], own[0]?.baseUrl ?? '']
  })
  const head = [texts['report.tool'], texts['report.result'], texts['report.base-url']]
  const table = renderTable(head, tools, styleFor(host, 'stdout'), host.terminal.columns)
  return [table, '', ...renderFiles(rows, host)].join('\n')
}

/** Every file once, with what happens to it. */
function renderFiles(rows: readonly PlanRow[], host: Host, edits: readonly FileEdit[] = []): string[] {
  const { texts } = host
  const files = new Map(rows.map(({ path, action }) => [path, action]))
  const deleted = edits.filter(({ after }) => after.kind === 'absent').map(({ path }) => path)
  const lines = [...files].map(([path, action]) => {
    const note = deleted.includes(path) ? texts['report.deleted'] : texts[`report.${action}`]
    const item = say('report.item', { name: shortenHome(path, host), note })
    return `  ${item.in(texts)}`
  })
  return [say('report.heading', { title: texts['report.files'] }).in(texts), ...lines]
}

/** A tool is unchanged only when all of its files are. */
function strongest(actions: readonly Action[]): Action {
  return actions.find((action) => action !== 'unchanged') ?? 'unchanged'
}

interface RemovalReport {
  readonly plan: Plan
  readonly run: string | undefined
  readonly diff: string | undefined
  readonly dryRun: boolean
  /** The backups that an undo would need are deleted. */
  readonly isFinal?: boolean
}

/** The result of a removal: the files that lost what was ours. */
export function reportRemoval(
  { plan, run, diff, dryRun, isFinal, tools = [] }: RemovalReport & { readonly tools?: readonly string[] },
  host: Host,
): Report & Pick<Outcome, 'verdictFirst'> {
  const { texts } = host
  const none = texts['report.nothing-to-remove']
  if (plan.rows.length === 0) return { report: none, verdict: none, next: [] }
  return {
    report: [...(diff ? [diff] : []), ...renderRemoved(plan, host)].join('\n'),
    verdict:
      run === undefined || tools.length === 0
        ? verdictOfPlan(plan, dryRun, host)
        : `${styleFor(host, 'stdout').green('✔')} ${say('verdict.removed', { tools }).in(texts)}`,
    verdictFirst: run !== undefined,
    next: [
      ...(dryRun ? [texts['report.dry-run']] : []),
      ...(run === undefined ? [] : changedVariables(plan.edits, host)),
      ...(run === undefined || isFinal ? [] : [texts['report.undo']]),
    ],
  }
}

/** The result of installing completion: the files, and what to type next. */
export function reportInstalled(
  {
    plan,
    run,
    diff,
    dryRun,
    shell,
    needs,
  }: RemovalReport & { readonly shell: string; readonly needs?: string | undefined },
  host: Host,
): { report: string; next: string[] } {
  const { texts } = host
  return {
    report: [...(diff ? [diff] : []), ...renderFiles(plan.rows, host, plan.edits)].join('\n'),
    next: [
      ...(dryRun ? [texts['report.dry-run']] : []),
      plan.edits.length === 0 ? texts['report.up-to-date'] : say('completion.next', { shell }).in(texts),
      ...(needs === undefined ? [] : [say('completion.needs', { shell, name: needs }).in(texts)]),
      ...(run === undefined ? [] : [texts['report.undo']]),
    ],
  }
}

/** Every file once: what became of our values, of what they had replaced, and of what the user changed since. */
function renderRemoved({ rows, edits, findings }: Plan, host: Host): string[] {
  const { texts } = host
  const lines = [...new Map(rows.map((row) => [row.path, row])).values()].map(({ path, format, changes }) => {
    const isDeleted = edits.some((edit) => edit.path === path && edit.after.kind === 'absent')
    const isKept = findings.some(({ id, where }) => id === 'value-kept' && where?.file === path)
    const isGone = changes.some(({ kind }) => kind === 'removed')
    const notes = [
      ...(changes.some(({ kind }) => kind !== 'removed') ? [texts['removed.restored']] : []),
      ...(isGone && !isDeleted
        ? [texts[format.endsWith('-profile') ? 'removed.block' : 'removed.values']]
        : []),
      ...(isDeleted ? [texts['removed.file']] : []),
      ...(isKept ? [texts['removed.kept']] : []),
    ]
    const note = say('report.list', { items: notes.length > 0 ? notes : [texts['report.unchanged']] })
    const line = say('removed.item', { name: shortenHome(path, host), note }).in(texts)
    return `  ${wrapText(line, wrapWidth(host.terminal) - 4).join('\n    ')}`
  })
  return [say('report.heading', { title: texts['report.files'] }).in(texts), ...lines]
}

/** The result of an undo: what is as it was before the run. */
export function reportUndo(
  undone: {
    readonly run: string | null
    readonly targets: readonly string[]
    readonly dryRun: boolean
    readonly diff: string | undefined
  },
  host: Host,
): Report {
  const { texts } = host
  const { run, targets, dryRun, diff } = undone
  const none = texts['report.nothing-to-undo']
  if (run === null || targets.length === 0) return { report: none, verdict: none, next: [] }
  const title = say(dryRun ? 'report.would-undo' : 'report.undone', { run }).in(texts)
  const names = targets.map((what) => `  ${nameTarget(what, host)}`)
  return {
    report: [...(diff ? [diff] : []), title, ...names].join('\n'),
    verdict: say(dryRun ? 'verdict.would-undo' : 'verdict.undone', { run }).in(texts),
    next: dryRun
      ? []
      : changedVariables(
          targets.map((path) => ({ path })),
          host,
        ),
  }
}

/** A file, or the keychain, that a run has changed. */
function nameTarget(what: string, host: Host): string {
  return what === keychainTitle ? host.texts['target.keychain'] : shortenHome(what, host)
}

/** The runs of this machine as a table, and below it the files that each changed. */
export function reportRuns(
  runs: readonly {
    readonly id: string
    readonly startedAt: string
    readonly command: string
    readonly state: UndoState
    readonly files: readonly string[]
  }[],
  host: Host,
): string {
  const { texts } = host
  if (runs.length === 0) return texts['report.nothing-to-undo']
  const rows = runs.map(({ id, startedAt, command, state, files }) => [
    id,
    startedAt.replace('T', ' ').replace(/\..*$/, ' UTC'),
    command,
    texts[`changes.${state}`],
    say('report.list', { items: files.map((file) => nameTarget(file, host)) }).in(texts),
  ])
  const head = [
    texts['changes.id'],
    texts['changes.time'],
    texts['changes.command'],
    texts['report.status'],
    texts['report.files'],
  ]
  return renderTable(head, rows, styleFor(host, 'stdout'), host.terminal.columns)
}

/** What is set up, one row a tool; then each file that is not as it was written, with the values that differ. */
export function reportStatus(
  tools: readonly ToolStatus[],
  asked: readonly string[] | undefined,
  regionOf: (tool: ToolStatus) => Message,
  host: Host,
  remembered: readonly string[] = [],
): Report {
  const { texts } = host
  const none = asked ? say('status.not-set-up', { tools: asked }).in(texts) : texts['status.none']
  if (tools.length === 0) return { report: [none, ...remembered].join('\n'), verdict: none, next: [] }
  const style = styleFor(host, 'stdout')
  const elsewhere = tools.some(({ keyStore = 'file' }) => keyStore !== 'file')
  const rows = tools.map((setup) => {
    const { tool, scope, unencrypted, keyStore = 'file', files } = setup
    const state = files.find((file) => file.state !== 'as-written')?.state ?? 'as-written'
    const [name, shown] = [regionOf(setup).in(texts), texts[`status.${state}`]]
    return [
      setup.name === undefined ? tool : `${tool} · ${setup.name}`,
      placeText(setup, tools, host),
      unencrypted ? style.yellow(name) : name,
      files[0]?.baseUrl ?? '',
      ...(elsewhere ? [texts[`status.key.${scope === 'managed' ? 'each' : (keyStore as KeyStore)}`]] : []),
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
  const wished = tools.flatMap((setup) => {
    const wishes = describeWishes(setup)
    return wishes.length > 0 ? [`  ${say('status.wishes', { tool: setup.tool, wishes }).in(texts)}`] : []
  })
  const table = renderTable(head, rows, style, host.terminal.columns)
  return {
    report: [table, ...new Set([...wished, ...lines]), ...remembered].join('\n'),
    verdict: verdictOfStatus(tools, host),
    next: [],
  }
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
