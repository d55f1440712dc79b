import { chooseVariant, type Installed } from '../catalog/detect.ts'
import type { Connection, Diagnosis } from '../catalog/diagnosis.ts'
import { resolvePlaces } from '../catalog/places.ts'
import type { Catalog, Tool, Variant } from '../catalog/tool.ts'
import { debug } from '../debug.ts'
import type { FormatId } from '../documents/formats.ts'
import { hostIn, isForGateway, judgeBaseUrl, regionMeant, type Verdict } from '../gateway/judge-base-url.ts'
import { isBelow } from '../host/files-at.ts'
import { type Message, say } from '../texts/message.ts'
import { remedyFor } from './describe-source.ts'
import type { FileReader } from './file-reader.ts'
import { type Found, type Names, type Places, type Resolved, resolveSettings } from './find-setting.ts'
import type { MachineView } from './machine-view.ts'
import { openSources } from './open-sources.ts'
import type { Profile } from './read-profiles.ts'

/** A tool that was set up, as far as its effect depends on it. */
export interface ExistingSetup {
  readonly tool: string
  readonly variant: string
  /** The origin that stands in the files. */
  readonly gateway: string
  /** The user's name for it with its key. */
  readonly name?: string
  /** `file` or `env`. */
  readonly method?: string
  /** The folder of a project-scope setup. */
  readonly project?: string
  /** The folders that it was written with, by name. */
  readonly folders?: Readonly<Record<string, string>>
  readonly region?: string
  readonly scope?: string
  readonly shell?: string
  readonly model?: string
  /** Where the key is kept; `env` for a variable that the user sets. */
  readonly keyStore?: string
  /** How its files stand, where that was looked at: what was changed is written again only where that is said. */
  readonly files?: readonly { readonly state: string }[]
}

/** What the effect of any tool's settings is worked out from. */
export interface EffectContext {
  readonly catalog: Catalog
  readonly machine: MachineView
  readonly setups: readonly ExistingSetup[]
  readonly ownKeys: OwnKeys
  readonly files: FileReader
  readonly profiles: readonly Profile[]
}

/** The keys that the user gave this program. */
export interface OwnKeys {
  /** Whether any is known. */
  readonly areKnown: boolean
  /** Whether a text is one of them. */
  includes(text: string): boolean
}

/** One tool as it stands on this machine. */
export interface ToolView extends Places {
  readonly tool: Tool
  readonly installed: Installed
  readonly chosen: Variant
  /** What this program set up of it, for where it is looked at: another project or account has its own. */
  readonly setups: readonly ExistingSetup[]
  readonly connections: readonly ConnectionView[]
}

/** The base URL and the keys with which a client will send one protocol’s requests. */
export interface ConnectionView {
  readonly connection: Connection
  readonly baseUrl: Resolved
  readonly keys: Resolved
  /** Where the base URL in effect leads; `vendor`: there is none, or an empty one. */
  readonly destination: 'gateway' | 'elsewhere' | 'vendor'
  /** Of a base URL for the gateway. */
  readonly verdict?: Verdict
  /** The keys of somebody else that are sent to the gateway. */
  readonly foreignKeys: readonly Found[]
  /** The first key of the gateway that is sent to somebody else. */
  readonly leakedKey?: Found
}

/** What one setup says of its client. */
interface Pinned {
  readonly variant?: Variant
  /** Folders by name, whatever the environment says. */
  readonly folders?: Readonly<Record<string, string>>
}

/**
 * How a client will behave as its files and the environment are now. The variant that was set up counts before the
 * installed one.
 */
