import { basename, resolve } from 'node:path'
import type { Diagnosis, Lookup, Source } from '../catalog/diagnosis.ts'
import { resolvePath } from '../catalog/places.ts'
import type { FormatId } from '../documents/formats.ts'
import type { UserError } from '../errors.ts'
import { filesAt } from '../host/files-at.ts'
import { machineVariables, userVariables } from '../host/read-file-state.ts'
import { quoteWord } from '../texts/commands.ts'
import { asProblem, type FileReader } from './file-reader.ts'
import {
  fillNames,
  findSetting,
  isInRange,
  type Names,
  type OpenSource,
  type Places,
  variablesIn,
} from './find-setting.ts'
import { holdsCondition } from './find-traps.ts'
import {
  inFolders,
  isTrusted,
  loginName,
  type MachineView,
  readRegistry,
  unreadStore,
} from './machine-view.ts'
import type { Profile } from './read-profiles.ts'

/** The client whose sources are opened. */
export interface Client {
  readonly places: Names
  readonly version?: string | undefined
  readonly variant?: string
}

interface Surroundings {
  readonly machine: MachineView
  readonly files: FileReader
  readonly profiles: readonly Profile[]
}

/** Opens every place where a client looks; those that a setting names come in a second pass. */
export function openSources(
  { sources, lookups }: Diagnosis,
  client: Client,
  surroundings: Surroundings,
): Places {
  const ofClient = sources.filter((source) => isRead(source, client, surroundings.machine.platform))
  const openAll = (names: Names) => {
    const all = inFolders(ofClient, names)
    const read = firstOfRank(
      all.map((one) => ({ ...one, opened: openSource(one.source, one.names, surroundings) })),
    )
    return read.flatMap((one) =>
      one.opened.every(isTrustedBy(one.source, names, surroundings)) ? one.opened : [],
    )
  }
  const first = placesFor(openAll(client.places), client.places, client, surroundings)
  const names = resolveLookups(lookups, first)
  return placesFor(once(openAll(names)), names, client, surroundings)
}

/** Without the sources that the client leaves unread, since one of a lower rank is there. */
function firstOfRank<T extends { readonly source: Source; readonly opened: OpenSource[] }>(
  all: readonly T[],
): T[] {
  const there = all.filter(({ opened }) => opened.some(({ file }) => file?.text !== undefined))
  const lowest = Math.min(...there.flatMap(({ source }) => source.rank ?? []))
  return all.filter(({ source }) => (source.rank ?? lowest) <= lowest)
}

function isTrustedBy({ trust, format, level }: Source, names: Names, surroundings: Surroundings) {
  const [lists] = trust ? openFiles(trust.file, format, level, names, surroundings) : []
  return ({ file }: OpenSource) =>
    !trust || !file || isTrusted(file.resolvedPath ?? file.path, trust, lists?.data ?? {})
}

function placesFor(
  sources: readonly OpenSource[],
  names: Names,
  { version, variant }: Client,
  surroundings: Surroundings,
): Places {
  const scene = { ...surroundings, sources, names, forGateway: false, isGatewayUrl: () => false }
  return {
    sources,
    names,
    version,
    variant,
    open: (path, format) => openFiles(path, format, 'user', names, surroundings),
    holds: (condition) => holdsCondition(condition, scene) !== undefined,
  }
}

function isRead({ platforms, versions, variants }: Source, client: Client, platform: string): boolean {
  if (platforms !== undefined && !platforms.includes(platform)) return false
  if (variants !== undefined && !variants.includes(client.variant ?? '')) return false
  return isInRange(versions, client.version)
}

function openSource(source: Source, names: Names, surroundings: Surroundings): OpenSource[] {
  const { level, path, format, stored } = source
  if (stored !== undefined) return withVariables(source, openStored(stored, source, surroundings))
  if (path === undefined) {
    const environment: OpenSource = { level, format, data: {}, variables: surroundings.machine.env }
    return [
      environment,
      ...surroundings.profiles
        .filter(({ isOverwritten }) => !isOverwritten)
        .map((profile) => openProfile(profile, format)),
    ]
  }
  return withVariables(source, openFiles(path, format, level, names, surroundings))
}

function withVariables({ variables: variablesAt }: Source, opened: OpenSource[]): OpenSource[] {
  if (variablesAt === undefined) return opened
  return opened.map((one) => ({ ...one, variables: variablesIn(one.data, variablesAt), variablesAt }))
}

function openFiles(
  path: string,
  format: FormatId,
  level: OpenSource['level'],
  names: Names,
  { machine, files }: Surroundings,
): OpenSource[] {
  const place = /^\{\{ (\w+) \}\}/.exec(path)?.[1] ?? ''
  if (!Object.hasOwn(names, place)) return []
  const paths = filesAt(resolve(machine.cwd, resolvePath(path, names)), machine.list)
  // Of a folder of files the last by name counts first.
  return paths.toReversed().map((one) => {
    const file = files.read(one, format)
    return { level, file, format, data: file.data, variables: {} }
  })
}

function openStored(name: string, { level, format }: Source, { machine, files }: Surroundings): OpenSource[] {
  const path = storedAt(name, machine).find((one) => machine.stored?.has(one))
  if (path === undefined) return []
  const file = files.read(path, format)
  return [{ level, file, format, data: file.data, variables: {} }]
}

