import { basename, join, relative, sep } from 'node:path'
import { detectTool } from '../catalog/detect.ts'
import type { CommandContext } from '../command.ts'
import { judgeEffect as judgeView, openEffect, policyFindings, viewSetup } from '../effect/judge-effect.ts'
import { type MachineView, overlay, viewMachine } from '../effect/machine-view.ts'
import { profileFindings } from '../effect/profile-findings.ts'
import { viewTool } from '../effect/tool-view.ts'
import type { Finding } from '../finding.ts'
import { isBelow, namesIn, readText } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import type { FileEdit, Plan } from '../plan/plan.ts'
import { ownKeys } from '../plan/written-keys.ts'
import type { CommandName } from '../request/fields.ts'
import type { ToolChoice } from '../request/request.ts'
import { quoteWord } from '../texts/commands.ts'
import { type Message, say } from '../texts/message.ts'
import { leavesKey } from './guard-git.ts'

/** A plan whose effect is to be judged before anybody is asked about it. */
export interface PlannedEffect {
  readonly command: CommandName
  /** What the plan sets up, moves or gives another key; of `remove` what it takes out. */
  readonly choices: readonly ToolChoice[]
  /** What it takes out besides. */
  readonly removed?: readonly ToolChoice[]
  /** Conflicts and git are settled in it. */
  readonly plan: Plan
}

/** What a removal, or a corrected URL, must not lead to: somebody's key at somebody else's address. */
const leaks = ['foreign-key', 'key-to-stranger', 'key-to-vendor', 'no-key']

/**
 * What is wrong with what the clients will do once the plan is applied; an `error` stops the plan where nobody can be
 * asked. Reads, never writes.
 */
export async function judgePlannedEffect(
  planned: PlannedEffect,
  context: CommandContext,
): Promise<Finding[]> {
  const { command, choices, removed = [], plan } = planned
  const now = viewMachine(context.host)
  const machine = overlay(now, plan.edits)
  if (command === 'lint') return judgeFixes(plan, machine, context)
  const found = await judgeChoices(choices, plan.ledger, machine, context)
  if (command === 'remove') return judgeRemoval(found, plan)
  if (removed.length > 0) {
    const left = await judgeChoices(removed, plan.ledger, machine, context)
    found.push(...judgeRemoval(left, plan))
  }
  if (command !== 'key') return found
  const before = await judgeChoices(choices, plan.ledger, now, context)
  const known = new Set(before.map(({ id, message }) => `${id} ${message}`))
  return found.map((finding) =>
    known.has(`${finding.id} ${finding.message}`) ? asWarning(finding) : finding,
  )
}

/** Of what the plan is not about the setups whose clients would send another key all the same. Reads, never writes. */
export async function withOtherKey(
  choices: readonly ToolChoice[],
  plan: Plan,
  context: CommandContext,
): Promise<ToolChoice[]> {
  // What is set up for the user is looked at outside of any project.
  const now = { ...viewMachine(context.host), cwd: context.host.home }
  const [before, after] = [
    await keysSent(choices, plan.ledger, now, context),
    await keysSent(choices, plan.ledger, overlay(now, plan.edits), context),
  ]
  return choices.filter((choice) => before.get(choice) !== after.get(choice))
}

/** For each choice the keys that its client sends, as one text. */
async function keysSent(
  choices: readonly ToolChoice[],
  ledger: Plan['ledger'],
  machine: MachineView,
  { catalog, host }: CommandContext,
): Promise<Map<ToolChoice, string>> {
  const given = { catalog, machine, setups: ledger.setups, ownKeys: ownKeys(ledger) }
  const keys = choices.map(async (choice) => {
    const { view } = await viewSetup(choice, await detectTool(choice.tool, host), given)
    const sent = view.connections.flatMap((connection) => connection.keys.sent.map(({ value }) => value))
    return [choice, JSON.stringify(sent)] as const
  })
  return new Map(await Promise.all(keys))
}

/** The same after the write, on the machine as it is then. */
export async function judgeEffect(
  choices: readonly ToolChoice[],
  ledger: Plan['ledger'],
  context: CommandContext,
): Promise<Finding[]> {
  return judgeChoices(choices, ledger, viewMachine(context.host), context)
}

