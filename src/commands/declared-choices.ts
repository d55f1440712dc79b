import { realpathSync } from 'node:fs'
import type { Tool } from '../catalog/tool.ts'
import type { CommandContext } from '../command.ts'
import { UserError, usageError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { Origin } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import { pathInBounds } from '../host/read-file-state.ts'
import type { Ledger } from '../ledger.ts'
import { choiceId, setupOf } from '../plan/setups.ts'
import { completeChoice } from '../request/choose-tools.ts'
import { regionOrigin } from '../request/normalise-request.ts'
import type { DeclaredTool, ToolSaid } from '../request/read-setup-file.ts'
import { type Input, isOn, type KeyStore, type ToolChoice } from '../request/request.ts'
import type { SetupFile } from '../request/setup-file-schema.ts'
import { keepWishes, readWishes } from '../request/wishes.ts'
import { type Message, say } from '../texts/message.ts'
import { describeNames, hasName, nameFindings } from './by-name.ts'
import { isFolder, loadLedger } from './choices-of.ts'
import { type Defined, type Named, readNamed } from './names.ts'

/** What setup files want set up. */
export interface DeclaredChoices {
  readonly choices: readonly ToolChoice[]
  /** The names that were said and defined, by name. */
  readonly names: ReadonlyMap<string, Named>
  /** Those whose variant is not to be chosen by what the gateway serves. */
  readonly pinned: ReadonlySet<ToolChoice>
  /** Ids of the setups that are meant but were passed over: see the findings. */
  readonly passedOver: ReadonlySet<string>
  readonly findings: readonly Finding[]
}

/**
 * Tools of setup files as choices. What the files do not say stays as it is set up in the same place, else it is chosen as for
 * `setup`. A project that is not there is passed over. Errors: UserError, exit 2, at the place of what is wrong.
 */
export async function declaredChoices(
  tools: readonly DeclaredTool[],
  defined: ReadonlyMap<string, Defined>,
  existing: readonly ToolChoice[],
  fallbackStore: KeyStore | undefined,
  input: Input,
  context: CommandContext,
): Promise<DeclaredChoices> {
  const choices = new Map<string, ToolChoice>()
  const pinned = new Set<ToolChoice>()
  const passedOver = new Set<string>()
  const findings: Finding[] = []
  const names = new Map<string, Named>(defined)
  for (const declared of tools) {
    const tool = context.catalog.tools.find(({ id }) => id === declared.id)
    if (!tool) throw new Error(`the reader let ${declared.id} pass`)
    const place = await placeOf(declared, tool, existing, context.host)
    const known = existing.find((one) => one.tool === tool && isSamePlace(one, declared.said, place.host))
    const consented = existing.map(({ origin }) => origin)
    const named = await nameOf(declared, known, defined, context)
    if (named) names.set(named.name, named)
    const wish = { declared, tool, place, known, consented, fallbackStore, named }
    const choice = await chooseAt(wish, input, context)
    const id = choiceId(choice, context.host)
    if (choices.has(id)) throw twice(tool.id).at(await declared.where())
    if (choice.scope === 'project' && !isFolder(choice.project ?? '')) {
      findings.push(goneFinding(choice))
      passedOver.add(id)
      continue
    }
    choices.set(id, choice)
    if (declared.said.variant !== undefined) pinned.add(choice)
  }
  return { choices: [...choices.values()], names, pinned, passedOver, findings }
}

/** What the file calls by its name, or what has a name in that place and nothing else is said of. Errors: those of `readNamed`. */
async function nameOf(
  { said, where }: DeclaredTool,
  known: ToolChoice | undefined,
  defined: ReadonlyMap<string, Named>,
  context: CommandContext,
): Promise<Named | undefined> {
  const isOther = said.region !== undefined || said.gateway !== undefined
  const name = said.name?.toLowerCase() ?? (isOther ? undefined : known?.name)
  if (name === undefined || name === 'default') return undefined
  try {
    return defined.get(name) ?? (await readNamed(name, loadLedger(context), context))
  } catch (error) {
    throw error instanceof UserError ? error.at(await where('name')) : error
  }
}

/** The machine as it looks from the place that is meant: its project, and the folders that variables name. */
interface Place {
  readonly host: Host
  readonly project?: string
  readonly hasFolders: boolean
}

async function placeOf(
  declared: DeclaredTool,
  tool: Tool,
  existing: readonly ToolChoice[],
  host: Host,
): Promise<Place> {
  const { project, folders = {} } = declared.said
  // Where the user has set something up is no new place.
  const known = existing.flatMap((one) => [one.project ?? [], ...Object.values(one.folders ?? {})].flat())
  const path = async (text: string, name: keyof ToolSaid) => {
    const found = pathInBounds(text, declared.folderOf(name), host, known)
    if ('path' in found) return found.path
    throw outOfBounds(found.fault).at(await declared.where(name))
  }
  const variables: Record<string, string> = {}
  for (const [name, folder] of Object.entries(folders)) {
    if (!folderVariables(tool).includes(name)) {
      throw unusedVariable(name, tool).at(await declared.where('folders'))
    }
    variables[name] = folder === '' ? '' : await path(folder, 'folders')
  }
  const folder = project === undefined ? undefined : await path(project, 'project')
  return {
    host: { ...host, env: { ...host.env, ...variables }, ...(folder !== undefined && { cwd: folder }) },
    ...(folder !== undefined && { project: folder }),
    hasFolders: Object.keys(variables).length > 0,
  }
}

/** The variables that can move a tool's files. */
export function folderVariables({ places }: Tool): string[] {
  const own = Object.values(places).flatMap((candidates) => candidates.flatMap(({ env }) => env ?? []))
  return [...new Set([...own, 'XDG_CONFIG_HOME', 'ZDOTDIR'])]
}

/** Whether a setup stands where a file means it. */
function isSamePlace(choice: ToolChoice, said: ToolSaid, host: Host): boolean {
  if (choice.scope !== (said.scope ?? 'user')) return false
  if (said.method !== undefined && choice.method !== said.method) return false
  if (choice.scope === 'project') return realFolder(choice.project ?? '') === realFolder(host.cwd)
  if (said.shell !== undefined && choice.shell !== undefined && choice.shell.id !== said.shell) return false
  const { folders: _, ...today } = choice
  return setupOf(today, host).place === setupOf(choice, host).place
}

interface Wish {
  readonly declared: DeclaredTool
  readonly tool: Tool
  readonly place: Place
  readonly known: ToolChoice | undefined
  /** Of what is set up: a relay without TLS was agreed to then. */
  readonly consented: readonly Origin[]
  readonly fallbackStore: KeyStore | undefined
  readonly named: Named | undefined
}

async function chooseAt(wish: Wish, input: Input, context: CommandContext): Promise<ToolChoice> {
  const { declared, tool, place, known, fallbackStore } = wish
  const { said } = declared
  try {
    const origin = originOf(wish, input, context)
    const byRequest = known?.variant.when === 'request' ? known.variant.id : undefined
    const values = {
      scope: said.scope ?? 'user',
      method: said.method ?? known?.method,
      shell: said.shell ?? known?.shell?.id,
      // Where a setup file keeps its key is no matter of what has a key of its own.
      keyStore: said.key_store ?? (wish.named ? known?.keyStore : (fallbackStore ?? known?.keyStore)),
      name: wish.named?.name,
      [`pin:${tool.id}`]: said.variant ?? byRequest,
    }
    const given = Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value]]],
    )
    const as = { values: Object.fromEntries(given), switches: input.switches, positionals: [] }
    const choice = await completeChoice(tool, origin, as, context.catalog, place.host)
    const wished = keepWishes(choice, { ...known, ...readWishes(said) }, as)
    const placed = { ...wished, declared: true as const }
    const { folders } = setupOf(placed, place.host)
    return place.hasFolders && folders ? { ...placed, folders } : placed
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw error.at(await declared.where(settingOf(error.code, said)))
  }
}

