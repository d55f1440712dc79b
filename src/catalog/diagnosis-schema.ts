import * as z from 'zod/mini'
import { formatIds } from '../documents/formats.ts'
import { say, type TextId } from '../texts/message.ts'
import type { Diagnosis, Setting, TrapCondition } from './diagnosis.ts'
import { FieldFault } from './folder-fault.ts'

type RuleId = Extract<TextId, `folder.rule-${string}`>

type RuleName<Id> = Id extends `folder.rule-${infer Name}` ? Name : never

/** A rule as zod carries it: the id of the sentence that says it of a field. */
export function rule(name: RuleName<RuleId>): RuleId {
  return `folder.rule-${name}`
}

/** Whether what zod says of a field is one of our rules; its own messages are not for people. */
export function isRule(text: string | undefined): text is RuleId {
  return text?.startsWith('folder.rule-') ?? false
}

const keyPath = z.array(z.string()).check(z.minLength(1))

const names = z.array(z.string()).check(z.minLength(1))

const level = z.enum(['managed', 'run', 'local', 'project', 'user', 'environment', 'system'])

const format = z.enum(formatIds)

/** A variable of the environment. Names that every object of JavaScript has are none: an environment is such an object. */
export const variableName = z.string().check(
  z.regex(/^[A-Za-z_]\w*$/, rule('variable')),
  z.refine((name) => !(name in Object.prototype), rule('variable')),
)

/** Also `{{ name }}` of a lookup that tells which variable it is. */
const variableOrLookup = z.union([variableName, z.string().check(z.regex(/^\{\{ \w+ \}\}$/))])

/** A range of versions (semver), short enough to be read quickly whatever it holds. */
export const versionRange = z.string().check(z.maxLength(200, rule('range')))

/** Longer is no settings file; file systems take names of 255 bytes. */
const longestName = 200

const longestPath = 1000

const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** A path that begins with a place and stays below it, spelled in one way: see `isOdd`. */
export const placePath = z.string().check(
  z.refine((text) => !text.split(/[/\\]/).includes('..'), rule('stay')),
  z.refine((text) => !unseen.test(text), rule('visible')),
  z.regex(/^\{\{ \w+ \}\}(?![^/\\])/, rule('place')),
  z.refine((text) => !isOdd(text.replace(/^[^}]*\}\}/, '')), rule('one-spelling')),
)

const source = z.strictObject({
  level,
  path: z.exactOptional(placePath),
  stored: z.exactOptional(
    z
      .string()
      .check(z.regex(/^(HK(LM|CU)\\SOFTWARE\\Policies(\\[\w-]+)+|[\w-]+(\.[\w-]+)+)$/, rule('stored'))),
  ),
  rank: z.exactOptional(z.number()),
  above: z.exactOptional(z.enum(['nearest', 'farthest', 'first'])),
  family: z.exactOptional(z.string()),
  trust: z.exactOptional(z.strictObject({ file: placePath, trusted: keyPath, untrusted: keyPath })),
  format: z._default(format, 'dotenv'),
  variables: z.exactOptional(z.array(z.string())),
  platforms: z.exactOptional(names),
  versions: z.exactOptional(versionRange),
  variants: z.exactOptional(names),
})

const value = {
  variables: z.exactOptional(z.array(variableOrLookup).check(z.minLength(1))),
  keys: z.exactOptional(z.array(keyPath).check(z.minLength(1))),
  level: z.exactOptional(level),
  file: z.exactOptional(placePath),
  above: z.exactOptional(z.literal(true)),
  format: z.exactOptional(format),
}

/** A program as it is looked for in PATH. */
export const programName = z.string().check(z.regex(/^\w[\w.+-]*$/, rule('program')))

