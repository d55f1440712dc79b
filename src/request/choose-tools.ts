import { basename } from 'node:path'
import { chooseKeyDelivery, chooseVariant, detectTool } from '../catalog/detect.ts'
import { oddFoldersOf, refuseOddFolders } from '../catalog/folder-variables.ts'
import {
  type Catalog,
  type KeyDelivery,
  keyVariables,
  type Shell,
  type Target,
  type Tool,
  type Variant,
} from '../catalog/tool.ts'
import { debug } from '../debug.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { type Gateway, type ProtocolId, servesModel } from '../gateway/gateway.ts'
import type { Origin } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import { userVariables } from '../host/read-file-state.ts'
import { say, written } from '../texts/message.ts'
import {
  type Input,
  type KeyStore,
  listOf,
  type Method,
  nameIn,
  type Scope,
  type ToolChoice,
  textOf,
} from './request.ts'
import { givenWishes } from './wishes.ts'

/** The tools that the input names, each once and in the catalog's order; undefined when it names none. */
export async function namedTools(
  input: Input,
  catalog: Catalog,
  host: Host,
): Promise<readonly Tool[] | undefined> {
  return toolsNamed(listOf(input, 'tool'), catalog, host)
}

/** Of these words each is the id of a tool, `all` or `detected`. */
export async function toolsNamed(
  words: readonly string[],
  catalog: Catalog,
  host: Host,
): Promise<readonly Tool[] | undefined> {
  const names = new Set(words)
  if (names.size === 0) return undefined
  if (names.has('all')) return catalog.tools
  const found = names.has('detected') ? await detectedTools(catalog, host) : []
  const tools = catalog.tools.filter((tool) => names.has(tool.id) || found.includes(tool))
  if (tools.length > 0) return tools
  throw new UserError({
    code: 'nothing-detected',
    message: say('usage.no-tool-found'),
    hint: say('usage.no-tool-found.hint', { tools: catalog.tools.map((tool) => tool.id) }),
    exit: 2,
  })
}

/**
 * The tools that this machine has, in the catalog’s order. A client is run where nothing else tells a version that
 * decides something.
 */
export async function detectedTools(catalog: Catalog, host: Host): Promise<Tool[]> {
  const found = await Promise.all(catalog.tools.map((tool) => detectTool(tool, host)))
  return catalog.tools.filter((_, index) => found[index]?.present)
}

/** One tool with everything that the input or the machine decides for it. Errors: UserError, exit 2. */
export async function completeChoice(
  tool: Tool,
  origin: Origin,
  input: Input,
  catalog: Catalog,
  host: Host,
): Promise<ToolChoice> {
  const scope = (textOf(input, 'scope') ?? 'user') as Scope
  const keyStore = (textOf(input, 'keyStore') ?? 'file') as KeyStore
  const variant = await pickVariant(tool, textOf(input, `pin:${tool.id}`), host)
  const keyDelivery = keyStore === 'keychain' ? await pickKeyDelivery(tool, variant, scope, host) : undefined
  const wanted = textOf(input, 'method') as Method | undefined
  const machine = { platform: host.platform, logins: catalog.logins }
  const method = chooseMethod(tool, scope, wanted, { keyStore, keyDelivery, machine })
  const inFiles = method === 'file' ? keyDelivery : undefined
  const needsShell = scope === 'user' && (method === 'env' || (inFiles?.variables.length ?? 0) > 0)
  const isForAll = scope === 'managed' && method === 'env'
  const shell = needsShell
    ? chooseShell(textOf(input, 'shell'), keyStore, catalog, host)
    : isForAll
      ? loginOf(machine)
      : undefined
  // A project's files stand in the project, wherever the user's own are.
  if (scope === 'user') refuseOddFolders(oddFoldersOf(tool, shell, host))
  const name = nameIn(input)
  return {
    tool,
    origin,
    ...(name !== undefined && { name }),
    scope,
    method,
    variant,
    keyStore,
    ...(inFiles && { keyDelivery: inFiles }),
    ...(shell && { shell }),
    ...(scope === 'project' && { project: host.cwd }),
    ...givenWishes(tool, input),
  }
}

/** Where the key is, and how the client's files let it get that. */
interface KeyPlace {
  readonly keyStore: KeyStore
  readonly keyDelivery?: KeyDelivery | undefined
  /** At managed scope: what this computer has places for. By default any is taken to have them. */
  readonly machine?: Machine
}

type Machine = Pick<Host, 'platform'> & Pick<Catalog, 'logins'>

