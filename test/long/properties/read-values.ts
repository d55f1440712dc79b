import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { parse as parseToml } from '@iarna/toml'
import { parse as parseYaml } from 'yaml'

/** The kinds of files, by how these tests read them: never with an editor or a referee of the program's own where there is another. */
export type Kind =
  | 'toml'
  | 'json'
  | 'yaml'
  | 'dotenv'
  | 'posix-env'
  | 'fish-env'
  | 'powershell-env'
  | 'profile'

type Data = Readonly<Record<string, unknown>>

const block = /^# >>> qcode-setup >>>\r?\n#[^\n]*\n(.*?)\r?\n# <<< qcode-setup <<<\r?$/ms

const readers: Readonly<Record<Kind, (text: string) => Data>> = {
  toml: (text) => plain(parseToml(text.replaceAll('\r\n', '\n'))) as Data,
  json: (text) => (text.trim() === '' ? {} : JSON.parse(text)),
  yaml: (text) => (parseYaml(text, { version: '1.1' }) as Data | null) ?? {},
  dotenv: (text) => ({ ...parseEnv(text) }) as Data,
  'posix-env': (text) =>
    assignments(text, /^export (\w+)=((?:'[^']*'|\\')+)( #)?\r?$/gm, (word) =>
      word.replaceAll("'\\''", '\0').replaceAll("'", '').replaceAll('\0', "'"),
    ),
  'fish-env': (text) =>
    assignments(text, /^set -gx (\w+) ('(?:[^'\\]|\\.)*')\r?$/gm, (word) =>
      word.slice(1, -1).replace(/\\(.)/g, '$1'),
    ),
  'powershell-env': (text) =>
    assignments(text, /^\$env:(\w+) = ('(?:[^']|'')*')\r?$/gm, (word) =>
      word.slice(1, -1).replaceAll("''", "'"),
    ),
  profile: (text) => {
    const line = block.exec(text)?.[1]
    return line === undefined ? {} : { source: sourced(line) }
  },
}

/** The data of a file; of a missing one, nothing. */
export function readData(path: string, kind: Kind): Data {
  return existsSync(path) ? readText(readFileSync(path, 'utf8'), kind) : {}
}

/** The data of a text. */
export function readText(text: string, kind: Kind): Data {
  return readers[kind](text.replace(/^\uFEFF/, ''))
}

/** The value at a key path. */
export function valueAt(data: unknown, keyPath: readonly string[]): unknown {
  return keyPath.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as Data)[key] : undefined,
    data,
  )
}

/** The data with another value at a key path. */
export function withValue(data: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value
  const entries = new Map(Object.entries((data ?? {}) as Data))
  entries.set(key, withValue(entries.get(key), rest, value))
  return Object.fromEntries(entries)
}

function assignments(text: string, pattern: RegExp, decode: (word: string) => string): Data {
  return Object.fromEntries([...text.matchAll(pattern)].map(([, name, word = '']) => [name, decode(word)]))
}

/** The path in the last quoted word of a line that reads a file; from the home on, as it stands there. */
function sourced(line: string): string | undefined {
  const text = line.replace(/ #$/, '')
  const fromHome =
    /^if \[ -n "\$\{HOME-\}" \] && \[ -r "(\$HOME\/.*)" \]; then \. "\1"; fi$/.exec(text)?.[1] ??
    /^if test -n "\$HOME"; and test -r "(\$HOME\/.*)"; source "\1"; end$/.exec(text)?.[1]
  if (fromHome !== undefined) return fromHome.replace(/\\(.)/g, '$1')
  const inPowershell = /^if \(\$HOME -and \(Test-Path -LiteralPath "(\$HOME\/.*)"\)\) \{ \. "\1" \}$/.exec(
    text,
  )?.[1]
  if (inPowershell !== undefined) return inPowershell.replace(/`(.)/g, '$1')
  const posix = /^if \[ -r ('.*') \]; then \. \1; fi$/.exec(text)?.[1]
  if (posix !== undefined) return posix.slice(1, -1).replaceAll("'\\''", "'")
  const fish = /^if test -r ('.*'); source \1; end$/.exec(text)?.[1]
  if (fish !== undefined) return fish.slice(1, -1).replace(/\\(.)/g, '$1')
  const powershell = /^if \(Test-Path -LiteralPath ('.*')\) \{ \. \1 \}$/.exec(text)?.[1]
  return powershell?.slice(1, -1).replaceAll("''", "'")
}

/** Plain values that can be compared: dates and big numbers as text. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint' || value instanceof Date) return String(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, plain(child)]))
}

/** Codex does not start with a provider that has no name, so ours stays in a table of the user's that had none (0.169.0). */
export function withoutName(now: object, old: object): object {
  if (valueAt(old, ['model_providers', 'qcode']) === undefined) return now
  if (valueAt(old, ['model_providers', 'qcode', 'name']) !== undefined) return now
  return JSON.parse(
    JSON.stringify(now, (key, value) => (key === 'name' && value === 'QCode.cc' ? undefined : value)),
  )
}