function originOf(
  { declared: { said }, known, consented, named }: Wish,
  input: Input,
  { catalog }: CommandContext,
): Origin {
  const { gateway } = catalog
  if (named) return named.origin
  if (said.gateway !== undefined) {
    const same = consented.find(({ text }) => text === said.gateway)
    return same ?? Origin.parse(said.gateway, gateway, isOn(input, 'allowHttp')).origin
  }
  if (said.region !== undefined) return regionOrigin(said.region, gateway)
  return known?.origin ?? regionOrigin('global', gateway)
}

/** The setting that an error is about, by the error's code. */
function settingOf(code: string, said: ToolSaid): keyof ToolSaid {
  const [name = 'id'] = (
    {
      'scope-not-supported': ['scope'],
      'method-not-supported': ['method', 'scope'],
      'unknown-shell': ['shell'],
      'odd-folder': ['folders'],
    }[code] ?? (said.gateway === undefined ? [] : ['gateway'])
  ).filter((one) => said[one as keyof ToolSaid] !== undefined)
  return name as keyof ToolSaid
}

function realFolder(path: string): string {
  return isFolder(path) ? realpathSync(path) : path
}

function goneFinding({ tool, project = '' }: ToolChoice): Finding {
  return {
    id: 'place-gone',
    level: 'warning',
    tool: tool.id,
    message: say('setup-file.project-gone', { tool: tool.title, folder: project }),
    where: { file: project },
  }
}

function twice(tool: string): UserError {
  return usageError('tool-twice', say('setup-file.twice', { tool }), say('setup-file.twice.hint'))
}

function outOfBounds(message: Message): UserError {
  return usageError('path-outside', message, say('setup-file.path.hint'))
}

function unusedVariable(name: string, tool: Tool): UserError {
  const hint = say('usage.valid', { values: folderVariables(tool) })
  return usageError('folder-variable', say('setup-file.variable-unused', { name, tool: tool.title }), hint)
}

/** The names that a command is about, as a setup file defines them; the keys, and names with a lost file, are left out. */
export function namesSaid(
  input: Input,
  ledger: Ledger,
  context: CommandContext,
): { names: SetupFile['names']; findings: Finding[] } {
  const all = describeNames(ledger, context).filter(hasName(input))
  const broken = nameFindings([], all, ledger, context.catalog)
  const said = all
    .filter(({ fault }) => !fault)
    .map(({ name, region, gateway, keyStore }) => [
      name,
      {
        ...(region === 'custom' ? { gateway } : { region }),
        ...(keyStore === 'keychain' && { key_store: keyStore }),
      },
    ])
  if (said.length === 0) return { names: undefined, findings: broken }
  const message = say('name.keys-left-out', { names: said.map(([name]) => String(name)) })
  const findings: Finding[] = [...broken, { id: 'name-keys-left-out', level: 'info', message }]
  return { names: Object.fromEntries(said), findings }
}