/** How variables reach every user of this computer; undefined where this program knows no place for them. */
function loginOf({ platform, logins }: Machine): Shell | undefined {
  return logins.find(({ platforms }) => platforms?.includes(platform) ?? true)
}

/** How a tool can be set up at a scope; the preferred way first. Only a shell can read the keychain for a variable. */
export function methodsOf(
  tool: Tool,
  scope: Scope,
  { keyStore, keyDelivery, machine }: KeyPlace = { keyStore: 'file' },
): Method[] {
  const inKeychain = keyStore === 'keychain'
  const isHere = ({ platforms }: Target) => !machine || (platforms?.includes(machine.platform) ?? true)
  const byFile = inKeychain
    ? keyDelivery !== undefined
    : tool.targets.some((target) => target.scope === scope && isHere(target))
  if (scope === 'managed') {
    const byLogin = tool.env !== undefined && (!machine || loginOf(machine) !== undefined)
    return byFile ? ['file'] : byLogin && !tool.targets.some(isManaged) ? ['env'] : []
  }
  const byEnv = tool.env !== undefined && (scope === 'user' || (tool.env.dotenv && !inKeychain))
  return [...(byFile ? (['file'] as const) : []), ...(byEnv ? (['env'] as const) : [])]
}

function isManaged({ scope }: Target): boolean {
  return scope === 'managed'
}

/**
 * The shell whose profile is written: the one named, else on Windows none, but the user's variables, and elsewhere the login
 * shell. A key in the keychain is fetched by a command, which only a profile can run. Errors: UserError naming `--shell`, exit 2.
 */
export function chooseShell(
  name: string | undefined,
  keyStore: KeyStore,
  catalog: Catalog,
  host: Pick<Host, 'env' | 'platform' | 'registry'>,
): Shell {
  const { platform, env, registry } = host
  const here = catalog.shells.filter(({ platforms }) => platforms?.includes(platform) ?? true)
  const ofSystem = registry && here.find(({ envFile }) => envFile === userVariables)
  const fromKeychain = keyStore === 'keychain'
  const login = platform === 'win32' && !env.MSYSTEM ? 'powershell' : basename(env.SHELL || 'bash')
  const wanted = name ?? (ofSystem && !fromKeychain ? ofSystem.id : login)
  const shell = here.find(({ id, programs }) => id === wanted || programs.includes(wanted))
  const isUseless = fromKeychain && shell !== undefined && shell === ofSystem
  if (shell && !isUseless) return shell
  throw new UserError({
    code: isUseless ? 'keychain-needs-profile' : 'unknown-shell',
    message: say(isUseless ? 'usage.keychain-needs-profile' : 'usage.shell', { shell: wanted }),
    hint: say('usage.shell.hint', { shells: isUseless ? [login] : [...new Set(here.map(({ id }) => id))] }),
    exit: 2,
  })
}

async function pickVariant(tool: Tool, pinned: string | undefined, host: Host): Promise<Variant> {
  const variant = tool.variants.find(({ id }) => id === pinned)
  if (variant) debug(() => `variant ${variant.id} of ${tool.id}: named by --${tool.pinFlag}`)
  if (variant) return variant
  const byVersion = tool.variants.filter(({ when }) => when !== 'request')
  return byVersion.length === 1
    ? chooseVariant(tool, { present: false })
    : chooseVariant(tool, await detectTool(tool, host))
}

/** A tool that has no method with the keychain is refused once all tools are known. */
function chooseMethod(tool: Tool, scope: Scope, wanted: Method | undefined, place: KeyPlace): Method {
  const possible = methodsOf(tool, scope, place)
  const other = { keyStore: 'file', ...(place.machine && { machine: place.machine }) } as const
  const methods = possible.length > 0 ? possible : methodsOf(tool, scope, other)
  const method = wanted ?? methods[0]
  if (method !== undefined && methods.includes(method)) return method
  const scopes = (['user', 'project', 'managed'] as const).filter(
    (each) => methodsOf(tool, each, other).length > 0,
  )
  if (methods.length === 0)
    throw new UserError({
      code: 'scope-not-supported',
      message: say('usage.scope', { tool: tool.title, scope }),
      hint: say('usage.scope.hint', { scopes }),
      exit: 2,
    })
  throw new UserError({
    code: 'method-not-supported',
    message: say('usage.method', { tool: tool.title, method: method ?? '', scope }),
    hint: say('usage.method.hint', { methods }),
    exit: 2,
  })
}

