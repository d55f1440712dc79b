import { resolve } from 'node:path'
import type { Diagnosis, Lookup, Source } from '../catalog/diagnosis.ts'
import { resolvePath } from '../catalog/places.ts'
import type { FormatId } from '../documents/formats.ts'
import { filesAt } from '../host/files-at.ts'
import type { FileReader } from './file-reader.ts'
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
import type { MachineView } from './machine-view.ts'
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
  const openAll = (names: Names) => ofClient.flatMap((source) => openSource(source, names, surroundings))
  const first = placesFor(openAll(client.places), client.places, client, surroundings)
  const names = resolveLookups(lookups, first)
  return placesFor(once(openAll(names)), names, client, surroundings)
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
  const { level, path, format } = source
  if (path === undefined) {
    const environment: OpenSource = { level, format, data: {}, variables: surroundings.machine.env }
    return [
      environment,
      ...surroundings.profiles
        .filter(({ isOverwritten }) => !isOverwritten)
        .map((profile) => openProfile(profile, format)),
    ]
  }
  const opened = openFiles(path, format, level, names, surroundings)
  const { variables: variablesAt } = source
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
