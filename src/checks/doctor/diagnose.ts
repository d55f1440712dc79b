import { detectTool } from '../../catalog/detect.ts'
import { resolvePlaces } from '../../catalog/places.ts'
import type { Catalog, Tool } from '../../catalog/tool.ts'
import type { FormatId } from '../../documents/formats.ts'
import { baseUrlFindings } from '../../effect/base-url-findings.ts'
import { createFileReader, type ReadFile } from '../../effect/file-reader.ts'
import { findTraps } from '../../effect/find-traps.ts'
import { keyFindings } from '../../effect/key-findings.ts'
import { viewMachine } from '../../effect/machine-view.ts'
import { openSources } from '../../effect/open-sources.ts'
import { proxyFindings } from '../../effect/proxy-findings.ts'
import { type Profile, readProfiles } from '../../effect/read-profiles.ts'
import { sourceProblems } from '../../effect/source-problems.ts'
import { type EffectContext, originsOf, type ToolView, viewTool } from '../../effect/tool-view.ts'
import { UserError } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import { isForGateway } from '../../gateway/is-for-gateway.ts'
import type { Host } from '../../host/host.ts'
import type { Ledger } from '../../plan/ledger.ts'
import { keyFileFindings } from './key-file-findings.ts'
import { daemonFindings, versionFindings } from './state-findings.ts'

/** What doctor goes by beside the effect: daemons, git and what we own. */
interface DoctorContext extends EffectContext {
  readonly host: Host
  readonly ledger: Ledger
}

interface DiagnosisResult {
  readonly views: readonly ToolView[]
  readonly findings: readonly Finding[]
  readonly profiles: readonly Profile[]
}

/** Looks at every tool that is on this machine or was set up here. Reads, never writes; nothing that cannot be read stops it. */
export async function diagnose(catalog: Catalog, host: Host, ledger: Ledger): Promise<DiagnosisResult> {
  const machine = viewMachine(host)
  const files = await createFileReader(formatsOf(catalog), machine)
  const profiles = readProfiles(catalog.shells, machine, files)
  const context: DoctorContext = { catalog, host, machine, ledger, setups: ledger.setups, files, profiles }
  const looks = await Promise.all(catalog.tools.map((tool) => lookAt(tool, context)))
  const views = looks.flatMap(({ view }) => view ?? [])
  const findings = [
    ...looks.flatMap(({ failure }) => failure ?? []),
    ...views.flatMap((view) => toolFindings(view, context)),
    ...machineTraps(context),
    ...(await keyFileFindings(keyFiles(views, context), context)),
  ]
  return { views, findings: eachOnce(findings), profiles }
}

async function lookAt(tool: Tool, context: DoctorContext): Promise<{ view?: ToolView; failure?: Finding }> {
  try {
    const installed = await detectTool(tool, context.host)
    const isSetUp = context.setups.some((setup) => setup.tool === tool.id)
    return installed.present || isSetUp ? { view: await viewTool(tool, installed, context) } : {}
  } catch (error) {
    if (!isOfMachine(error)) throw error
    const message = `${tool.title} could not be looked for: ${(error as Error).message}`
    return { failure: { id: 'could-not-look', level: 'failed', tool: tool.id, message } }
  }
}

/** A refusal of the operating system, or one of our own readers; anything else is a fault of this program. */
function isOfMachine(error: unknown): boolean {
  return error instanceof UserError || (error instanceof Error && 'code' in error)
}

function toolFindings(view: ToolView, context: DoctorContext): Finding[] {
  const { tool, installed, variant, sources, names } = view
  const scene = {
    ...context,
    sources,
    names,
    forGateway: view.connections.some(({ leads }) => leads === 'gateway'),
    isGatewayUrl: gatewayUrls(context),
  }
  const caught = { tool: tool.id, version: installed.version, variant: variant.id }
  return [
    ...view.connections.flatMap((connection) => [
      ...baseUrlFindings(view, connection, context),
      ...keyFindings(view, connection, context),
      ...proxyFindings(view, connection, context.machine),
    ]),
    ...findTraps(tool.diagnosis.traps, caught, scene, context.profiles),
    ...sourceProblems(view),
    ...daemonFindings(view, context.host),
    ...versionFindings(view),
  ]
}

function machineTraps(context: DoctorContext): Finding[] {
  const { machine } = context.catalog
  const opened = openSources(machine, { places: resolvePlaces({}, context.machine) }, context)
  const scene = { ...context, ...opened, forGateway: false, isGatewayUrl: gatewayUrls(context) }
  return findTraps(machine.traps, {}, scene, context.profiles)
}

function gatewayUrls({ catalog, setups }: EffectContext): (text: string) => boolean {
  return (text) => isForGateway(text, catalog.gateway, originsOf(setups))
}

/** Files with a text that looks like the gateway's keys, and files of ours in which a client finds its key. */
function keyFiles(views: readonly ToolView[], { files, ledger }: DoctorContext): ReadFile[] {
  const written = new Set(ledger.entries.map(({ path }) => path))
  const found = views
    .flatMap(({ connections }) => connections.flatMap(({ keys }) => [...keys.heads, ...keys.shadowed]))
    .flatMap(({ source, value, isCommand }) =>
      source.file && value !== '' && !isCommand ? [source.file] : [],
    )
    .filter(({ path }) => written.has(path))
  return [...found, ...files.all().filter(({ text }) => /(?<![A-Za-z])cr_\w{16}/.test(text ?? ''))]
}

/** Every format in which a source, a trap's file or a shell's file may be written. */
function formatsOf({ tools, shells, machine }: Catalog): Set<FormatId> {
  const diagnoses = [machine, ...tools.map(({ diagnosis }) => diagnosis)]
  const conditions = diagnoses.flatMap(({ traps }) => traps.flatMap(({ when }) => when))
  return new Set([
    'json',
    ...diagnoses.flatMap(({ sources }) => sources.map(({ format }) => format)),
    ...[...conditions, ...conditions.flatMap(({ differsFrom }) => differsFrom ?? [])].flatMap(
      ({ format }) => format ?? [],
    ),
    ...shells.map(({ envFormat }) => envFormat),
  ])
}

function eachOnce(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()]
}