function openProfile({ file, variables }: Profile, format: FormatId): OpenSource {
  return { level: 'profile', file, format, data: {}, variables }
}

function resolveLookups(lookups: readonly Lookup[], places: Places): Names {
  const names: Record<string, string> = { ...places.names }
  for (const { name, from, default: otherwise } of lookups) {
    const found = from
      .flatMap((setting) => findSetting(setting, { ...places, names }))
      .find(({ value }) => value !== '')?.value
    const value = found || (otherwise && fillNames(otherwise, names))
    if (value) names[name] = value
  }
  return names
}

/**
 * A file that is reached in two ways, by another path or a link too, stands where it is strongest and is what the weaker
 * way says: in the home itself, the project's file is the user's.
 */
function once(sources: readonly OpenSource[]): OpenSource[] {
  const weakest = new Map(sources.map((source) => [fileOf(source), source]))
  return sources
    .filter((source, index) => {
      const file = fileOf(source)
      return file === undefined || sources.findIndex((other) => fileOf(other) === file) === index
    })
    .map((source) => (fileOf(source) === undefined ? source : (weakest.get(fileOf(source)) ?? source)))
}

/** Lines of one profile may stand at different strengths. */
function fileOf({ file, level }: OpenSource): string | undefined {
  return level === 'profile' ? undefined : (file?.resolvedPath ?? file?.path)
}

/**
 * The machine with what clients read of it that is no file: policies of Windows, preferences that the management of a Mac
 * sets, and whether its keychain has a login. Only what these clients read is asked for, and of a login never the secret.
 */
export async function withStores(
  machine: MachineView,
  diagnoses: readonly Diagnosis[],
): Promise<MachineView> {
  if (machine.platform !== 'win32' && machine.platform !== 'darwin') return machine
  const sources = diagnoses.flatMap((one) => one.sources)
  const wanted = sources.filter(({ platforms }) => platforms?.includes(machine.platform) ?? true)
  const paths = wanted.flatMap(({ stored }) => (stored === undefined ? [] : storedAt(stored, machine)))
  const conditions = diagnoses.flatMap(({ traps }) => traps.flatMap(({ when }) => when))
  const logins = conditions.flatMap((one) => loginName(one, machine) ?? [])
  const readOne = machine.platform === 'win32' ? readRegistry : readPreferences
  const [texts, found] = await Promise.all([
    Promise.all([...new Set(paths)].map(async (path) => [path, await readOne(path, machine)] as const)),
    Promise.all([...new Set(logins)].map(async (name) => ((await hasLogin(name, machine)) ? [name] : []))),
  ])
  const stored = new Map(texts.flatMap(([path, text]) => (text === undefined ? [] : [[path, text] as const])))
  return { ...machine, stored, logins: new Set(found.flat()) }
}

/** A text that is no file, called like a path, and who sets it. */
export interface StoredText {
  readonly path: string
  readonly text: string
  readonly level: 'user' | 'system' | 'managed'
}

/** Each variable of the registry of Windows, and what the management of a computer sets for these clients. */
export async function storedTexts(
  machine: MachineView,
  diagnoses: readonly Diagnosis[],
): Promise<readonly StoredText[]> {
  const { stored = new Map<string, string>() } = await withStores(machine, diagnoses)
  return [
    ...variablesOf(userVariables, 'user', machine),
    ...variablesOf(machineVariables, 'system', machine),
    ...[...stored].flatMap(([path, text]) =>
      typeof text === 'string' ? [{ path, text, level: 'managed' as const }] : [],
    ),
  ]
}

function variablesOf(key: string, level: StoredText['level'], { registry }: MachineView): StoredText[] {
  const text = registry?.get(key)
  const lines = typeof text === 'string' ? (text.match(/.+\n/g) ?? []) : []
  return lines.map((line) => ({ path: `${key}\\${line.slice(0, line.indexOf('='))}`, text: line, level }))
}

/** What the texts of a store are called, the one that counts first: like paths, and on a Mac they are some. */
function storedAt(name: string, { platform, systemFolder, env, home }: MachineView): string[] {
  if (platform === 'win32') return [name]
  const folder = `${systemFolder}/Library/Managed Preferences`
  return [env.USER || basename(home), ''].map((user) =>
    [folder, user, `${name}.plist`].filter(Boolean).join('/'),
  )
}

/** Without `-w` the keychain tells that there is an item, and asks nobody. */
async function hasLogin(name: string, { ask, env }: MachineView): Promise<boolean> {
  const account = env.USER ? ['-a', env.USER] : []
  return (await ask('/usr/bin/security', ['find-generic-password', ...account, '-s', name])).exit === 0
}

/** As a rule in the binary form, which macOS itself reads best. */
async function readPreferences(
  path: string,
  { ask, read }: MachineView,
): Promise<string | UserError | undefined> {
  try {
    if (read(path).kind === 'absent') return undefined
  } catch (error) {
    return asProblem(error, path)
  }
  const { exit, stdout } = await ask('/usr/bin/plutil', ['-convert', 'json', '-o', '-', path])
  return exit === 0 ? stdout : unreadStore(path, `plutil -lint ${quoteWord(path)}`)
}
