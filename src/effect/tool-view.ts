import { chooseVariant, type Installed } from '../catalog/detect.ts'
import type { Connection } from '../catalog/diagnosis.ts'
import { resolvePlaces } from '../catalog/places.ts'
import type { Catalog, Tool, Variant } from '../catalog/tool.ts'
import { isForGateway } from '../gateway/is-for-gateway.ts'
import { judgeBaseUrl, type Verdict } from '../gateway/judge-base-url.ts'
import type { FileReader } from './file-reader.ts'
import { type Resolved, resolveSettings } from './find-setting.ts'
import type { MachineView } from './machine-view.ts'
import { type OpenedSources, openSources } from './open-sources.ts'
import type { Profile } from './read-profiles.ts'

/** A tool that was set up, as far as its effect depends on it. */
export interface StandingSetup {
  readonly tool: string
  readonly variant: string
  /** The origin that stands in the files. */
  readonly gateway: string
}

/** What the effect of any tool's settings is worked out from. */
export interface EffectContext {
  readonly catalog: Catalog
  readonly machine: MachineView
  readonly setups: readonly StandingSetup[]
  readonly files: FileReader
  readonly profiles: readonly Profile[]
}

/** One tool as it stands on this machine. */
export interface ToolView extends OpenedSources {
  readonly tool: Tool
  readonly installed: Installed
  readonly variant: Variant
  /** Whether this program set it up. */
  readonly isSetUp: boolean
  readonly connections: readonly ConnectionView[]
}

/** The base URL and the keys with which a client will send one protocol’s requests. */
export interface ConnectionView {
  readonly connection: Connection
  readonly baseUrl: Resolved
  readonly keys: Resolved
  /** Where the base URL in effect leads; `vendor`: there is none, or an empty one. */
  readonly leads: 'gateway' | 'elsewhere' | 'vendor'
  /** Of a base URL for the gateway. */
  readonly verdict?: Verdict
}

/**
 * How a client will behave as its files and the environment are now. The variant that was set up counts before the
 * installed one.
 */
export async function viewTool(tool: Tool, installed: Installed, context: EffectContext): Promise<ToolView> {
  const setup = context.setups.find((candidate) => candidate.tool === tool.id)
  const variant =
    tool.variants.find(({ id }) => id === setup?.variant) ?? (await chooseVariant(tool, installed))
  const places = resolvePlaces(tool.places, context.machine)
  const client = { places, version: installed.version, variant: variant.id }
  const opened = openSources(tool.diagnosis, client, context)
  const connections = tool.diagnosis.connections.map((connection) =>
    viewConnection(connection, variant, opened, context),
  )
  return { tool, installed, variant, isSetUp: setup !== undefined, ...opened, connections }
}

function viewConnection(
  connection: Connection,
  variant: Variant,
  { sources, names }: OpenedSources,
  { catalog, setups }: EffectContext,
): ConnectionView {
  const baseUrl = resolveSettings(connection.baseUrl, sources, names, variant.id)
  const keys = resolveSettings(connection.keys, sources, names, variant.id)
  const url = baseUrl.winner?.value ?? ''
  if (url.trim() === '') return { connection, baseUrl, keys, leads: 'vendor' }
  const knownOrigins = originsOf(setups)
  if (!isForGateway(url, catalog.gateway, knownOrigins))
    return { connection, baseUrl, keys, leads: 'elsewhere' }
  const endpoint = variant.endpoints.find(({ protocol }) => protocol === connection.protocol)
  const verdict = endpoint && judgeBaseUrl(url, endpoint, catalog.gateway, { knownOrigins })
  return { connection, baseUrl, keys, leads: 'gateway', ...(verdict && { verdict }) }
}

/** The origins that tools were set up for: regions and private relays. */
export function originsOf(setups: readonly StandingSetup[]): string[] {
  return [...new Set(setups.map(({ gateway }) => gateway))]
}

/** Whether a text begins as the gateway's keys do. */
export function looksGatewayKey(text: string): boolean {
  return /^\s*cr_/.test(text)
}
