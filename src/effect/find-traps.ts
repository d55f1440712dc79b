import { type Context, createContext, runInContext } from 'node:vm'
import type { Trap, TrapCondition, ValueState } from '../catalog/diagnosis.ts'
import type { KeyPath, Value } from '../documents/document.ts'
import { isTable, valueAt } from '../documents/value.ts'
import { formatWhere, type Where } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { isInRegistry } from '../host/read-file-state.ts'
import { quoteWord } from '../texts/commands.ts'
import { escapeNewlines, Message, written } from '../texts/message.ts'
import { findAssignment, fixOf, lineIn, removal } from './describe-source.ts'
import type { FileReader, ReadFile } from './file-reader.ts'
import { fillNames, isInRange, type Names, type OpenSource, valueText } from './find-setting.ts'
import { loginOf, type MachineView, pathsOf } from './machine-view.ts'
import type { Profile } from './read-profiles.ts'

/** What conditions are held against. */
export interface TrapContext {
  readonly machine: MachineView
  readonly files: FileReader
  readonly sources: readonly OpenSource[]
  readonly names: Names
  /** Whether the base URL in effect is one for the gateway. */
  readonly forGateway: boolean
  readonly isGatewayUrl: (text: string) => boolean
  /** Whether a key is one of this gateway. */
  readonly isGatewayKey?: (text: string) => boolean
}

/** By what a condition holds. */
export interface Match {
  readonly name: string
  readonly value?: string | undefined
  readonly path?: string | undefined
}

/** The client that may be caught; without one, the environment of any. */
export interface ClientId {
  readonly tool?: string
  readonly version?: string | undefined
  readonly variant?: string
}

/** The traps whose conditions all hold. */
export function findTraps(
  traps: readonly Trap[],
  { tool, version, variant }: ClientId,
  scene: TrapContext,
  profiles: readonly Profile[],
): Finding[] {
  return traps
    .filter((one) => isInRange(one.versions, version) && (one.variants?.includes(variant ?? '') ?? true))
    .flatMap((trap) => {
      const match = holdsAll(trap, scene)
      if (!match) return []
      const where = whereOf(match, scene, profiles)
      const place = where ? formatWhere(where) : match.name
      const fill = (text: Message, found = match.name) =>
        filled(text, { ...scene.names, found, place }, remedyOf(match, where, profiles))
      return [
        {
          id: trap.id,
          level: trap.level,
          message: fill(written(trap.text, trap.textZh)),
          // It is there to be copied into a shell.
          hint: fill(fixOf(trap, where), quoteWord(match.name)),
          ...(tool !== undefined && { tool }),
          ...(where && { where }),
        },
      ]
    })
}

function filled(text: Message, names: Names, remedy: Message): Message {
  return new Message((texts) => {
    const shown = text.in(texts)
    return escapeNewlines(fillNames(shown, { ...names, remedy: remedy.in(texts) }) ?? shown)
  })
}

/** What the first condition with a name holds by; undefined when one does not hold. */
function holdsAll({ when }: Trap, scene: TrapContext): Match | undefined {
  const found = when.map((condition) => holdsCondition(condition, scene))
  if (found.includes(undefined)) return undefined
  return found.find((evidence) => evidence?.name !== '') ?? { name: '' }
}

function whereOf(
  { name, value, path }: Match,
  { files }: TrapContext,
  profiles: readonly Profile[],
): Where | undefined {
  if (path === undefined) return /^\w+$/.test(name) ? findAssignment(name, profiles, value) : undefined
  const text = files.all().find((file) => file.path === path)?.text ?? ''
  const line =
    name === path || isInRegistry(path)
      ? undefined
      : lineIn(text, name.split('.').at(-1) ?? name, value ?? '')
  return { file: path, ...(line !== undefined && { line }) }
}