/** A condition on what a client reads: see `TrapCondition` in diagnosis.ts. */
export const condition = z.strictObject({
  ...value,
  is: z.exactOptional(z.enum(['on', 'not-off', 'set', 'empty', 'absent', 'gateway', 'not-gateway', 'key'])),
  equals: z.exactOptional(z.string()),
  matches: z.exactOptional(z.string().check(z.refine(isPattern, rule('pattern')))),
  differs_from: z.exactOptional(z.strictObject(value)),
  login: z.exactOptional(z.string()),
  login_of: z.exactOptional(variableName),
  bom: z.exactOptional(format),
  programs: z.exactOptional(z.array(programName).check(z.minLength(1))),
  open_folder: z.exactOptional(placePath),
  gateway: z.exactOptional(z.boolean()),
})

const setting = z
  .strictObject({
    variable: z.exactOptional(variableOrLookup),
    key: z.exactOptional(keyPath),
    file: z.exactOptional(placePath),
    format: z.exactOptional(format),
    entry: z.exactOptional(z.string()),
    command: z.exactOptional(z.boolean()),
    header: z.exactOptional(z.enum(['x-api-key', 'authorization'])),
    variants: z.exactOptional(names),
    versions: z.exactOptional(versionRange),
    when: z.exactOptional(z.array(condition).check(z.minLength(1))),
    fix: z.exactOptional(z.string()),
  })
  .check(z.refine(({ variable, key }) => (variable === undefined) !== (key === undefined), rule('setting')))

const lookup = z.strictObject({
  name: z.string(),
  from: z.array(setting),
  default: z.exactOptional(z.string()),
})

const connection = z.strictObject({
  protocol: z.enum(['anthropic-messages', 'openai-chat', 'openai-responses']),
  base_url: z.array(setting).check(z.minLength(1)),
  keys: z._default(z.array(setting), []),
  models: z._default(z.array(z.array(setting).check(z.minLength(1))), []),
})

const trap = z.strictObject({
  id: z.string().check(z.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, rule('dashed'))),
  level: z.enum(['error', 'warning', 'info']),
  when: z.array(condition).check(z.minLength(1)),
  versions: z.exactOptional(versionRange),
  variants: z.exactOptional(names),
  text: z.string(),
  text_zh: z.string(),
  fix: z.string(),
  fix_zh: z.exactOptional(z.string()),
  fix_powershell: z.exactOptional(z.string()),
  told_at_setup: z.exactOptional(z.literal(true)),
})

const shown = z.strictObject({
  status: z.number().check(z.minimum(400), z.maximum(599)),
  text: z.string().check(z.minLength(1), z.maxLength(300)),
  versions: z.exactOptional(versionRange),
})

/** The sections of a manifest that are for `doctor`. For the meaning of every field see diagnosis.ts. */
export const diagnosisFields = {
  measured: z.optional(versionRange),
  sources: z._default(z.array(source), []),
  lookups: z._default(z.array(lookup), []),
  connections: z._default(z.array(connection), []),
  model_aliases: z._default(z.array(z.string()), []),
  traps: z._default(z.array(trap).check(z.maxLength(100)), []),
  shows: z._default(z.array(shown), []),
}

/** What stands in templates/traps.toml: traps that are not one tool's alone. */
const trapsSchema = z.strictObject({ schema: z.literal(1), traps: z.array(trap) })

const diagnosisSchema = z.object(diagnosisFields)

/** The part of a checked manifest that is for `doctor`. */
export function compileDiagnosis({
  measured,
  sources,
  lookups,
  connections,
  model_aliases,
  traps,
  shows,
}: z.infer<typeof diagnosisSchema>): Diagnosis {
  return {
    ...(measured !== undefined && { measured }),
    sources,
    lookups: lookups.map(({ from, ...rest }) => ({ ...rest, from: from.map(compileSetting) })),
    connections: connections.map(({ protocol, base_url, keys, models }) => ({
      protocol,
      baseUrl: base_url.map(compileSetting),
      keys: keys.map(compileSetting),
      models: models.map((choice) => choice.map(compileSetting)),
    })),
    modelAliases: model_aliases,
    traps: traps.map(compileTrap),
    shows,
  }
}

