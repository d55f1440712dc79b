import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import type { Shell, Target, Variant } from '../catalog/tool.ts'
import type { KeyPath, Value } from '../documents/document.ts'
import type { FormatId } from '../documents/formats.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { BaseUrl } from '../gateway/judge-base-url.ts'
import type { Host } from '../host/host.ts'
import { userVariables } from '../host/read-file-state.ts'
import type { KeyStore, ToolChoice } from '../request/request.ts'
import { keyCommand, keyProgram } from '../secrets/keychain.ts'
import { Secret } from '../secrets/secret.ts'
import { quoteWord } from '../texts/commands.ts'
import { type LaterProfile, laterProfiles } from './later-profiles.ts'
import { fillTemplate, type Leaf, type Lookup, movedPlace, wishValue } from './placeholders.ts'
import { pathId } from './plan.ts'
import { pathInProfile, realPath } from './profile-path.ts'

/** What must stand in one file for one tool. */
export interface WantedTarget {
  readonly tool: string
  readonly path: string
  readonly format: FormatId
  readonly leaves: readonly Leaf[]
  readonly protected: readonly KeyPath[]
  readonly defaults?: readonly KeyPath[]
  readonly timestamps: readonly KeyPath[]
  readonly when?: Target['when']
  readonly needsOption?: string
  readonly baseUrl: string
  /** Of a tool of the user's own: the folders below which it may write. */
  readonly roots?: readonly string[]
  /** The folder that the file must lie in with all links followed: see `refuseLeadingOut`. */
  readonly within?: string
  /** Of a line in a `.gitignore`: the file that it hides. */
  readonly hides?: string
  /** Where the tool's key is kept. */
  readonly keyStore?: KeyStore
}

/** The part of the machine that decides what stands in files, and where. */
export type Surroundings = Pick<Host, 'env' | 'home' | 'cwd' | 'platform' | 'packageFolder'>

/** What the values in the files are made of. */
export interface WantedContext {
  readonly gateway: Gateway
  readonly host: Surroundings
  readonly key: Secret | undefined
  readonly now: Date
  /** Variables that an empty one of ours is to silence. */
  readonly emptied?: ReadonlySet<string>
}

/**
 * All that one choice wants in files; nothing is read but which profile exists. A key that the user sets in the environment
 * stands in none, though the key of other choices be at hand.
 */
export function wantedTargets(choice: ToolChoice, given: WantedContext): WantedTarget[] {
  const context = choice.keyStore === 'env' ? { ...given, key: undefined } : given
  if (choice.method === 'env') return envTargets(choice, context)
  const files = fileTargets(choice, context)
  if (!choice.keyDelivery?.variables.length) return files
  return [...files, ...shellTargets(choice, context, variableLeaves(choice, context))]
}

/** Every place where the choice's templates may put a value, whether or not it has one now. */
export function ownedLeaves(
  choice: ToolChoice,
  context: WantedContext,
): { readonly path: string; readonly keyPath: KeyPath }[] {
  const targets = possibleTargets(choice, context)
  return targets.flatMap(({ path, leaves }) => leaves.map(({ keyPath }) => ({ path, keyPath })))
}

/** The same as `pathId` texts. */
export function ownedPaths(choice: ToolChoice, context: WantedContext): string[] {
  return ownedLeaves(choice, context).map(({ path, keyPath }) => pathId(path, keyPath))
}

/** The files of these places, those without a value today as well. */
export function ownedFiles(choice: ToolChoice, context: WantedContext): string[] {
  return possibleTargets(choice, context).map(({ path }) => path)
}

function possibleTargets(choice: ToolChoice, context: WantedContext): WantedTarget[] {
  const key = context.key ?? new Secret('')
  return wantedTargets(choice, { ...context, key, emptied: new Set(choice.tool.env?.silence) })
}

/** The base URL that the choice's tool needs; the first endpoint of its variant. */
export function baseUrlOf(choice: ToolChoice, gateway: Gateway, variant = choice.variant): BaseUrl {
  const endpoint = variant.endpoints[0]
  if (!endpoint) throw new Error(`${choice.tool.id} ${variant.id} has no endpoint`)
  return BaseUrl.build(choice.origin, endpoint, gateway)
}

/**
 * Values of the placeholders for one choice: baseUrl, baseUrl:PROTOCOL, baseUrl@VARIANT, key, model, model@ROLE, option:ID,
 * now, the places, and moved:PLACE for one that is not where it is without variables; for a key in the keychain keyCommand
 * (a line for a shell) and keyProgram with keyArguments (for a client without one).
 */
