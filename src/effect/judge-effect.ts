import type { Installed } from '../catalog/detect.ts'
import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import type { Shell, Tool, Variant } from '../catalog/tool.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { isForGateway } from '../gateway/judge-base-url.ts'
import type { Host } from '../host/host.ts'
import { machineVariables, userVariables } from '../host/read-file-state.ts'
import { say } from '../texts/message.ts'
import { baseUrlFindings, proxyFindings } from './base-url-findings.ts'
import { createFileReader } from './file-reader.ts'
import { variablesIn } from './find-setting.ts'
import { findTraps } from './find-traps.ts'
import { schemaFindings } from './judge-schema.ts'
import { keyFindings, modelFindings } from './key-findings.ts'
import { type MachineView, readRegistry, viewMachine } from './machine-view.ts'
import { openSources, withStores } from './open-sources.ts'
import { profileFormat, readProfiles, winningLines } from './read-profiles.ts'
import {
  type EffectContext,
  formatsOf,
  isGatewayKey,
  originsOf,
  type ToolView,
  viewTool,
} from './tool-view.ts'

/** A machine whose effect is to be judged: on the real one it is what doctor prints, on a planned one what a plan leads to. */
export async function openEffect(
  given: Pick<EffectContext, 'catalog' | 'machine' | 'setups' | 'ownKeys'>,
): Promise<EffectContext> {
  const { catalog } = given
  const diagnoses = catalog.tools.map(({ diagnosis }) => diagnosis)
  const machine = await withStores(given.machine, diagnoses)
  const files = await createFileReader(formatsOf(catalog.machine), machine)
  if (catalog.shells.length > 0) await files.load([profileFormat])
  return { ...given, machine, files, profiles: readProfiles(catalog.shells, machine, files) }
}

/** What is to be said of how a client will behave. */
export function judgeEffect(view: ToolView, context: EffectContext): Finding[] {
  const { tool, installed, chosen, sources, names } = view
  const forGateway = view.connections.some(({ destination }) => destination === 'gateway')
  const scene = { ...sceneOf(context), sources, names, forGateway }
  const client = { tool: tool.id, version: installed.version, variant: chosen.id }
  const traps = trapsIn(tool.diagnosis.traps, client, scene, context.profiles)
  const ofConnections = view.connections.flatMap((connection) => [
    ...baseUrlFindings(view, connection, context).map((finding) => byCause(finding, traps)),
    ...keyFindings(view, connection, context),
    ...modelFindings(view, connection, context),
    ...proxyFindings(view, connection, context.machine),
  ])
  const keyless = ofConnections.find(({ id }) => id === 'no-key')
  return [
    ...ofConnections,
    ...traps.map((trap) => byKey(trap, keyless, tool)),
    ...schemaFindings(view, context),
    ...sourceProblems(view),
  ]
}

/** What comes of a missing key ends with a key: where a variable of the user's has it, the same setup would not bring one. */
function byKey(trap: Finding, keyless: Finding | undefined, { id, diagnosis }: Tool): Finding {
  const { when, fix } = diagnosis.traps.find((one) => one.id === trap.id) ?? {}
  const isMissing = when?.some(({ variables, is }) => variables && is === 'absent')
  return keyless?.hint && isMissing && fix === `qcode-setup --tool ${id}`
    ? { ...trap, hint: keyless.hint }
    : trap
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
  return trapsIn(
    machine.traps,
    {},
    { ...sceneOf(context), sources, names, forGateway: false },
    context.profiles,
  )
}

/**
 * The traps that hold in this terminal, or in a new one: no program meets variables of which one has some and the other the
 * rest.
 */
function trapsIn(...[traps, client, scene, profiles]: Parameters<typeof findTraps>): Finding[] {
  const found = findTraps(traps, client, scene, profiles)
  const ofProfiles = scene.sources.filter(({ level }) => level === 'profile')
  if (found.length === 0 || ofProfiles.length === 0) return found
  const here = scene.sources.filter(({ level }) => level !== 'profile')
  const renewed = here.flatMap((one) => (one.level === 'environment' ? [...ofProfiles, one] : [one]))
  const held = [here, renewed].flatMap((sources) =>
    findTraps(traps, client, { ...scene, sources }, profiles).map(({ id }) => id),
  )
  return found.filter(({ id }) => held.includes(id))
}

function sceneOf(context: EffectContext) {
  const { catalog, machine, files } = context
  return {
    machine,
    files,
    isGatewayUrl: (text: string) => isForGateway(text, catalog.gateway, originsOf(context)),
    isGatewayKey: (text: string) => isGatewayKey(text, context),
  }
}

/** Files of a client that do not open. One that does not parse is a fault; of one that may not be read nobody knows. */
export function sourceProblems({ tool, sources }: Pick<ToolView, 'tool' | 'sources'>): Finding[] {
  return sources.flatMap(({ file, level }) => {
    if (!file?.problem) return []
    const finding = unknownFinding(file.problem)
    return level === 'profile' ? [finding] : [{ ...finding, tool: tool.id }]
  })
}

/** What kept a file from being read: its own fault where it does not parse, else that nobody could look. */
export function problemFinding({ code, text, hintInLine: hint, where }: UserError): Finding {
  const isFault = code === 'does-not-parse'
  return {
    id: isFault ? 'config-does-not-parse' : 'could-not-look',
    level: isFault ? 'error' : 'failed',
    message: text,
    ...(hint !== undefined && { hint }),
    ...(where && { where }),
  }
}

