import { UserError } from '../errors.ts'
import type { Format, Value } from './document.ts'
import { quoteDotenv } from './shell/quote.ts'
import { guardFormat } from './too-deep.ts'

/** Every format that a target or a source can have. The environment of a shell and its profile are formats too. */
export const formatIds = [
  'toml',
  'json',
  'jsonc',
  'yaml',
  'dotenv',
  'posix-env',
  'fish-env',
  'powershell-env',
  'posix-profile',
  'fish-profile',
  'powershell-profile',
  'user-env',
  'gitignore',
  'whole-file',
] as const

/** One of them; `loadFormats` gives its editor. */
export type FormatId = (typeof formatIds)[number]

const loaders: Record<FormatId, () => Promise<Format>> = {
  toml: async () => (await import('./toml/toml-format.ts')).tomlFormat,
  json: async () => (await import('./json/json-format.ts')).jsonFormat,
  jsonc: async () => (await import('./json/json-format.ts')).jsoncFormat,
  yaml: async () => (await import('./yaml/yaml-format.ts')).yamlFormat,
  dotenv: async () => (await import('./dotenv/dotenv-format.ts')).dotenvFormat,
  'posix-env': async () => (await import('./shell/env-formats.ts')).posixEnvFormat,
  'fish-env': async () => (await import('./shell/env-formats.ts')).fishEnvFormat,
  'powershell-env': async () => (await import('./shell/env-formats.ts')).powershellEnvFormat,
  'posix-profile': async () => (await import('./shell/profile-document.ts')).posixProfileFormat,
  'fish-profile': async () => (await import('./shell/profile-document.ts')).fishProfileFormat,
  'powershell-profile': async () => (await import('./shell/profile-document.ts')).powershellProfileFormat,
  'user-env': async () => (await import('./shell/env-formats.ts')).userEnvFormat,
  gitignore: async () => (await import('./gitignore/gitignore-format.ts')).gitignoreFormat,
  'whole-file': async () => (await import('./whole-file-format.ts')).wholeFileFormat,
}

/** Loads only the editors that are needed: each brings its own parser. */
export async function loadFormats(ids: Iterable<FormatId>): Promise<Map<FormatId, Format>> {
  const wanted = [...new Set(ids)]
  return new Map(await Promise.all(wanted.map(async (id) => [id, guardFormat(await loaders[id]())] as const)))
}

/** What an editor refuses though every reader takes it. */
const readAllTheSame = ['duplicate-key', 'unsupported-yaml', 'profile-block-broken', 'profile-block-edited']

/**
 * Why a text is none of its format, or undefined: such a file is never written, for its client may leave it out, or read
 * it in another way than its owner means.
 */
export async function whyNotParsed(
  text: string,
  file: string,
  formatId: FormatId,
): Promise<UserError | undefined> {
  const format = (await loadFormats([formatId])).get(formatId)
  try {
    format?.open(text, file)
    return undefined
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return readAllTheSame.includes(error.code) ? undefined : error
  }
}

/** Values as the whole text of a file of this format (toml, yaml, dotenv, else JSON), as for a paste. */
export async function renderData(format: string, data: Record<string, Value>): Promise<string> {
  // Both packages are CommonJS: once bundled, only their default export is there.
  if (format === 'toml') return (await import('@iarna/toml/stringify.js')).default(data as never)
  if (format === 'yaml') return (await import('yaml')).default.stringify(data)
  if (format === 'dotenv') {
    return Object.entries(data)
      .map(([name, value]) => `${name}=${quoteDotenv(String(value))}`)
      .join('\n')
  }
  return JSON.stringify(data, null, 2)
}