/** What to do so that the setting does not stand there any more. */
function remedyOf({ name, path }: Match, where: Where | undefined, profiles: readonly Profile[]): Message {
  if (path === undefined) return removal(name, where, 'environment')
  return removal(name, where, profiles.some(({ file }) => file.path === path) ? 'profile' : 'user', path)
}

/** What makes a condition hold, or undefined when it does not. */
export function holdsCondition(condition: TrapCondition, scene: TrapContext): Match | undefined {
  const { gateway, programs, openFolder, bom, file, variables, keys } = condition
  const { machine, names } = scene
  if (gateway !== undefined) return gateway === scene.forGateway ? { name: '' } : undefined
  if (programs) return programs.filter((name) => machine.hasProgram(name)).map((name) => ({ name }))[0]
  if (openFolder !== undefined)
    return pathsOf(openFolder, names, machine).flatMap((name) => (machine.isOpen(name) ? { name } : []))[0]
  if (bom) return markedFile(condition, scene)
  if (file !== undefined && !variables && !keys) return presentFile(condition, scene)
  return valuesOf(condition, scene).find((evidence) => fits(evidence, condition, scene))
}

function markedFile({ bom }: TrapCondition, { sources }: TrapContext): Match | undefined {
  const found = sources.find(({ format, file }) => format === bom && file?.text?.startsWith('\uFEFF'))
  return found?.file && { name: found.file.path, path: found.file.path }
}

function presentFile({ file = '', format = 'json', above }: TrapCondition, scene: TrapContext) {
  const paths = pathsOf(file, scene.names, scene.machine, above)
  const read = paths.map((one) => scene.files.read(one, format))
  const found = read.find((one) => one.text !== undefined && !isNotTheProjects(file, one, scene))
  return found && { name: found.path, path: found.path }
}

/** The strongest value of each variable and key; a name without a value where it stands nowhere. */
function valuesOf(condition: TrapCondition, scene: TrapContext): Match[] {
  const places = placesOf(condition, scene)
  const variables = (condition.variables ?? []).map((name) => {
    const [first, ...others] = places.filter((one) => one.variables[name] !== undefined)
    // A new shell puts what its files say in the place of an empty variable of this one.
    const isEmpty = first?.level === 'environment' && first.variables[name] === ''
    const isInNewShell = ({ level, variables }: Place) => level === 'profile' && variables[name] !== ''
    const place = (isEmpty && others.find(isInNewShell)) || first
    return { name, value: place?.variables[name], path: place?.path }
  })
  const keys = (condition.keys ?? []).flatMap((key) => {
    const filled = key.map((part) => fillNames(part, scene.names))
    if (filled.some((part) => part === undefined)) return [{ name: key.join('.') }]
    const taken = new Set<string>()
    const found = places.flatMap(({ data, path }) => {
      const here = matchPaths(data, filled as string[]).filter(({ name }) => !taken.has(inWhole(name)))
      for (const { name } of here) taken.add(inWhole(name))
      return here.map((one) => ({ ...one, path }))
    })
    return found.length > 0 ? found : [{ name: filled.join('.') }]
  })
  return [...variables, ...keys, ...loginOf(condition, scene.machine)]
}

/** Clients join the tables of several files, but a list takes the place of a weaker one as a whole (OpenCode 1.18.33). */
const inWhole = (name: string) => name.replace(/\.\d+(\..*)?$/, '')

interface Place {
  readonly data: Value
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly path?: string | undefined
  readonly level?: OpenSource['level']
}

function placesOf({ file, format = 'json', level, above }: TrapCondition, scene: TrapContext): Place[] {
  if (file !== undefined)
    return pathsOf(file, scene.names, scene.machine, above).flatMap((one) => {
      const read = scene.files.read(one, format)
      const { data, path } = read
      return isNotTheProjects(file, read, scene) ? [] : [{ data, variables: {}, path }]
    })
  return scene.sources
    .filter((source) => level === undefined || source.level === level)
    .map(({ data, variables, level: at, file: own }) => ({ data, variables, path: own?.path, level: at }))
}