export async function viewTool(
  tool: Tool,
  installed: Installed,
  context: EffectContext,
  pinned: Pinned = {},
): Promise<ToolView> {
  const places = { ...resolvePlaces(tool.places, context.machine), ...pinned.folders }
  const setups = context.setups.filter((setup) => isFor(setup, tool, places, context.machine))
  const chosen =
    pinned.variant ??
    tool.variants.find(({ id }) => id === setups[0]?.variant) ??
    (await chooseVariant(tool, installed))
  if (setups[0]?.variant === chosen.id) debug(() => `variant ${chosen.id} of ${tool.id}: set up so`)
  const client = { places, version: installed.version, variant: chosen.id }
  await context.files.load(formatsOf(tool.diagnosis))
  const opened = openSources(tool.diagnosis, client, context)
  const connections = tool.diagnosis.connections.map((connection) =>
    viewConnection(connection, tool, chosen, opened, context),
  )
  return { tool, installed, chosen, setups, ...opened, connections }
}

/** Every format in which a source, or the file of a setting or a trap, may be written. */
export function formatsOf({ sources, lookups, connections, traps }: Diagnosis): Set<FormatId> {
  const settings = [
    ...lookups.flatMap(({ from }) => from),
    ...connections.flatMap(({ baseUrl, keys }) => [...baseUrl, ...keys]),
  ]
  const conditions = [...traps.flatMap(({ when }) => when), ...settings.flatMap(({ when = [] }) => when)]
  const compared = conditions.flatMap(({ differsFrom }) => differsFrom ?? [])
  return new Set([
    'json',
    ...sources.map(({ format }) => format),
    ...[...settings, ...conditions, ...compared].flatMap(({ format }) => format ?? []),
  ])
}

/** Whether a setup is what a client meets that looks in these places. Variables of a shell reach every account. */
function isFor(setup: ExistingSetup, tool: Tool, places: Names, { cwd }: Pick<MachineView, 'cwd'>): boolean {
  if (setup.tool !== tool.id) return false
  if (setup.project !== undefined) return setup.project === cwd || isBelow(cwd, setup.project)
  if (setup.method === 'env') return true
  return Object.keys(tool.places).every((name) => (setup.folders?.[name] ?? places[name]) === places[name])
}

function viewConnection(
  connection: Connection,
  { auth }: Tool,
  variant: Variant,
  places: Places,
  context: EffectContext,
): ConnectionView {
  const { catalog } = context
  const defaultHeader = auth === 'bearer' ? 'authorization' : auth
  const baseUrl = resolveSettings(connection.baseUrl, places)
  const keys = resolveSettings(connection.keys, places, defaultHeader)
  const url = baseUrl.winner?.value ?? ''
  const knownOrigins = originsOf(context)
  const isGateway = url.trim() !== '' && isForGateway(url, catalog.gateway, knownOrigins)
  if (!isGateway) {
    // A new terminal, which has this key, has the other base URL as well.
    const renewed = baseUrl.overridden.find(({ source }) => source.level === 'profile')?.value ?? ''
    const isOfOldTerminal =
      baseUrl.winner?.source.level === 'environment' && isForGateway(renewed, catalog.gateway, knownOrigins)
    const leakedKey = keys.sent.find(
      ({ value, source }) => isGatewayKey(value, context) && !(isOfOldTerminal && source.level === 'profile'),
    )
    const destination = url.trim() === '' ? ('vendor' as const) : ('elsewhere' as const)
    return { connection, baseUrl, keys, destination, foreignKeys: [], ...(leakedKey && { leakedKey }) }
  }
  const endpoint = variant.endpoints.find(({ protocol }) => protocol === connection.protocol)
  const verdict = endpoint && judgeBaseUrl(url, endpoint, catalog.gateway, { knownOrigins })
  const isRelay = regionMeant(hostIn(url) ?? '', catalog.gateway) === undefined
  const foreignKeys = keys.sent.filter((found) => isForeign(found, isRelay, context))
  return { connection, baseUrl, keys, destination: 'gateway', foreignKeys, ...(verdict && { verdict }) }
}

/** What to do about a value that does not count beside the one that does; a new terminal may have it in the other's place. */
export function remedyForOther(
  other: Found,
  winner: Found,
  { profiles, machine }: Pick<EffectContext, 'profiles' | 'machine'>,
): Message {
  const isRenewed = winner.source.level === 'environment' && other.source.level === 'profile'
  return isRenewed ? newTerminal(machine) : say('remedy.one-of-two', { remedy: remedyFor(other, profiles) })
}

