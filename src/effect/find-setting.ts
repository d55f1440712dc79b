import satisfies from 'semver/functions/satisfies.js'
import type { Setting, SourceLevel, TrapCondition } from '../catalog/diagnosis.ts'
import { debug } from '../debug.ts'
import type { KeyPath, Value } from '../documents/document.ts'
import type { FormatId } from '../documents/formats.ts'
import { isTable, valueAt } from '../documents/value.ts'
import type { ReadFile } from './file-reader.ts'

/** A source that was looked at. `profile`: what the environment of a new shell will hold. */
export interface OpenSource {
  readonly level: SourceLevel | 'profile'
  /** Undefined for the environment. */
  readonly file?: ReadFile
  readonly format: FormatId
  readonly data: Value
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Where in the data the variables stand; nowhere when undefined. */
  readonly variablesAt?: KeyPath
}

/** Places and lookups by name, as `{{ name }}` stands for them. */
export type Names = Readonly<Record<string, string>>

/** Where settings are looked for, for one client of one version. */
export interface Places {
  /** The strongest first. */
  readonly sources: readonly OpenSource[]
  readonly names: Names
  readonly version?: string | undefined
  readonly variant?: string | undefined
  /** A file that is no source, such as one of a login. */
  readonly open: (path: string, format: FormatId) => readonly OpenSource[]
  /** Whether a condition on the client's settings holds. */
  readonly holds: (condition: TrapCondition) => boolean
}

/** A setting that stands somewhere. */
export interface Found {
  /** The variable, or the key path with dots. */
  readonly name: string
  readonly value: string
  readonly source: OpenSource
  /** Where it stands in the source's file; undefined for the environment. */
  readonly keyPath?: KeyPath
  /** The name of the entry that it is there, where the value holds several. */
  readonly entry?: string
  /** The value is a command that prints the setting. */
  readonly isCommand?: boolean
  /** It stands in no source, but in a file of the client's own, such as one of a login. */
  readonly isLogin?: boolean
  /** What keeps the client from reading it, if that is not to take it out. */
  readonly fix?: string
}

/** Who wins among all places that hold one setting. */
export interface Resolved {
  /** What is in effect; with an empty value where nothing else is set. */
  readonly winner: Found | undefined
  /** All that the client sends: of the keys of each header the first that is not empty. */
  readonly sent: readonly Found[]
  /** What goes into a header of which something else is sent: other settings than that one, each by its strongest. */
  readonly unsent: readonly { readonly other: Found; readonly sent: Found }[]
  /** The strongest of each setting. */
  readonly perSetting: readonly Found[]
  /** What is set elsewhere and is not the winner. */
  readonly overridden: readonly Found[]
}

/** Whether a range holds for a client; an unknown version counts as the newest. */
export function isInRange(range: string | undefined, version: string | undefined): boolean {
  if (range === undefined) return true
  const [isPlain, end] = (version === undefined && plainRange.exec(range)) || []
  if (isPlain !== undefined) return end === undefined
  return satisfies(version ?? '99999.0.0', range, { includePrerelease: true })
}

/** `>=1.2`, `<2` or both, as nearly all ranges are: whether the newest is in it shows without the package, which takes long to load. */
const plainRange = /^(?:>=\d{1,4}(?:\.[\w.-]+)?)?( ?<=?\d{1,4}(?:\.[\w.-]+)?)?$/

/** A text with its names filled in; undefined when one of them has no value. */
export function fillNames(text: string, names: Names): string | undefined {
  const wanted = [...text.matchAll(/\{\{ (\w+) \}\}/g)].map((match) => match[1] ?? '')
  if (wanted.some((name) => !Object.hasOwn(names, name))) return undefined
  return text.replace(/\{\{ (\w+) \}\}/g, (_, name: string) => names[name] ?? '')
}

/** Every place where a setting stands, the strongest first. */
export function findSetting(setting: Setting, places: Places): Found[] {
  const path = (setting.key ?? [setting.variable ?? '']).map((part) => fillNames(part, places.names))
  if (path.some((part) => part === undefined) || !isRead(setting, places)) return []
  const found = sourcesOf(setting, places)
    .flatMap((source) => findIn(source, setting, path as string[]))
    .filter(hidesOrHolds)
  // A list replaces a weaker one completely.
  return setting.entry === undefined ? found : found.slice(0, 1).filter(({ value }) => value !== '')
}

/**
 * An empty variable of the environment is as good as none, unless a file stands behind it: readers of `.env` leave alone
 * what is there, empty or not (python-dotenv and dotenv alike).
 */
function hidesOrHolds({ value, source }: Found, index: number, found: readonly Found[]): boolean {
  if (value !== '' || (source.level !== 'environment' && source.level !== 'profile')) return true
  const behind = found.slice(index + 1).find((other) => other.value !== '')
  return behind !== undefined && behind.source.level !== 'profile'
}

function isRead({ variants, versions, when = [] }: Setting, { variant, version, holds }: Places): boolean {
  if (variants !== undefined && !variants.includes(variant ?? '')) return false
  return isInRange(versions, version) && when.every(holds)
}