/** The parsed content of traps.toml: they are about the environment alone. */
export function compileSharedTraps(data: unknown): Diagnosis {
  const { traps } = trapsSchema.parse(data)
  const environment = { level: 'environment', format: 'dotenv', variables: [] } as const
  return {
    sources: [environment],
    lookups: [],
    connections: [],
    modelAliases: [],
    traps: traps.map(compileTrap),
    shows: [],
  }
}

function compileSetting({ when, ...rest }: z.infer<typeof setting>): Setting {
  return { ...rest, ...(when && { when: when.map(compileCondition) }) }
}

function compileTrap({
  text_zh: textZh,
  fix_zh: fixZh,
  fix_powershell: fixPowershell,
  told_at_setup: toldAtSetup,
  when,
  ...rest
}: z.infer<typeof trap>): Diagnosis['traps'][number] {
  const chosen = {
    ...(fixZh !== undefined && { fixZh }),
    ...(fixPowershell !== undefined && { fixPowershell }),
    ...(toldAtSetup && { toldAtSetup }),
  }
  return { ...rest, textZh, ...chosen, when: when.map(compileCondition) }
}

/** A checked condition as a TrapCondition. */
export function compileCondition({
  differs_from,
  login_of,
  open_folder,
  ...rest
}: z.infer<typeof condition>): TrapCondition {
  return {
    ...rest,
    ...(differs_from && { differsFrom: differs_from }),
    ...(login_of && { loginOf: login_of }),
    ...(open_folder !== undefined && { openFolder: open_folder }),
  }
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}

/**
 * Whether what stands behind a place could be taken in two ways: a slash at its end says that a file is a folder, Windows
 * drops dots and blanks at the end of a name and reads on behind a colon, and what is too long cannot be opened.
 */
function isOdd(below: string): boolean {
  if (below === '') return false
  if (below.length > longestPath || /[\\:]/.test(below)) return true
  const [, ...names] = below.split('/')
  return names.some(
    (name) =>
      name === '' || name.trim() !== name || name.endsWith('.') || Buffer.byteLength(name) > longestName,
  )
}

/** One file that is written: the characters that no name of Windows has are in none, and no pattern is. */
export const filePath = placePath.check(z.refine((text) => !/[*?"<>|]/.test(text), rule('plain-name')))

/** What is added to a folder that a variable names. */
export const tail = z.string().check(
  z.refine(
    (text) => !/^[/\\]|^[A-Za-z]:/.test(text) && !unseen.test(text) && !text.split(/[/\\]/).includes('..'),
    rule('below'),
  ),
  z.refine((text) => text === '' || !isOdd(`/${text}`), rule('one-spelling')),
)

/** One way to find a place: see `PlaceCandidate` in tool.ts. */
export const placeCandidate = z.strictObject({
  env: z.exactOptional(variableName),
  join: z.exactOptional(tail),
  path: z.exactOptional(placePath),
})

/** A text in which nothing is filled in. */
export const plainText = z.string().check(z.refine((text) => !text.includes('{{'), rule('no-placeholder')))

/** The places that every tool may use; a manifest adds its own. `run` is there only while a client is started by `run`. */
export const commonPlaces = [
  'home',
  'config',
  'xdgConfig',
  'xdgData',
  'appData',
  'documents',
  'project',
  'zdotdir',
  'gitRoot',
  'system',
  'run',
]

/** Throws a FieldFault for the first path below a manifest that begins with a place that nobody defines. */
export function refuseUnknownPlace(manifest: object, ownPlaces: readonly string[]): void {
  const known = new Set([...commonPlaces, ...ownPlaces])
  for (const [path, text] of texts(manifest, [])) {
    const place = /^\{\{ (\w+) \}\}[/\\]/.exec(text)?.[1]
    if (place === undefined || known.has(place)) continue
    throw new FieldFault(path, say('folder.unknown-place', { field: path.join('.'), place }))
  }
}

function texts(value: unknown, path: readonly string[]): [path: readonly string[], text: string][] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, child]) => texts(child, [...path, key]))
}
