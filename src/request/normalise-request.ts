import { type Catalog, keyVariables, type Tool } from '../catalog/tool.ts'
import { UserError, usageError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { findRegion, type Gateway } from '../gateway/gateway.ts'
import { Origin } from '../gateway/origin.ts'
import { isWsl } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import { keyAccount, openKeychain } from '../secrets/keychain.ts'
import { looksLikeKey, wasInQuotes } from '../secrets/read-key.ts'
import type { Secret } from '../secrets/secret.ts'
import { type Message, say } from '../texts/message.ts'
import {
  completeChoice,
  leaveOutWithoutModel,
  refuseWithoutKeychain,
  refuseWithoutVariable,
} from './choose-tools.ts'
import { refuseForeignWishes } from './folder-flags.ts'
import { printable, unknownValue } from './parse-arguments.ts'
import type { Declaration, DeclaredTool } from './read-setup-file.ts'
import {
  type Input,
  isManagedScope,
  isOn,
  listOf,
  nameIn,
  type Request,
  type ToolChoice,
  textOf,
  withValues,
} from './request.ts'

interface Normalised {
  readonly request: Request
  /** The one that all choices are for. */
  readonly origin: Origin
  readonly findings: readonly Finding[]
}

/**
 * What was said, made complete for these tools; `keep` adds what the user wished for where it is set up already. Errors:
 * UserError with exit 2, naming the flag that is missing or wrong.
 */
export async function normaliseRequest(
  input: Input,
  tools: readonly Tool[],
  key: Secret | undefined,
  catalog: Catalog,
  host: Host,
  keep: (choice: ToolChoice) => ToolChoice,
): Promise<Normalised> {
  refuseAmbiguousModel(input, tools)
  refuseForeignWishes(input, tools, catalog)
  const { origin, note } = chooseOrigin(input, catalog.gateway)
  const isKept = textOf(input, 'keyStore') !== 'env'
  if (isKept && !key) throw missingKey()
  const all = await Promise.all(
    tools.map(async (tool) => keep(await completeChoice(tool, origin, input, catalog, host))),
  )
  const { choices, findings: leftOut } = leaveOutWithoutModel(all)
  refuseWithoutKeychain(choices)
  refuseWithoutVariable(choices)
  const findings = [
    ...(note === undefined ? [] : [{ id: 'trailing-slash', level: 'warning' as const, message: note }]),
    ...(key && isKept ? judgeKeyLook(key) : []),
    ...(isKept ? [] : choices.map((choice) => noKeyFinding(choice, host))),
    ...leftOut,
  ]
  return { request: { choices, ...(key && isKept && { key }) }, origin, findings }
}

/** Where the user has to put the key: a warning as long as it does not stand there. */
export function keyVariableFinding(tool: Tool, { env }: Pick<Host, 'env'>): Finding {
  const names = keyVariables(tool)
  const isSet = names.every((name) => env[name])
  const message = say('key.from-environment', { tool: tool.title, names })
  return { id: 'key-from-environment', level: isSet ? 'info' : 'warning', tool: tool.id, message }
}

/** Who has to bring the key that is not written: the user, by a variable; where the whole computer is set up, each user. */
export function noKeyFinding({ tool, scope }: ToolChoice, host: Pick<Host, 'env'>): Finding {
  if (scope !== 'managed') return keyVariableFinding(tool, host)
  // A variable of the gateway's own holds nobody else's key.
  const text = tool.keyVariable === undefined ? 'key.managed.other' : 'key.managed'
  const message = say(text, { tool: tool.title, id: tool.id })
  return { id: 'key-of-each-user', level: 'warning', tool: tool.id, message }
}

/** UserError `key-missing`, exit 2: there is none, and nobody can be asked. */
export function missingKey(): UserError {
  return new UserError({
    code: 'key-missing',
    message: say('key.missing'),
    hint: say('key.missing.hint'),
    exit: 2,
  })
}

/** One bare model for tools of different vendors cannot be meant. */
function refuseAmbiguousModel(input: Input, tools: readonly Tool[]): void {
  const models = listOf(input, 'model')
  const named = models.filter((value) => value.includes('=')).map((value) => value.split(/[:=]/)[0] ?? '')
  const ids = tools.map((tool) => tool.id)
  const unknown = named.find((id) => !ids.includes(id))
  if (unknown !== undefined) throw unknownValue('tool-in-model', unknown, ids, { tools })
  const families = new Set(tools.map((tool) => tool.variants[0]?.endpoints[0]?.protocol.split('-')[0]))
  if (named.length === models.length || families.size < 2) return
  throw new UserError({
    code: 'model-ambiguous',
    message: say('usage.model'),
    hint: say('usage.model.hint', { tool: ids[0] ?? '' }),
    exit: 2,
  })
}

/** A warning where a key has not the look of those that the console gives out. */
export function judgeKeyLook(key: Secret): Finding[] {
  return [
    ...(wasInQuotes(key) ? [{ id: 'key-quotes', level: 'info' as const, message: say('key.quotes') }] : []),
    ...(looksLikeKey(key) ? [] : [{ id: 'key-look', level: 'warning' as const, message: say('key.look') }]),
  ]
}

/**
 * The key that the keychain holds already, where that is where it is to be kept; it is that of no name. Throws UserError
 * `keychain-unavailable`.
 */
export async function keychainKey(input: Input, host: Host): Promise<Secret | undefined> {
  if (textOf(input, 'keyStore') !== 'keychain' || nameIn(input) !== undefined) return undefined
  return (await openKeychain(host)).read(keyAccount)
}

/** The gateway that the input names: `--gateway`, else the region (by default global). `note` describes a correction. */
export function chooseOrigin(
  input: Input,
  gateway: Gateway,
  regionName = textOf(input, 'region'),
): { origin: Origin; note?: Message } {
  const url = textOf(input, 'gateway')
  if (url === undefined) return { origin: regionOrigin(regionName ?? 'global', gateway) }
  if (regionName !== undefined) {
    throw new UserError({
      code: 'region-and-gateway',
      message: say('usage.region-and-gateway'),
      hint: say('usage.region-and-gateway.hint'),
      exit: 2,
    })
  }
  const { origin, removedSlash } = Origin.parse(url, gateway, isOn(input, 'allowHttp'))
  return removedSlash ? { origin, note: say('usage.gateway-slash', { origin: origin.text }) } : { origin }
}

/** The origin of a region by id or alias. Errors: UserError `unknown-region`, exit 2. */
export function regionOrigin(name: string, gateway: Gateway): Origin {
  const region = findRegion(gateway, name)
  if (!region)
    throw unknownValue(
      'region',
      name,
      gateway.regions.map(({ id }) => id),
      { gateway },
    )
  return Origin.ofRegion(region)
}

/** The input without a key, which would stand where every user reads it. Errors: UserError `managed-key`, exit 2. */
export function withoutKey(input: Input): Input {
  const store = textOf(input, 'keyStore') ?? 'env'
  if (store !== 'env' || textOf(input, 'keyFile') !== undefined) throw keyForAll()
  return withValues(input, 'keyStore', ['env'])
}

/** What files say, where all of it is about what the command is about. Errors: UserErrors at what is not, exit 2. */
export async function inScope(declaration: Declaration, input: Input): Promise<Declaration> {
  const isManaged = isManagedScope(input)
  const tools = await Promise.all(declaration.tools.map((tool) => (isManaged ? forAll(tool) : forUser(tool))))
  return isManaged ? { tools, names: [], findings: [] } : { ...declaration, tools }
}

async function forUser(tool: DeclaredTool): Promise<DeclaredTool> {
  if (tool.said.scope !== 'managed') return tool
  throw new UserError({
    code: 'managed-needs-flag',
    message: say('managed.needs-flag'),
    hint: say('managed.needs-flag.hint', { command: 'qcode-setup apply FILE --scope managed' }),
    exit: 2,
    where: await tool.where('scope'),
  })
}

async function forAll(tool: DeclaredTool): Promise<DeclaredTool> {
  const { scope = 'managed', key_store = 'env' } = tool.said
  if (scope !== 'managed') {
    throw new UserError({
      code: 'not-managed',
      message: say('managed.not-users', { scope }),
      hint: say('managed.not-users.hint'),
      exit: 2,
      where: await tool.where('scope'),
    })
  }
  if (key_store !== 'env') throw keyForAll().at(await tool.where('key_store'))
  return { ...tool, said: { ...tool.said, scope, key_store } }
}

function keyForAll(): UserError {
  return new UserError({
    code: 'managed-key',
    message: say('managed.no-key'),
    hint: say('managed.no-key.hint'),
    exit: 2,
  })
}

/** Errors: UserError, exit 2, for `--registry` with a wrong value or alone, and where nobody says yes to `--install`. */
export function refuseWrongInstall(
  input: Input,
  { installers }: Catalog,
  host: Host,
  isAsked: boolean,
): void {
  if (isOn(input, 'alsoWindows')) refuseAlsoWindows(input, host)
  const registry = textOf(input, 'registry')
  if (!isOn(input, 'install') && registry === undefined) return
  const names = [...new Set(installers.flatMap(({ mirrors }) => Object.keys(mirrors)))]
  if (registry !== undefined && !isOn(input, 'install'))
    throw usageError('registry-alone', say('install.registry-alone'))
  if (registry !== undefined && !names.includes(registry) && !isRegistry(registry))
    throw usageError(
      'bad-registry',
      say('install.registry', { value: printable(registry) }),
      say('install.registry.hint', { names }),
    )
  if (isAsked || isOn(input, 'yes') || isOn(input, 'dryRun')) return
  throw usageError('install-unconfirmed', say('install.unconfirmed'), say('install.unconfirmed.hint'))
}

/** What is between a registry and this computer must not choose what is run here, and other programs read its address. */
function isRegistry(text: string): boolean {
  return /^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost)(?=[:/]|$))[\w.:/~%-]+$/.test(text)
}

/** UserError, exit 2: there is no Windows around this Linux, or it could not have the same settings. */
function refuseAlsoWindows(input: Input, host: Host): void {
  const fault = isWsl(host)
    ? (textOf(input, 'scope') ?? 'user') === 'user'
      ? undefined
      : 'scope'
    : 'not-here'
  if (fault === undefined) return
  const [message, hint] = [say(`wsl.${fault}`), say(`wsl.${fault}.hint`)]
  throw new UserError({ code: 'no-windows', message, hint, exit: 2 })
}