function sourcesOf({ file, format = 'json' }: Setting, { sources, open }: Places): readonly OpenSource[] {
  return file === undefined ? sources : open(file, format)
}

function findIn(source: OpenSource, setting: Setting, path: readonly string[]): Found[] {
  const name = path.join('.')
  const at = setting.key ? { keyPath: path } : placeOfVariable(source, name)
  const raw = setting.key ? valueAt(source.data, path) : source.variables[name]
  const text = valueText(raw)
  if (raw === undefined || text === undefined) return []
  const { file, fix } = setting
  const place = {
    name,
    source,
    ...(source.file && at),
    ...(file !== undefined && { isLogin: true }),
    ...(fix !== undefined && { fix }),
  }
  if (setting.entry !== undefined) {
    const entry = setting.entry
    const value = entriesIn(raw).find(([key]) => key.toLowerCase() === entry.toLowerCase())
    return [{ ...place, entry: value?.[0] ?? entry, value: value?.[1] ?? '' }]
  }
  const isCommand = setting.command || (source.level === 'profile' && isShellCommand(text))
  return [{ ...place, value: text, ...(isCommand && { isCommand }) }]
}

/**
 * Who wins: of each setting the strongest source, of these the first that is not empty. A profile that sets what the
 * environment holds is where that comes from, so it is not overridden.
 */
export function resolveSettings(settings: readonly Setting[], places: Places, header?: string): Resolved {
  const lists = settings
    .map((setting) => ({ setting, found: findSetting(setting, places) }))
    .map(({ setting, found: [head, ...rest] }) => ({
      header: setting.header ?? header,
      found: head ? [head, ...rest.filter((other) => !isOrigin(other, [head, ...rest]))] : [],
    }))
  const perSetting = lists.flatMap(({ found: [head] }) => head ?? [])
  const headers = [...new Set(lists.map(({ header }) => header))]
  const filled = headers.map((header) =>
    lists
      .flatMap(({ header: own, found: [head] }) => (own === header && head ? head : []))
      .filter(({ value }) => value.trim() !== ''),
  )
  const sent = filled.flatMap(([first]) => first ?? [])
  const unsent = filled.flatMap(([first, ...others]) =>
    first ? others.map((other) => ({ other, sent: first })) : [],
  )
  const winner = sent[0] ?? perSetting[0]
  const overridden = lists.flatMap(({ found }) => found).filter((found) => found !== winner)
  debug(
    () =>
      `${[...new Set(settings.map(nameOf))].join(', ')}: ${winner ? placeOf(winner) : 'set nowhere'}${overridden.map((found) => `; overrides ${placeOf(found)}`).join('')}`,
  )
  return { winner, sent, unsent, perSetting, overridden }
}

function nameOf({ variable, key = [] }: Setting): string {
  return variable === undefined ? key.join('.') : `$${variable}`
}

function placeOf({ name, source: { level, file } }: Found): string {
  return `${name} of ${file ? `${file.path} (${level})` : `the ${level}`}`
}

function isOrigin({ value, source, isCommand }: Found, all: readonly Found[]): boolean {
  if (source.level !== 'profile') return false
  return all.some((other) => other.source.level === 'environment' && (isCommand || other.value === value))
}

/** Where a variable stands in the file of its source: under its name, or as an entry of a list. */
function placeOfVariable(
  { file, data, variablesAt }: OpenSource,
  name: string,
): Pick<Found, 'keyPath' | 'entry'> {
  if (!file || !variablesAt) return {}
  const holder = valueAt(data, variablesAt)
  return isTable(holder) ? { keyPath: [...variablesAt, name] } : { keyPath: variablesAt, entry: name }
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

/** The entries of a value that holds several by name, as `Setting.entry` tells the forms. */
export function entriesIn(value: Value): [name: string, text: string][] {
  if (typeof value === 'string') return textEntries(value)
  if (Array.isArray(value)) return value.flatMap((item) => (typeof item === 'string' ? entryOf(item) : []))
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).map(([name, item]) => [name, withoutScheme(valueText(item as Value) ?? '')])
}

function textEntries(text: string): [string, string][] {
  const isHeaders = /^\s*[\w-]+\s*:/.test(text)
  const items = isHeaders ? text.split('\n') : text.replace(/^\s*\[|\]\s*$/g, '').split(/[,\n]/)
  return items.flatMap(entryOf)
}

function entryOf(item: string): [string, string][] {
  const [, name, value] = /^\s*["']?([\w-]+)\s*[=:]\s*(.*?)["']?\s*$/s.exec(item) ?? []
  return name === undefined ? [] : [[name, withoutScheme(value ?? '')]]
}

/** The key of an Authorization header. */
function withoutScheme(text: string): string {
  return text.replace(/^Bearer\s+/i, '')
}

function assignmentsIn(items: readonly Value[]): Record<string, string> {
  const pairs = items
    .filter((item) => typeof item === 'string')
    .map((item) => /^(\w+)=(.*)$/s.exec(item) ?? [])
    .flatMap(([, name, value]) => (name === undefined ? [] : [[name, value ?? ''] as const]))
  return Object.fromEntries(pairs)
}