/** What to do where only a terminal that is opened now has the right values, in the words of the system. */
export function newTerminal({ platform }: MachineView): Message {
  return say(platform === 'darwin' ? 'remedy.new-terminal.mac' : 'remedy.new-terminal')
}

/** The origins that tools were set up for, by the user or for every user: regions and private relays. */
export function originsOf({ setups, machine }: Pick<EffectContext, 'setups' | 'machine'>): string[] {
  return [...new Set([...setups.map(({ gateway }) => gateway), ...machine.administered])]
}

/** Whether a key is one of this gateway: it begins as its keys do, or the user gave it to this program. */
export function isGatewayKey(text: string, { ownKeys }: Pick<EffectContext, 'ownKeys'>): boolean {
  return looksGatewayKey(text) || ownKeys.includes(text.trim()) || printsKey.test(text)
}

/** Whether a text begins as the gateway's keys do. */
export function looksGatewayKey(text: string): boolean {
  return /^\s*cr_/.test(text)
}

/** The command with which this program prints its key. */
const printsKey = /\bqcode-setup\b.*\bkey get\b/

/** How the keys of well-known vendors begin. */
const vendorLook = /^(sk-|AIza|ghp_|github_pat_|gsk_|xai-|hf_|eyJ)/

/**
 * Whether a key is another one's than this gateway's. A relay of the user's own may have keys of any look, so there only
 * one that differs from what the user gave, or that is plainly a vendor's, is foreign.
 */
function isForeign(found: Found, isRelay: boolean, context: EffectContext): boolean {
  const { name, value, isCommand, source } = found
  if (isCommand || context.ownKeys.includes(value.trim())) return false
  if (isPlaceholderKey(found)) return true
  if (isGatewayKey(value, context)) return false
  // The variable in which people give this program their key; in a client's own file it is a key like any other.
  if (name === 'QCODE_API_KEY' && source.file === undefined) return !isRelay && vendorLook.test(value.trim())
  return !isRelay || context.ownKeys.areKnown || vendorLook.test(value.trim())
}

/** How a reference to a variable is written; no client puts its value in where the setting is not read by a shell. */
const references = [/^\$\w+$/, /^\$\{[\w:.-]+\}$/, /^\$env:\w+$/i, /^%\w+%$/, /^\{\{.*\}\}$/, /^\{env:.*\}$/]

/** What examples and managing programs write where a key belongs. */
const fillers = [
  /^<.*>$/,
  /^\[.*\]$/,
  /(?<![a-z])your[-_ ]?(own[-_ ]?)?(\w+[-_ ])?(api[-_ ]?)?(key|token|secret)(?![a-z])/i,
  /^(sk|cr|key)?[-_]?(ant[-_])?(api\d*[-_])?(x{3,}|\*{3,}|\.{3,}|…+)[-_x*.…]*$/i,
  /^(PROXY|KEY|TOKEN|SECRET)?[-_]?(MANAGED|PLACEHOLDER|REPLACE[-_ ]?ME|CHANGE[-_ ]?ME|TODO|DUMMY|FAKE|EXAMPLE|TEST)([-_ ]?(KEY|TOKEN|SECRET))?$/i,
  /^(null|none|undefined|nil|key|token|api[-_]?key|secret|xxx+)$/i,
]

/**
 * Whether a text stands where a key belongs and is none: a variable's name that nobody will replace, or what an example
 * had there. Files of variables are read by readers that do replace names.
 */
export function isPlaceholderKey({
  value,
  source,
  isCommand,
}: Pick<Found, 'value' | 'source' | 'isCommand'>): boolean {
  if (isCommand) return false
  const text = value.trim()
  const isReplaced = source.level === 'profile' || (source.file !== undefined && source.format === 'dotenv')
  return (
    fillers.some((pattern) => pattern.test(text)) || (!isReplaced && references.some((one) => one.test(text)))
  )
}
