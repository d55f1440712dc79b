import { resolve } from 'node:path'
import satisfies from 'semver/functions/satisfies.js'
import type { Diagnosis, Lookup, Source } from '../catalog/diagnosis.ts'
import { resolvePath } from '../catalog/places.ts'
import type { FormatId } from '../documents/formats.ts'
import { filesAt } from '../host/files-at.ts'
import type { FileReader } from './file-reader.ts'
import type { OpenSource } from './find-setting.ts'
import { fillNames, findSetting, type Names, variablesIn } from './find-setting.ts'
import type { MachineView } from './machine-view.ts'
import type { Profile } from './read-profiles.ts'

/** The client whose sources are opened. */
export interface Client {
  readonly places: Names
  readonly version?: string | undefined
  readonly variant?: string
}

/** Every place where a client looks for its settings, read. */
export interface OpenedSources {
  /** The strongest first. */
  readonly sources: readonly OpenSource[]
  /** Places and lookups by name. */
  readonly names: Names
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
): OpenedSources {
  const ofClient = sources.filter((source) => isRead(source, client, surroundings.machine.platform))
  const fixed = ofClient.flatMap((source) => openSource(source, client.places, surroundings))
  const names = resolveLookups(lookups, fixed, client)
  return { sources: once(ofClient.flatMap((source) => openSource(source, names, surroundings))), names }
}

/** Whether a range holds for a client; an unknown version counts as the newest. */
export function isInRange(range: string | undefined, version: string | undefined): boolean {
  return range === undefined || satisfies(version ?? '99999.0.0', range, { includePrerelease: true })
}

function isRead({ platforms, versions, variants }: Source, client: Client, platform: string): boolean {
  if (platforms !== undefined && !platforms.includes(platform)) return false
  if (variants !== undefined && !variants.includes(client.variant ?? '')) return false
  return isInRange(versions, client.version)
}

function openSource(source: Source, names: Names, { machine, files, profiles }: Surroundings): OpenSource[] {
  const { level, path, format } = source
  if (path === undefined) {
    const environment: OpenSource = { level, format, data: {}, variables: machine.env }
    return [environment, ...profiles.map((profile) => openProfile(profile, format))]
  }
  const place = /^\{\{ (\w+) \}\}/.exec(path)?.[1] ?? ''
  if (!Object.hasOwn(names, place)) return []
  const paths = filesAt(resolve(machine.cwd, resolvePath(path, names)), machine.list)
  // Of a folder of files the last by name counts first.
  return paths.toReversed().map((one) => {
    const file = files.read(one, format)
    const variables = source.variables ? variablesIn(file.data, source.variables) : {}
    return { level, file, format, data: file.data, variables }
  })
}

function openProfile({ file, variables }: Profile, format: FormatId): OpenSource {
  return { level: 'profile', file, format, data: {}, variables }
}

function resolveLookups(lookups: readonly Lookup[], sources: readonly OpenSource[], client: Client): Names {
  const names: Record<string, string> = { ...client.places }
  for (const { name, from, default: otherwise } of lookups) {
    const found = from.flatMap((setting) => findSetting(setting, sources, names))[0]?.value
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
    .map((source) => (source.file ? (weakest.get(fileOf(source)) ?? source) : source))
}

function fileOf({ file }: OpenSource): string | undefined {
  return file?.resolvedPath ?? file?.path
}