function unknownFinding(problem: UserError): Finding {
  const finding = problemFinding(problem)
  const { id, message: fault } = finding
  return id === 'could-not-look' ? { ...finding, message: say('effect.unknown', { fault }) } : finding
}

/**
 * What could not be read of all that others than the user set for these tools, and of the variables of Windows, without a look
 * at anything else.
 */
export async function storeProblems(tools: readonly Tool[], host: Host): Promise<Finding[]> {
  const diagnoses = tools.map(({ diagnosis }) => diagnosis)
  const machine = await withStores(viewMachine(host), diagnoses)
  const files = await createFileReader(
    diagnoses.flatMap((one) => [...formatsOf(one)]),
    machine,
  )
  const found = tools.flatMap((tool) => {
    const client = { places: resolvePlaces(tool.places, machine) }
    const { sources } = openSources(tool.diagnosis, client, { machine, files, profiles: [] })
    const shared = sources.filter(({ level }) => level === 'managed' || level === 'system')
    return sourceProblems({ tool, sources: shared })
  })
  const keys = [userVariables, machineVariables].map((key) => machine.registry?.get(key))
  return [...found, ...keys.flatMap((key) => (key instanceof UserError ? [unknownFinding(key)] : []))]
}

/** One tool in one place, as it is or will be set up. */
export interface PlacedTool {
  readonly tool: Tool
  readonly variant: Variant
  /** The folder of a project-scope setup. */
  readonly project?: string
  /** The shell whose profile carries the variables. */
  readonly shell?: Shell
  /** The folders that it is written with, by name, whatever the environment says. */
  readonly folders?: Readonly<Record<string, string>>
}

/** How a client will behave in one place, and what that was worked out from. */
export interface PlacedView {
  readonly view: ToolView
  readonly context: EffectContext
}

/** What of a machine is looked at. */
export type Given = Pick<EffectContext, 'catalog' | 'machine' | 'setups' | 'ownKeys'>

/** How a client will behave where it is set up: in its project's folder, and in a new shell. */
export async function viewSetup(placed: PlacedTool, installed: Installed, given: Given): Promise<PlacedView> {
  const { tool, variant, folders } = placed
  const context = await contextOf(placed, given)
  const view = await viewTool(tool, installed, context, { variant, ...(folders && { folders }) })
  return { view, context }
}

/** Most setups of one machine share a shell and a working folder, and so all that is read there. */
const contexts = new WeakMap<Given, Map<string, Promise<EffectContext>>>()

function contextOf({ shell, project }: PlacedTool, given: Given): Promise<EffectContext> {
  const known = contexts.get(given) ?? new Map<string, Promise<EffectContext>>()
  contexts.set(given, known)
  const id = JSON.stringify([shell?.id, project])
  const context = known.get(id) ?? openPlace(shell, project, given)
  known.set(id, context)
  return context
}

async function openPlace(
  shell: Shell | undefined,
  project: string | undefined,
  given: Given,
): Promise<EffectContext> {
  const here = { ...given.machine, cwd: project ?? given.machine.cwd }
  return openEffect({ ...given, machine: shell ? await inNewShell(shell, here) : here })
}

/**
 * What a new shell finds in the file of variables takes the place of what this one has; where a line of
 * another file wins over that, what it says.
 */
async function inNewShell(shell: Shell, machine: MachineView): Promise<MachineView> {
  const files = await createFileReader([shell.envFormat], machine)
  const path = resolvePath(shell.envFile, resolvePlaces({}, machine))
  const own = variablesIn(files.read(path, shell.envFormat).data, [])
  const winners = winningLines(shell, machine).filter(
    ([name, { file }]) => Object.hasOwn(own, name) && file !== path,
  )
  const others = Object.fromEntries(winners.map(([name, { value }]) => [name, value]))
  return { ...machine, env: { ...machine.env, ...own, ...others } }
}

/** Where Windows PowerShell 5.1 looks whether it may run profiles, the one that counts first. */
const policyKeys = [
  'Policies\\Microsoft\\Windows\\PowerShell',
  'Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell',
]
  .map((key) => `SOFTWARE\\${key}\\ExecutionPolicy`)
  .flatMap((path, index) =>
    (index === 0 ? ['HKLM', 'HKCU'] : ['HKCU', 'HKLM']).map((root) => `${root}\\${path}`),
  )

/** Of a profile of PowerShell that no new window would read: there is an error in each in its place. Nothing is set: Restricted. */
export async function policyFindings(shells: readonly Shell[], machine: MachineView): Promise<Finding[]> {
  if (machine.platform !== 'win32' || !shells.some(({ language }) => language === 'powershell')) return []
  const values = await Promise.all(policyKeys.map((path) => readRegistry(path, machine)))
  const texts = values.flatMap((value) => (typeof value === 'string' ? [value] : []))
  const policy = texts.find((value) => !/^undefined$/i.test(value)) ?? 'Restricted'
  if (/^(?:RemoteSigned|Unrestricted|Bypass)$/i.test(policy)) return []
  const message = say('profile.policy', { policy })
  return [{ id: 'profile-not-run', level: 'warning', message, hint: say('profile.policy.hint') }]
}