async function judgeChoices(
  choices: readonly ToolChoice[],
  ledger: Plan['ledger'],
  machine: MachineView,
  { catalog, host }: CommandContext,
): Promise<Finding[]> {
  const given = { catalog, machine, setups: ledger.setups, ownKeys: ownKeys(ledger) }
  const judged = await Promise.all(
    choices.map(async (choice) => {
      const { view, context } = await viewSetup(choice, await detectTool(choice.tool, host), given)
      return judgeView(view, context).flatMap((finding) => ofSetup(finding, choice))
    }),
  )
  const shells = [...new Set(choices.flatMap(({ shell }) => shell ?? []))]
  return [...judged.flat(), ...profileFindings(shells, machine), ...(await policyFindings(shells, machine))]
}

/** No errors, but the client does not go where it was set up to go. */
const told = ['base-url-elsewhere', 'base-url-managed']

/** What a setup reports of its own effect; its own command is no way out of it. */
function ofSetup(finding: Finding, { tool, keyStore }: ToolChoice): Finding[] {
  const isTold = finding.level === 'error' || told.includes(finding.id)
  if (!isTold || (finding.id === 'no-key' && keyStore === 'env')) return []
  // Whoever runs this has the command at hand.
  if (finding.id === 'key-command-missing') return [asWarning(finding)]
  // What a proxy does shows in the check that follows.
  if (finding.id.startsWith('proxy-')) return []
  const { hint, ...rest } = finding
  return [hint && String(hint).startsWith(`qcode-setup --tool ${tool.id}`) ? rest : finding]
}

/** Where the user has changed one part of a connection and keeps it, the other part cannot go without it. */
function judgeRemoval(found: readonly Finding[], { findings }: Plan): Finding[] {
  const hint = say('error.split-connection')
  const isSplit = findings.some(({ id }) => id === 'value-kept')
  return found
    .filter(({ id }) => leaks.includes(id))
    .map((finding) => (isSplit ? { ...finding, hint } : asWarning(finding)))
}

/** Of every client whose base URL stands in a file that is corrected. */
async function judgeFixes(
  plan: Plan,
  machine: MachineView,
  { catalog, host }: CommandContext,
): Promise<Finding[]> {
  const fixed = new Set(plan.edits.map(({ path }) => path))
  const context = await openEffect({
    catalog,
    machine,
    setups: plan.ledger.setups,
    ownKeys: ownKeys(plan.ledger),
  })
  const views = await Promise.all(
    catalog.tools.map(async (tool) => viewTool(tool, await detectTool(tool, host), context)),
  )
  return views
    .filter(({ connections }) =>
      connections.some(({ baseUrl }) => fixed.has(baseUrl.winner?.source.file?.path ?? '')),
    )
    .flatMap((view) => judgeView(view, context))
    .filter(({ id, level }) => level === 'error' && leaks.includes(id) && id !== 'no-key')
}

function asWarning(finding: Finding): Finding {
  return { ...finding, level: 'warning' }
}

/**
 * A warning for each file that chezmoi makes as well, so that its next `apply` would take the change away. Its source is read,
 * and no program of it is run, since a template or a hook may do anything.
 */
export function chezmoiWarnings(edits: readonly FileEdit[], host: Host): Finding[] {
  const source = edits.length > 0 ? chezmoiSource(host) : undefined
  if (source === undefined) return []
  return edits.flatMap((edit) => {
    const { path, before } = edit
    // In its mode `symlink` the file that is changed is the source itself.
    if (!isBelow(path, source.home) || isBelow(before.resolvedPath, source.folder)) return []
    const name = relative(source.home, path).split(sep)
    const found = findInSource(source.folder, name)
    if (found === undefined || isIgnored(name.join('/'), source.folder)) return []
    const values = { path, source: found.path }
    const message = say(found.kind === 'exact' ? 'chezmoi.deletes' : 'chezmoi.overwrites', values)
    const hint = chezmoiAdvice(edit, found, name.join('/'), source.folder)
    return [{ id: 'managed-by-chezmoi', level: 'warning', message, hint, where: { file: path } }]
  })
}

