import * as z from 'zod/mini'
import { formatIds } from '../documents/formats.ts'
import type { Diagnosis, Setting, TrapCondition } from './diagnosis.ts'
import { placePath as path, programName, variableName, versionRange } from './schema-parts.ts'

const keyPath = z.array(z.string()).check(z.minLength(1))
const names = z.array(z.string()).check(z.minLength(1))
const level = z.enum(['managed', 'local', 'project', 'user', 'environment', 'system'])
const format = z.enum(formatIds)

/** Also `{{ name }}` of a lookup that tells which variable it is. */
const variableOrLookup = z.union([variableName, z.string().check(z.regex(/^\{\{ \w+ \}\}$/))])

const source = z.strictObject({
  level,
  path: z.exactOptional(path),
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
  file: z.exactOptional(path),
  format: z.exactOptional(format),
}

const condition = z.strictObject({
  ...value,
  is: z.exactOptional(z.enum(['on', 'set', 'empty', 'absent', 'gateway', 'not-gateway', 'key'])),
  equals: z.exactOptional(z.string()),
  matches: z.exactOptional(z.string().check(z.refine(isPattern, 'must be a regular expression'))),
  differs_from: z.exactOptional(z.strictObject(value)),
  bom: z.exactOptional(format),
  programs: z.exactOptional(z.array(programName).check(z.minLength(1))),
  gateway: z.exactOptional(z.boolean()),
})

const setting = z
  .strictObject({
    variable: z.exactOptional(variableOrLookup),
    key: z.exactOptional(keyPath),
    file: z.exactOptional(path),
    format: z.exactOptional(format),
    entry: z.exactOptional(z.string()),
    command: z.exactOptional(z.boolean()),
    header: z.exactOptional(z.enum(['x-api-key', 'authorization'])),
    variants: z.exactOptional(names),
    versions: z.exactOptional(versionRange),
    when: z.exactOptional(z.array(condition).check(z.minLength(1))),
    mend: z.exactOptional(z.string()),
  })
  .check(
    z.refine(
      ({ variable, key }) => (variable === undefined) !== (key === undefined),
      'must be a variable or a key',
    ),
  )

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
  id: z.string().check(z.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be words with dashes')),
  level: z.enum(['error', 'warning', 'info']),
  when: z.array(condition).check(z.minLength(1)),
  versions: z.exactOptional(versionRange),
  variants: z.exactOptional(names),
  text: z.string(),
  text_zh: z.string(),
  mend: z.string(),
})

/** The sections of a manifest that are for `doctor`. The meaning of every field is told in diagnosis.ts. */
export const diagnosisFields = {
  measured: z.optional(versionRange),
  sources: z._default(z.array(source), []),
  lookups: z._default(z.array(lookup), []),
  connections: z._default(z.array(connection), []),
  model_aliases: z._default(z.array(z.string()), []),
  traps: z._default(z.array(trap).check(z.maxLength(100)), []),
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
  }
}

function compileSetting({ when, ...rest }: z.infer<typeof setting>): Setting {
  return { ...rest, ...(when && { when: when.map(compileCondition) }) }
}

function compileTrap({ text_zh, when, ...rest }: z.infer<typeof trap>): Diagnosis['traps'][number] {
  return { ...rest, textZh: text_zh, when: when.map(compileCondition) }
}

function compileCondition({ differs_from, ...rest }: z.infer<typeof condition>): TrapCondition {
  return { ...rest, ...(differs_from && { differsFrom: differs_from }) }
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}
