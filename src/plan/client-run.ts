import { join } from 'node:path'
import type { Installed } from '../catalog/detect.ts'
import type { Catalog, RunFile, RunWay, Tool } from '../catalog/tool.ts'
import { judgeEffect, openEffect, sourceProblems } from '../effect/judge-effect.ts'
import { schemaFindings } from '../effect/judge-schema.ts'
import { type MachineView, withRun } from '../effect/machine-view.ts'
import { type EffectContext, type OwnKeys, type ToolView, viewTool } from '../effect/tool-view.ts'
import { UserError, usageError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { ToolChoice } from '../request/request.ts'
import type { Wishes } from '../request/wishes.ts'
import { say } from '../texts/message.ts'
import { type FilledValue, fillTemplate, type Leaf, type Lookup, revealValue } from './placeholders.ts'
import { renderLeaves } from './print-tool.ts'
import { lookupFor, type WantedContext } from './wanted.ts'

/** One run of a client with the gateway: what it is started with, so that its own settings neither change nor win. */
export interface ClientRun {
  /** In front of the user's arguments; no key is in them. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Variables of the user's that are not handed on. */
  readonly unset: readonly string[]
  /** Files of the folder of this run, by their names in it. */
  readonly files: readonly { readonly name: string; readonly text: string }[]
  readonly reserved: readonly string[]
  /** What a client is told by its arguments and by a variable, as a file in which the effect finds it. */
  readonly told: readonly { readonly name: string; readonly text: string }[]
  readonly avoids: readonly string[]
}

/** What a run is worked out from. */
export interface RunContext extends WantedContext {
  readonly catalog: Catalog
  /** The machine as the client would find it if it were started by hand. */
  readonly machine: MachineView
  readonly ownKeys: OwnKeys
  /** The folder of this run; nothing need be there. */
  readonly folder: string
}

/** What is wished for this very run. Throws where that stands in none of its ways: only a file of the user's takes it. */
export function wishesForRun({ id, title, runs }: Tool, wishes: Wishes): Wishes {
  const { model, models = {}, options = {} } = wishes
  const asked = [
    ...Object.keys(models).map((role) => [`model@${role}`, `--model ${id}:${role}=ID`] as const),
    ...Object.keys(options).map((option) => [`option:${option}`, `--${option}`] as const),
  ]
  const ways = JSON.stringify(runs)
  if (model !== undefined && runs.length > 0 && !ways.includes('{{ model }}')) {
    const message = say('option.not-supported', { flag: 'model', tools: [title] })
    throw usageError('option-not-supported', message, say('model.not-supported.hint'))
  }
  const unplaced = asked.find(([placeholder]) => !ways.includes(`{{ ${placeholder} }}`))
  if (runs.length === 0 || unplaced === undefined) return wishes
  const [, flag] = unplaced
  const hint = say('run.unplaced.hint', { command: `qcode-setup --tool ${id} ${flag}` })
  throw usageError('run-unplaced', say('run.unplaced', { flag, tool: title }), hint)
}

/**
 * The first way that fits the client's version, the settings that it has by itself and the user's own arguments, `rest`;
 * undefined where the tool has none.
 */
export async function planClientRun(
  choice: ToolChoice,
  installed: Installed,
  context: RunContext,
  rest: readonly string[],
): Promise<ClientRun | undefined> {
  const { tool, variant } = choice
  const ways = tool.runs.filter(({ variants }) => variants?.includes(variant.id) ?? true)
  const { view } = await viewRun(choice, installed, context.machine, context)
  const way = ways.find(({ when }) => when.every(view.holds))
  if (!way) return undefined
  const run = await fillWay(way, choice, context)
  return way.subcommands.includes(rest[0] ?? '') ? { ...run, args: [], avoids: [] } : run
}

/**
 * What keeps the client from asking the gateway with our key when it is started so: nothing where it will. Files of the
 * user's that it refuses are its own affair: nothing of this run stands in them.
 */
export async function judgeClientRun(
  run: ClientRun,
  choice: ToolChoice,
  installed: Installed,
  context: RunContext,
): Promise<Finding[]> {
  const { folder, machine } = context
  const files = [...run.files, ...run.told].map(({ name, text }) => ({ path: join(folder, name), text }))
  const env = childEnvironment(run, machine.env)
  const { view, effect } = await viewRun(choice, installed, withRun(machine, env, files), context)
  const others = [...schemaFindings(view, effect), ...sourceProblems(view)].map(idOf)
  const found = judgeEffect(view, effect).filter(
    (finding) =>
      ['error', 'warning'].includes(finding.level) &&
      !run.avoids.includes(finding.id) &&
      !isOfOwnSettings.includes(finding.id) &&
      !others.includes(idOf(finding)),
  )
  return found.map((finding) => asOfRun(finding, choice.tool))
}

/** A model can be chosen for this run alone: nothing has to be set up for it. */
function asOfRun(finding: Finding, { id }: Tool): Finding {
  const hint = finding.hint?.map((text) =>
    text.replace(`qcode-setup --tool ${id} --model`, `qcode-setup run ${id} --model`),
  )
  return { ...finding, ...(hint && { hint }) }
}

/** That the client's own settings are others is what a run is for. */
const isOfOwnSettings = ['base-url-overridden', 'different-keys', 'base-url-empty']

function idOf({ id, where }: Finding): string {
  return JSON.stringify([id, where])
}

/** The environment of the client: the user's, less what would count in place of ours, and ours. */
export function childEnvironment(
  { env, unset }: ClientRun,
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return { ...Object.fromEntries(Object.entries(own).filter(([name]) => !unset.includes(name))), ...env }
}

async function viewRun(
  { tool, variant, origin }: ToolChoice,
  installed: Installed,
  machine: MachineView,
  { catalog, ownKeys, folder }: RunContext,
): Promise<{ view: ToolView; effect: EffectContext }> {
  const setup = { tool: tool.id, variant: variant.id, gateway: origin.text, method: 'env' }
  // It inherits the environment as it is: what a new shell would read is not looked at, nor are other tools.
  const only = { ...catalog, tools: [tool], shells: [] }
  const effect = await openEffect({ catalog: only, machine, setups: [setup], ownKeys })
  return { view: await viewTool(tool, installed, effect, { variant, folders: { run: folder } }), effect }
}

async function fillWay(way: RunWay, choice: ToolChoice, context: RunContext): Promise<ClientRun> {
  const values = lookupFor(choice, context)
  const lookup: Lookup = (name) => (name === 'run' ? context.folder : values(name))
  const fill = (text: string) => fillTemplate(text, lookup).map(({ value }) => String(revealValue(value)))
  const env = Object.fromEntries(
    Object.entries(way.env).flatMap(([name, text]) => fill(text).map((value) => [name, value])),
  )
  const filled = await Promise.all(
    way.files.map(async (file) => {
      const leaves = fillTemplate(file.content, lookup)
      const text = `${(await renderLeaves(file.format, leaves)).trimEnd()}\n`
      return { file, leaves, written: { name: file.name, text } }
    }),
  )
  const isTold = ({ asArguments, asVariable }: RunFile) => (asArguments ?? asVariable) !== undefined
  const writtenFor = (told: boolean) =>
    filled.filter(({ file }) => isTold(file) === told).map(({ written }) => written)
  for (const { file, written } of filled) if (file.asVariable) env[file.asVariable] = written.text.trimEnd()
  return {
    args: [
      ...way.args.flatMap(fill),
      ...filled.flatMap(({ file, leaves }) => leaves.flatMap((leaf) => argumentsOf(file, leaf))),
    ],
    env,
    unset: [...new Set([...way.unset, ...ownVariables(choice.tool)])].filter((name) => !(name in env)),
    files: writtenFor(false),
    told: writtenFor(true),
    reserved: way.reserved,
    avoids: way.avoids,
  }
}

/** TOML writes these texts as JSON does; other formats' flags take them as they are. */
function argumentsOf({ asArguments = [], format }: RunFile, { keyPath, value }: Leaf): string[] {
  const shown = (one: FilledValue) => (format === 'toml' ? JSON.stringify(one) : String(one))
  return asArguments.map((text) =>
    text.replace(/\{\{ (path|value) \}\}/g, (_, name) =>
      name === 'path' ? keyPath.join('.') : shown(value),
    ),
  )
}

/** Every variable in which the client looks for a base URL or a key. */
function ownVariables({ diagnosis }: Tool): string[] {
  const settings = diagnosis.connections.flatMap(({ baseUrl, keys }) => [...baseUrl, ...keys])
  return settings.flatMap(({ variable = '' }) => (/^\w+$/.test(variable) ? [variable] : []))
}

/** Errors: UserError, exit 2, for an argument of the user's that would take the place of ours. */
export function refuseReserved(
  { reserved }: ClientRun,
  rest: readonly string[],
  { title: tool }: Tool,
): void {
  const end = rest.indexOf('--')
  const words = end === -1 ? rest : rest.slice(0, end)
  const flag = reserved.find((one) => words.some((word) => isTyped(one, word)))
  if (flag === undefined) return
  throw usageError(
    'run-flag-reserved',
    say('run.reserved', { flag, tool }),
    say('run.reserved.hint', { flag }),
  )
}

/** Whether a word is this argument, also with its value behind it, or cut short as some parsers allow. */
function isTyped(reserved: string, word: string): boolean {
  if (!reserved.startsWith('-')) return isSet(reserved, word)
  if (/^-[^-]$/.test(reserved)) return word.startsWith(reserved)
  const [name = ''] = word.split('=')
  return name === reserved || (/^--\w../.test(name) && reserved.startsWith(name))
}

/** Whether a word gives this setting or a table that it stands in a value, in one word with its flag or not, in any spelling. */
function isSet(reserved: string, word: string): boolean {
  const typed = /^(?:-\w=?|--[\w-]+=)?([^=]*)=/.exec(word)?.[1] ?? ''
  const name = typed.replace(/["'\s]/g, '')
  return name === reserved || reserved.startsWith(`${name}.`)
}

/** Errors: UserError, exit 3, where the client would not go by what it is started with. */
export function refuseIneffective(findings: readonly Finding[], { title: tool }: Tool): void {
  const errors = findings.filter(({ level }) => level === 'error')
  if (errors.length === 0) return
  throw new UserError({
    code: 'run-not-effective',
    message: [say('run.refused', { tool }), ...errors.map(({ message }) => message)],
    hint: errors.flatMap(({ hint }) => hint ?? []),
    exit: 3,
  })
}