export function lookupFor(choice: ToolChoice, context: WantedContext): Lookup {
  const places = resolvePlaces(choice.tool.places, context.host, choice.project, choice.folders)
  return (name) => {
    if (name.startsWith('baseUrl')) return urlPlaceholder(name, choice, context.gateway)
    if (name === 'key') return choice.keyStore === 'keychain' ? undefined : context.key
    if (name === 'keyCommand') return keyCommand(context.host, choice.name).map(quoteWord).join(' ')
    if (name === 'keyProgram') return keyProgram(context.host, choice.name)[0]
    if (name === 'keyArguments') return keyProgram(context.host, choice.name).slice(1)
    if (/^model(?:@|$)|^option:/.test(name)) return wishValue(name, choice)
    if (name === 'now') return context.now.toISOString()
    if (name.startsWith('moved:')) return movedPlace(name, places, choice, context.host)
    return Object.hasOwn(places, name) ? places[name] : undefined
  }
}

function urlPlaceholder(name: string, choice: ToolChoice, gateway: Gateway): string {
  const [, protocol, variantId] = /^baseUrl(?::([\w-]+))?(?:@([\w/.-]+))?$/.exec(name) ?? []
  const variant = variantId ? findVariant(choice, variantId) : choice.variant
  if (!protocol) return baseUrlOf(choice, gateway, variant).text
  const endpoint = variant.endpoints.find((candidate) => candidate.protocol === protocol)
  if (!endpoint) throw new Error(`${choice.tool.id} has no endpoint for ${protocol}`)
  return BaseUrl.build(choice.origin, endpoint, gateway).text
}

function findVariant(choice: ToolChoice, id: string): Variant {
  const variant = choice.tool.variants.find((candidate) => candidate.id === id)
  if (!variant) throw new Error(`${choice.tool.id} has no variant ${id}`)
  return variant
}

/** What stands in the tool's own files; nothing where none of them can lead to a key in the keychain. */
export function fileTargets(choice: ToolChoice, context: WantedContext): WantedTarget[] {
  if (choice.keyStore === 'keychain' && !choice.keyDelivery) return []
  const places = resolvePlaces(choice.tool.places, context.host, choice.project, choice.folders)
  const lookup = lookupFor(choice, context)
  return choice.tool.targets
    .filter(({ scope, needsModel }) => scope === choice.scope && (!needsModel || choice.model))
    .filter(({ needsOption: id }) => id === undefined || choice.options?.[id] !== undefined)
    .filter(({ variants }) => variants?.includes(choice.variant.id) ?? true)
    .filter(({ platforms }) => platforms?.includes(context.host.platform) ?? true)
    .filter((target) => (target.keyDelivery ?? ['file', 'env']).includes(deliveryOf(choice)))
    .map((target) => {
      const leaves = fillTemplate(target.content, lookup)
      const { format, timestamps, defaults, when, needsOption } = target
      const path = resolvePath(target.path, places)
      return {
        ...wantedOf(choice, context, path, format, leaves),
        ...{ protected: target.protected, timestamps, ...(defaults && { defaults }) },
        ...(when && { when }),
        ...(needsOption !== undefined && { needsOption }),
        ...(choice.tool.isOwn && { roots: ownRoots(choice, context.host) }),
      }
    })
}

/** Where the key is, in the words of a tool's folder; `env` counts as `file` where the folder does not tell them apart. */
export function deliveryOf({ tool, keyDelivery, keyStore }: ToolChoice): string {
  const tellsApart = tool.targets.some((target) => target.keyDelivery?.includes('env'))
  return keyDelivery?.id ?? (keyStore === 'env' && tellsApart ? 'env' : 'file')
}

function envTargets(choice: ToolChoice, context: WantedContext): WantedTarget[] {
  const leaves = variableLeaves(choice, context)
  if (choice.scope !== 'project')
    return shellTargets(choice, context, [...leaves, ...emptyLeaves(choice, context)])
  const places = resolvePlaces({}, context.host, choice.project, choice.folders)
  return [wantedOf(choice, context, resolvePath('{{ project }}/.env', places), 'dotenv', leaves)]
}

function emptyLeaves({ tool }: ToolChoice, { emptied }: WantedContext): Leaf[] {
  const names = tool.env?.silence ?? []
  return names.flatMap((name) => (emptied?.has(name) ? { keyPath: [name], value: '' } : []))
}