/** Where a path of the home has its source; `exact`: it has none, in a folder that is to hold nothing else. */
interface ChezmoiSource {
  readonly path: string
  readonly kind: 'file' | 'template' | 'encrypted' | 'exact'
}

function chezmoiAdvice(edit: FileEdit, { kind }: ChezmoiSource, name: string, folder: string): Message {
  const path = quoteWord(edit.path)
  if (kind === 'template') return say('chezmoi.edit', { path })
  if (kind === 'exact') return say('chezmoi.ignore', { name, file: join(folder, '.chezmoiignore') })
  return say(kind === 'file' && leavesKey(edit) ? 'chezmoi.forget' : 'chezmoi.re-add', { path })
}

/** The folder of its source state, and the home that it is for: of chezmoi 2, which has both in its own settings. */
function chezmoiSource({ env, home }: Host): { folder: string; home: string } | undefined {
  const settings = join(env.XDG_CONFIG_HOME || join(home, '.config'), 'chezmoi', 'chezmoi')
  const endings = ['toml', 'yaml', 'json', 'jsonc']
  const text = endings.map((ending) => readText(`${settings}.${ending}`) ?? '').find(Boolean) ?? ''
  const said = (name: string) => {
    const pattern = new RegExp(`^[\\s{]*"?${name}"?\\s*[:=]\\s*["']?([^"'\\n,}]+)`, 'm')
    return pattern
      .exec(text)?.[1]
      ?.trim()
      .replace(/^~(?=$|[\\/])/, home)
  }
  const top = said('sourceDir') ?? join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'chezmoi')
  if (namesIn(top).length === 0) return undefined
  const folder = join(top, readText(join(top, '.chezmoiroot'))?.trim() ?? '')
  return { folder, home: said('destDir') ?? home }
}

/** How the names of its source begin, in the order that it has for them; what follows `literal_` is the name itself. */
const folderName = /^(?:remove_|external_)*(exact_)?(?:private_)?(?:readonly_)?(dot_|literal_)?(.*)$/
const fileName =
  /^(create_|modify_|symlink_|remove_|run_)?(encrypted_)?(?:private_)?(?:readonly_)?(?:empty_)?(?:executable_)?(dot_|literal_)?(.*)$/

function findInSource(folder: string, names: readonly string[], isExact = false): ChezmoiSource | undefined {
  const [name = '', ...rest] = names
  for (const entry of namesIn(folder).filter((one) => !one.startsWith('.'))) {
    const path = join(folder, entry)
    const [, exact, start, end] = folderName.exec(entry) ?? []
    if (rest.length > 0 && nameOf(start, end) === name && namesIn(path).length > 0)
      return findInSource(path, rest, exact !== undefined)
    const found = rest.length === 0 ? sourceFile(path, name) : undefined
    if (found) return found === 'other' ? undefined : found
  }
  return isExact ? { path: folder, kind: 'exact' } : undefined
}

/** `other`: it makes no whole file of it, but makes a file only where none is, edits it by a script, or makes a link. */
function sourceFile(path: string, name: string): ChezmoiSource | 'other' | undefined {
  const [, type, encrypted, start, end = ''] = fileName.exec(basename(path)) ?? []
  const whole = encrypted ? end.replace(/\.(age|asc)$/, '') : end
  const isTemplate = whole.endsWith('.tmpl')
  const plain = whole.endsWith('.literal') || isTemplate ? whole.slice(0, whole.lastIndexOf('.')) : whole
  if (nameOf(start, plain) !== name) return undefined
  if (type !== undefined) return 'other'
  return { path, kind: isTemplate ? 'template' : encrypted ? 'encrypted' : 'file' }
}

function nameOf(start: string | undefined, end = ''): string {
  return start === 'dot_' ? `.${end}` : end
}

/** Whether its list of what is left alone has the path, or a folder that it lies in, as a plain line. */
function isIgnored(name: string, folder: string): boolean {
  const lines = readText(join(folder, '.chezmoiignore'))?.split('\n') ?? []
  const paths = lines.map((line) => line.trim().replace(/\/$/, '')).filter(Boolean)
  return paths.some((path) => `${name}/`.startsWith(`${path}/`))
}