/** In the home itself, or in a repository that holds the client's folder, the project's file is the user's own. */
function isNotTheProjects(file: string, read: ReadFile, { sources }: TrapContext): boolean {
  if (!file.startsWith('{{ project }}') || read.resolvedPath === undefined) return false
  return sources.some(
    (other) =>
      other.file?.resolvedPath === read.resolvedPath && other.level !== 'project' && other.level !== 'local',
  )
}

/** The values at a key path in which `*` is any one segment, or any entry of a list, and `0` the first. Of many keys, few hold others. */
function matchPaths(data: Value, path: KeyPath, above: KeyPath = []): { name: string; value: string }[] {
  const star = path.findIndex((part) => part === '*' || part === '0')
  if (star === -1) {
    const value = valueText(valueAt(data, path))
    return value === undefined ? [] : [{ name: [...above, ...path].join('.'), value }]
  }
  const parent = valueAt(data, path.slice(0, star))
  if (!isTable(parent) && !Array.isArray(parent)) return []
  const rest = path.slice(star + 1)
  return Object.entries(parent).flatMap(([key, child]) => {
    if (path[star] === '0' && key !== '0') return []
    if (rest.length > 0 && !isTable(child) && !Array.isArray(child)) return []
    return matchPaths(child, rest, [...above, ...path.slice(0, star), key])
  })
}

function fits({ value }: Match, condition: TrapCondition, scene: TrapContext): boolean {
  const { equals, matches, differsFrom } = condition
  const is = condition.is ?? ((equals ?? matches ?? differsFrom) === undefined ? 'set' : undefined)
  if (is && !states[is](value, scene)) return false
  if (equals !== undefined && value !== equals) return false
  if (matches !== undefined && !matchesPattern(matches, value ?? '')) return false
  return !differsFrom || valuesOf(differsFrom, scene).some((it) => value && it.value && value !== it.value)
}

const states: Record<ValueState, (value: string | undefined, scene: TrapContext) => boolean> = {
  on: (value) => !/^(0|false|)$/i.test(value ?? ''),
  'not-off': (value) => !/^(0|false)$/i.test(value ?? ''),
  set: (value) => Boolean(value),
  empty: (value) => value === '',
  absent: (value) => !value,
  gateway: (value, { isGatewayUrl }) => Boolean(value) && isGatewayUrl(value ?? ''),
  'not-gateway': (value, { isGatewayUrl }) => !value || !isGatewayUrl(value),
  key: (value, { isGatewayKey }) => Boolean(value) && (isGatewayKey?.(value ?? '') ?? false),
}

/** In ms: more than any pattern that was meant well takes, also on a machine that is busy with something else. */
const timeout = 1000

/** Nothing of this program's is in it. Made when it is first needed: that costs a millisecond, and most commands need none. */
let sandbox: Context | undefined

/** Patterns that once took too long: they are not tried again. */
const timedOut = new Set<string>()

/** What was found out of a pattern and a text: most texts are empty, and are asked about again and again. */
const answers = new Map<string, boolean>()
const mostAnswers = 1000

/**
 * Whether a text matches a regular expression out of a tool's folder. One that takes too long does not match: some need
 * more than a lifetime for a short text.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  // Without a repetition or a choice it takes no time.
  if (/^[^*+?{(|[\\]*$/.test(pattern)) return new RegExp(pattern).test(text)
  if (timedOut.has(pattern)) return false
  const question = `new RegExp(${JSON.stringify(pattern)}).test(${JSON.stringify(text)})`
  const known = answers.get(question)
  if (known !== undefined) return known
  try {
    sandbox ??= createContext(Object.create(null))
    const answer = runInContext(question, sandbox, { timeout }) === true
    if (answers.size >= mostAnswers) answers.clear()
    answers.set(question, answer)
    return answer
  } catch {
    timedOut.add(pattern)
    return false
  }
}