/** The tool's variables, for lines of a shell in a language; those of the key alone where the rest stands in its files. */
export function variableLeaves(choice: ToolChoice, context: WantedContext, printed?: string): Leaf[] {
  const language = printed ?? choice.shell?.language
  const { variables = [], beside = {} } = choice.keyDelivery ?? {}
  const lookup = lookupFor(choice, context)
  if (variables.length > 0) {
    const keys = variables.map((name) => ({ keyPath: [name], value: keyOutput(context, choice, language) }))
    return [...fillTemplate(beside, lookup), ...keys]
  }
  const isOutput = (name: string) => name === 'key' && choice.keyStore === 'keychain'
  return fillTemplate(choice.tool.env?.variables ?? {}, (name) =>
    isOutput(name) ? keyOutput(context, choice, language) : lookup(name),
  )
}

/** What a file of a shell sets a variable to, so that it is the key of the keychain. */
function keyOutput({ host }: WantedContext, { name }: ToolChoice, language: string | undefined): Value {
  // Git Bash runs npm's own script for it; of cmd.exe's `/c` it would make a path.
  const isScript = language === undefined || language === 'powershell'
  return { command: isScript ? keyProgram(host, name) : keyCommand(host, name) }
}

function shellTargets(choice: ToolChoice, context: WantedContext, leaves: readonly Leaf[]): WantedTarget[] {
  const { shell } = choice
  if (!shell) throw new Error('variables at user scope need a shell')
  const at = (path: string, as: FormatId, own: readonly Leaf[]) => wantedOf(choice, context, path, as, own)
  if (shell.envFile === userVariables) {
    // Each variable is a file of its own: nothing but its own change is a conflict, or is undone.
    const named = leaves.map(({ keyPath: [name = ''], value }) => ({ keyPath: [name.toUpperCase()], value }))
    return named.map((leaf) => at(`${userVariables}\\${leaf.keyPath}`, shell.envFormat, [leaf]))
  }
  const places = resolvePlaces({}, context.host, choice.project, choice.folders)
  const envFile = resolvePath(shell.envFile, places)
  const later = laterProfilesOf(choice, context).map(({ path }) => path)
  const source = { keyPath: ['source'], value: pathInProfile(envFile, shell.profileFormat, context.host) }
  const files = [{ file: shell.envFile, format: shell.envFormat }, ...(shell.copies ?? [])]
  return [
    ...files.map(({ file, format }) => at(resolvePath(file, places), format, leaves)),
    ...[...profilesOf(shell, choice, context), ...later].map((path) =>
      at(path, shell.profileFormat, [source]),
    ),
  ]
}

/** The files that a choice's shell reads behind its profile and in which the user sets one of the choice's variables. */
export function laterProfilesOf(choice: ToolChoice, context: WantedContext): LaterProfile[] {
  const { shell } = choice
  if (!shell) return []
  const { variables = [] } = choice.keyDelivery ?? {}
  const names = variables.length > 0 ? variables : Object.keys(choice.tool.env?.variables ?? {})
  return laterProfiles(shell, names, profilesOf(shell, choice, context), context.host)
}

function profilesOf(shell: Shell, choice: ToolChoice, context: WantedContext): string[] {
  const places = resolvePlaces({}, context.host, choice.project, choice.folders)
  return shell.profiles.map((paths) => firstExisting(paths.map((path) => resolvePath(path, places))))
}

function wantedOf(
  choice: ToolChoice,
  context: WantedContext,
  path: string,
  format: FormatId,
  leaves: readonly Leaf[],
): WantedTarget {
  const baseUrl = baseUrlOf(choice, context.gateway).text
  const { tool, keyStore, scope, project } = choice
  const within = scope === 'project' && project !== undefined ? { within: project } : {}
  return { tool: tool.id, path, format, leaves, protected: [], timestamps: [], baseUrl, keyStore, ...within }
}

/** The first of these that is there, else the last. */
export function firstExisting(paths: readonly string[]): string {
  return paths.find((path) => existsSync(path)) ?? paths[paths.length - 1] ?? ''
}

/** The folders below which a tool of the user's own may write, links followed. A whole disk is no such folder. */
export function ownRoots(choice: ToolChoice, host: Surroundings): string[] {
  const places = resolvePlaces({}, host, choice.project)
  const names = choice.scope === 'project' ? ['home', 'xdgConfig', 'project'] : ['home', 'xdgConfig']
  return names
    .map((name) => realPath(resolvePath(`{{ ${name} }}`, places)))
    .filter((root) => dirname(root) !== root)
}
