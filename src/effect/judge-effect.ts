import { resolvePlaces } from '../catalog/places.ts'
import type { Catalog } from '../catalog/tool.ts'
import type { FormatId } from '../documents/formats.ts'
import type { Finding } from '../finding.ts'
import { isForGateway } from '../gateway/is-for-gateway.ts'
import { baseUrlFindings } from './base-url-findings.ts'
import { createFileReader } from './file-reader.ts'
import { findTraps } from './find-traps.ts'
import { keyFindings } from './key-findings.ts'
import { modelFindings } from './model-findings.ts'
import { openSources } from './open-sources.ts'
import { proxyFindings } from './proxy-findings.ts'
import { readProfiles } from './read-profiles.ts'
import { shapeFindings } from './shape-findings.ts'
import { sourceProblems } from './source-problems.ts'
import { type EffectContext, isGatewayKey, originsOf, type ToolView } from './tool-view.ts'

/** A machine whose effect is to be judged: on the real one it is what doctor prints, on a planned one what a plan leads to. */
export async function openEffect(
  given: Pick<EffectContext, 'catalog' | 'machine' | 'setups' | 'ownKeys'>,
): Promise<EffectContext> {
  const { catalog, machine } = given
  const files = await createFileReader(formatsOf(catalog), machine)
  return { ...given, files, profiles: readProfiles(catalog.shells, machine, files) }
}

/** What is to be said of how a client will behave. */
export function judgeEffect(view: ToolView, context: EffectContext): Finding[] {
  const { tool, installed, chosen, sources, names } = view
  const forGateway = view.connections.some(({ destination }) => destination === 'gateway')
  const scene = { ...sceneOf(context), sources, names, forGateway }
  const client = { tool: tool.id, version: installed.version, variant: chosen.id }
  const traps = findTraps(tool.diagnosis.traps, client, scene, context.profiles)
  return [
    ...view.connections.flatMap((connection) => [
      ...baseUrlFindings(view, connection, context).map((finding) => byCause(finding, traps)),
      ...keyFindings(view, connection, context),
      ...modelFindings(view, connection, context),
      ...proxyFindings(view, connection, context.machine),
    ]),
    ...traps,
    ...shapeFindings(view, context),
    ...sourceProblems(view),
  ]
}

/** Where a base URL is not found since a trap holds, what springs the trap is the way out. */
function byCause(finding: Finding, traps: readonly Finding[]): Finding {
  const cause = traps.find(({ level }) => level === 'error')
  if (finding.id !== 'base-url-missing' || cause?.hint === undefined) return finding
  return { ...finding, hint: cause.hint, ...(cause.where && { where: cause.where }) }
}

/** The traps in the environment, whichever client is used. */
export function judgeMachine(context: EffectContext): Finding[] {
  const { machine } = context.catalog
  const { sources, names } = openSources(machine, { places: resolvePlaces({}, context.machine) }, context)
  return findTraps(
    machine.traps,
    {},
    { ...sceneOf(context), sources, names, forGateway: false },
    context.profiles,
  )
}

function sceneOf(context: EffectContext) {
  const { catalog, setups, machine, files } = context
  return {
    machine,
    files,
    isGatewayUrl: (text: string) => isForGateway(text, catalog.gateway, originsOf(setups)),
    isGatewayKey: (text: string) => isGatewayKey(text, context),
  }
}

/** Every format in which a source, a trap's file or a shell's file may be written. */
function formatsOf({ tools, shells, machine }: Catalog): Set<FormatId> {
  const diagnoses = [machine, ...tools.map(({ diagnosis }) => diagnosis)]
  const settings = diagnoses.flatMap(({ lookups, connections }) => [
    ...lookups.flatMap(({ from }) => from),
    ...connections.flatMap(({ baseUrl, keys }) => [...baseUrl, ...keys]),
  ])
  const conditions = [
    ...diagnoses.flatMap(({ traps }) => traps.flatMap(({ when }) => when)),
    ...settings.flatMap(({ when = [] }) => when),
  ]
  const compared = conditions.flatMap(({ differsFrom }) => differsFrom ?? [])
  return new Set([
    'json',
    ...diagnoses.flatMap(({ sources }) => sources.map(({ format }) => format)),
    ...[...settings, ...conditions, ...compared].flatMap(({ format }) => format ?? []),
    ...shells.map(({ envFormat }) => envFormat),
  ])
}
