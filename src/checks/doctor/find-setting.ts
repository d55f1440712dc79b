import type { Setting } from '../../catalog/diagnosis.ts'
import type { OpenSource } from './open-source.ts'
import { isShellCommand, valueAt, valueText } from './variables-in.ts'

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
