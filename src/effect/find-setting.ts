import type { Setting, SourceLevel } from '../catalog/diagnosis.ts'
import type { KeyPath, Value } from '../documents/document.ts'
import type { FormatId } from '../documents/formats.ts'
import type { ReadFile } from './file-reader.ts'

/** A source that was looked at. `profile`: what the environment of a new shell will hold. */
export interface OpenSource {
  readonly level: SourceLevel | 'profile'
  /** Undefined for the environment. */
  readonly file?: ReadFile
  readonly format: FormatId
  readonly data: Value
  readonly variables: Readonly<Record<string, string | undefined>>
}

/** Places and lookups by name, as `{{ name }}` stands for them. */
export type Names = Readonly<Record<string, string>>

/** A setting that stands somewhere. */
export interface Found {
  /** The variable, or the key path with dots. */
  readonly name: string
  readonly value: string
  readonly source: OpenSource
  /** The value is a command that prints the setting. */
  readonly isCommand?: boolean
}

/** Who wins among all places that hold one setting. */
export interface Resolved {
  /** What the client goes by; with an empty value where it holds nothing else. */
  readonly winner: Found | undefined
  /** The strongest of each setting; a client may send several keys. */
  readonly heads: readonly Found[]
  /** What stands elsewhere and is not gone by. */
  readonly shadowed: readonly Found[]
}

/** A text with its names filled in; undefined when one of them has no value. */
export function fillNames(text: string, names: Names): string | undefined {
  const wanted = [...text.matchAll(/\{\{ (\w+) \}\}/g)].map((match) => match[1] ?? '')
  if (wanted.some((name) => !Object.hasOwn(names, name))) return undefined
  return text.replace(/\{\{ (\w+) \}\}/g, (_, name: string) => names[name] ?? '')
}

/** Every place where a setting stands, the strongest first. */
export function findSetting(setting: Setting, sources: readonly OpenSource[], names: Names): Found[] {
  const path = (setting.key ?? [setting.variable ?? '']).map((part) => fillNames(part, names))
  if (path.some((part) => part === undefined)) return []
  const filled = path as string[]
  const name = filled.join('.')
  return sources.flatMap((source) => {
    const value = setting.key ? valueText(valueAt(source.data, filled)) : source.variables[name]
    if (value === undefined) return []
    const isCommand = setting.command || (source.level === 'profile' && isShellCommand(value))
    return [{ name, value, source, ...(isCommand && { isCommand }) }]
  })
}

/**
 * Who wins: of each setting the strongest source, of these the first that is not empty. A profile that sets what the
 * environment holds is where that comes from, so it is not shadowed.
 */
export function resolveSettings(
  settings: readonly Setting[],
  sources: readonly OpenSource[],
  names: Names,
  variant?: string,
): Resolved {
  const lists = settings
    .filter(({ variants }) => variants === undefined || variants.includes(variant ?? ''))
    .map((setting) => findSetting(setting, sources, names))
    .map(([head, ...rest]) =>
      head ? [head, ...rest.filter((found) => !isOrigin(found, [head, ...rest]))] : [],
    )
  const heads = lists.flatMap(([head]) => head ?? [])
  const winner = heads.find(({ value }) => value.trim() !== '') ?? heads[0]
  return { winner, heads, shadowed: lists.flat().filter((found) => found !== winner) }
}

function isOrigin({ value, source, isCommand }: Found, all: readonly Found[]): boolean {
  if (source.level !== 'profile') return false
  return all.some((other) => other.source.level === 'environment' && (isCommand || other.value === value))
}

/** The value at a key path, or undefined. */
export function valueAt(data: Value, keyPath: KeyPath): Value | undefined {
  return keyPath.reduce<Value | undefined>((at, key) => childOf(at, key), data)
}

/** A value as a text: what a file of a shell sets to a command's output as `$(...)`, what else is no text as JSON. */
export function valueText(value: Value | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  const words = valueAt(value, ['command'])
  if (Array.isArray(words)) return `$(${words.join(' ')})`
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Whether a variable's text stands for the output of a command. */
export function isShellCommand(text: string): boolean {
  return /^\$\(.*\)$/s.test(text)
}

/**
 * The variables that stand at a key path: a table of them, or as aider's `set-env` has it a list of `NAME=value`, or
 * a single one.
 */
export function variablesIn(data: Value, keyPath: KeyPath): Record<string, string> {
  const found = valueAt(data, keyPath)
  if (typeof found === 'string') return assignmentsIn([found])
  if (Array.isArray(found)) return assignmentsIn(found)
  if (found === null || typeof found !== 'object') return {}
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => {
      const text = valueText(value as Value)
      return text === undefined ? [] : [[name, text]]
    }),
  )
}

function assignmentsIn(items: readonly Value[]): Record<string, string> {
  const pairs = items
    .filter((item) => typeof item === 'string')
    .map((item) => /^(\w+)=(.*)$/s.exec(item) ?? [])
    .flatMap(([, name, value]) => (name === undefined ? [] : [[name, value ?? ''] as const]))
  return Object.fromEntries(pairs)
}

function childOf(value: Value | undefined, key: string): Value | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  return Object.hasOwn(value, key) ? (value as Record<string, Value>)[key] : undefined
}