/** How the client's own files let it get a key out of the keychain, for its version here; undefined where they cannot. */
export async function pickKeyDelivery(
  tool: Tool,
  variant: Variant,
  scope: Scope,
  host: Host,
): Promise<KeyDelivery | undefined> {
  const ways = tool.keyDelivery.filter(({ variants }) => variants?.includes(variant.id) ?? true)
  const isDecided = ways.length === 0 || (ways.length === 1 && ways[0]?.when === '*')
  const installed = isDecided ? { present: false } : await detectTool(tool, host, ways)
  const way = await chooseKeyDelivery(ways, installed)
  const isWritten = tool.targets.some(
    (target) => way && target.scope === scope && target.keyDelivery?.includes(way.id),
  )
  return isWritten ? way : undefined
}

/** Refuses tools that read their key from a file of theirs and nowhere else: it is never written there unasked. */
export function refuseWithoutKeychain(choices: readonly ToolChoice[]): void {
  const wrong = choices.filter(
    ({ tool, scope, keyStore, keyDelivery }) =>
      keyStore === 'keychain' && methodsOf(tool, scope, { keyStore, keyDelivery }).length === 0,
  )
  refuse(wrong, choices, 'keychain')
}

/** The same for a key that the user sets in a variable. */
export function refuseWithoutVariable(choices: readonly ToolChoice[]): void {
  const wrong = choices.filter(({ tool, keyStore }) => keyStore === 'env' && keyVariables(tool).length === 0)
  refuse(wrong, choices, 'env')
}

function refuse(
  wrong: readonly ToolChoice[],
  all: readonly ToolChoice[],
  keyStore: 'env' | 'keychain',
): void {
  if (wrong.length === 0) return
  const tools = wrong.map(({ tool, variant, scope }) => {
    const title = tool.variants.length > 1 ? [written(variant.title, variant.titleZh)] : []
    return say('usage.key-store.tool', { tool: tool.id, details: [...title, `--scope ${scope}`] })
  })
  const others = all.filter((choice) => !wrong.includes(choice)).map(({ tool }) => tool.id)
  throw new UserError({
    code: keyStore === 'env' ? 'variable-not-possible' : 'keychain-not-possible',
    message: say(`usage.key-store.${keyStore}`, { tools }),
    hint:
      others.length === 0
        ? say('usage.key-store.hint')
        : say('usage.key-store.others', { others, store: keyStore }),
    exit: 2,
  })
}

/** The model among the values of `--model` that fits a protocol: by the tool in front of it, else by its maker. */
export function modelFor(
  protocol: ProtocolId,
  models: readonly string[],
  tools: readonly Tool[],
  gateway: Gateway,
): string | undefined {
  const fitting = models.flatMap((value) => {
    const [, id, named] = /^([^=:]+)(?::[^=]+)?=(.+)$/.exec(value) ?? []
    const tool = tools.find((candidate) => candidate.id === id)
    if (tool && named !== undefined) return speaks(tool, protocol) ? [named] : []
    return servesModel(gateway, protocol, value) ? [value] : []
  })
  return fitting.at(-1)
}

function speaks({ variants }: Tool, protocol: ProtocolId): boolean {
  return variants.some(({ endpoints }) => endpoints.some((endpoint) => endpoint.protocol === protocol))
}

/** Whether the client could use nothing that would be written, since no model was named. */
export function lacksModel({
  tool,
  scope,
  method,
  model,
}: Pick<ToolChoice, 'tool' | 'scope' | 'method' | 'model'>): boolean {
  const targets = tool.targets.filter((target) => target.scope === scope)
  return method === 'file' && model === undefined && targets.some(({ needsModel }) => needsModel)
}

/**
 * The choices without those that lack a model, and a warning for each of these. Throws UserError `model-missing`, exit 2,
 * where none would be left.
 */
export function leaveOutWithoutModel(choices: readonly ToolChoice[]): {
  readonly choices: readonly ToolChoice[]
  readonly findings: readonly Finding[]
} {
  const lacking = choices.filter(lacksModel)
  if (lacking.length > 0 && lacking.length === choices.length) throw missingModel(lacking)
  return {
    choices: choices.filter((choice) => !lacking.includes(choice)),
    findings: lacking.map(({ tool }) => leftOutFinding(tool)),
  }
}

function leftOutFinding({ id, title }: Tool): Finding {
  return {
    id: 'model-missing',
    level: 'warning',
    tool: id,
    message: say('model.left-out', { tool: title }),
    hint: say('model.missing.hint', { tool: id }),
  }
}

function missingModel(choices: readonly ToolChoice[]): UserError {
  return new UserError({
    code: 'model-missing',
    message: say('model.missing', { tools: choices.map(({ tool }) => tool.title) }),
    hint: say('model.missing.hint', { tool: choices[0]?.tool.id ?? '' }),
    exit: 2,
  })
}
