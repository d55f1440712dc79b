import { basename } from 'node:path'
import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import type { Shell } from '../catalog/tool.ts'
import { filesAt } from '../host/files-at.ts'
import { isInRegistry } from '../host/read-file-state.ts'
import type { FileReader, ReadFile } from './file-reader.ts'
import type { MachineView } from './machine-view.ts'
import { type SetLine, type ShellStart, startShells } from './shell-start.ts'

/** A file that a new shell reads, with what its lines give to variables of the environment. */
export interface Profile {
  readonly file: ReadFile
  readonly variables: Readonly<Record<string, string>>
  /** The line of each variable. */
  readonly lines: Readonly<Record<string, number>>
  /** A later line of the same shell takes the place of these: what this environment holds may come from them. */
  readonly isOverwritten?: true
}

/**
 * What new shells will hold, the strongest first: of each variable the line that wins, the user's own shell before the
 * others. Where its ways to start differ, a line of the user's comes before ours: some terminals will have that. At the
 * end every file of a shell without a variable, for what else is to be said of it.
 */
export function readProfiles(shells: readonly Shell[], machine: MachineView, files: FileReader): Profile[] {
  const ofPlatform = shells.filter(({ platforms }) => platforms?.includes(machine.platform) ?? true)
  const own = basename(machine.env.SHELL || '')
  const isOwn = ({ id, programs }: Shell) => id === own || programs.includes(own)
  const ordered = [...ofPlatform.filter(isOwn), ...ofPlatform.filter((shell) => !isOwn(shell))]
  const places = resolvePlaces({}, machine)
  const ours = new Set(ordered.map(({ envFile }) => resolvePath(envFile, places)))
  const started = ordered.map((shell) => startShells([shell], machine))
  // What several shells read counts for the strongest of them.
  const layers = once(started.flatMap((starts) => layersOf(starts, ours)))
  const profileOf = ({ line, name }: Layer): Profile => {
    const file = files.read(line.file, profileFormat)
    // The registry has no lines.
    const lines = isInRegistry(line.file) ? {} : { [name]: line.line }
    return { file, variables: { [name]: line.value }, lines }
  }
  const named = layers.map(profileOf)
  const overwritten = started
    .flatMap(overwrittenIn)
    .map((layer) => ({ ...profileOf(layer), isOverwritten: true as const }))
  const bare = ordered
    .flatMap((shell) => filesOf(shell, machine))
    .map((path) => ({ file: files.read(path, profileFormat), variables: {}, lines: {} }))
  const taken = new Set(named.map(({ file }) => file.path))
  return [...merged(named), ...bare.filter(({ file }) => !taken.has(file.path)), ...overwritten].filter(
    ({ file: { text, problem } }) => text !== undefined || problem !== undefined,
  )
}

/** What a profile does is known from its script: as data it would be read once more, for nothing. */
export const profileFormat = 'whole-file'

/** The line that gives each variable its value in a new shell; where its ways to start differ, the user's before ours. */
export function winningLines(shell: Shell, machine: MachineView): (readonly [name: string, line: SetLine])[] {
  const ours = new Set([resolvePath(shell.envFile, resolvePlaces({}, machine))])
  const layers = layersOf(startShells([shell], machine), ours)
  const first = new Map(layers.toReversed().map(({ name, line }) => [name, line]))
  return [...first]
}

interface Layer {
  readonly name: string
  readonly line: SetLine
}

/** The winners of each way in which one shell starts, each once. */
function layersOf(starts: readonly ShellStart[], ours: ReadonlySet<string>): Layer[] {
  const found = starts.flatMap(({ variables }) =>
    [...variables].flatMap(([name, lines]) => {
      const line = lines.find(({ maybe }) => !maybe)
      return line ? [{ name, line }] : []
    }),
  )
  return once(found).toSorted(
    (one, other) => Number(ours.has(one.line.file)) - Number(ours.has(other.line.file)),
  )
}

/** The first of each line. */
function once(layers: readonly Layer[]): Layer[] {
  const first = new Map<string, Layer>()
  for (const layer of layers) {
    const place = `${layer.name} ${layer.line.line} ${layer.line.file}`
    if (!first.has(place)) first.set(place, layer)
  }
  return [...first.values()]
}

/** The lines that a later one takes the place of. */
function overwrittenIn(starts: readonly ShellStart[]): Layer[] {
  return starts.flatMap(({ variables }) =>
    [...variables].flatMap(([name, lines]) => {
      const winner = lines.find(({ maybe }) => !maybe)
      return lines.filter((line) => line !== winner).map((line) => ({ name, line }))
    }),
  )
}

/** Neighbours of one file as one, as long as no variable is in both. */
function merged(profiles: readonly Profile[]): Profile[] {
  const found: Profile[] = []
  for (const profile of profiles) {
    const last = found.at(-1)
    const isNew = Object.keys(profile.variables).every((name) => !Object.hasOwn(last?.variables ?? {}, name))
    if (last?.file.path !== profile.file.path || !isNew) {
      found.push(profile)
      continue
    }
    const variables = { ...last.variables, ...profile.variables }
    found[found.length - 1] = { ...last, variables, lines: { ...last.lines, ...profile.lines } }
  }
  return found
}

/** Every file that a shell may read, and ours. */
function filesOf(shell: Shell, machine: MachineView): string[] {
  const places = resolvePlaces({}, machine)
  const { profiles, alsoRead, envFile, starts } = shell
  const reads = starts.flatMap((start) => start.reads.flat())
  const paths = [...profiles.flat(), ...reads, ...alsoRead, envFile].map((path) => resolvePath(path, places))
  return [...new Set(paths.flatMap((path) => filesAt(path, machine.list)))]
}
