import * as z from 'zod/mini'
import type { Value } from '../documents/document.ts'
import { type FormatId, formatIds } from '../documents/formats.ts'
import { scriptLanguages } from '../documents/script/script.ts'
import { registryKeys } from '../host/read-file-state.ts'
import {
  commonPlaces,
  compileCondition,
  diagnosisFields,
  filePath,
  placePath as path,
  placeCandidate,
  plainText,
  programName,
  rule,
  condition as settingsCondition,
  tail,
  variableName,
  versionRange,
} from './diagnosis-schema.ts'
import type { Proof, RunWay } from './tool.ts'

const id = z.string().check(z.regex(/^[a-z0-9][a-z0-9._/-]*$/, rule('lowercase')))

const toolId = id.check(
  z.regex(/^[^/]+$/, rule('no-slash')),
  z.refine((text) => text !== 'all' && text !== 'detected', rule('other-word')),
)

const flagName = z.string().check(z.regex(/^[a-z]+(-[a-z]+)*$/, rule('dashed')))

const toolOption = z
  .strictObject({
    id: flagName,
    text: z.string(),
    text_zh: z.string(),
    // A word leads nowhere, whatever setting it is written into.
    writes: z.exactOptional(z.union([z.string().check(z.regex(/^[\w-]{1,40}$/, rule('word'))), z.boolean()])),
    number: z.exactOptional(z.string().check(z.regex(/^[A-Z]+$/, rule('word')))),
    offer_in: z._default(z.array(z.string()), []),
    offer_with_models: z._default(z.boolean(), false),
  })
  .check(
    z.refine(({ writes, number }) => (writes === undefined) !== (number === undefined), rule('one-value')),
  )

const urlPath = z.string().check(z.regex(/^(\/[\w.-]+)+$/, rule('url-path')))

const fileName = z.string().check(z.regex(/^[\w][\w.-]*$/, rule('file-name')))

/** Of a program on this machine: a web page would get the key. */
const linkAddress = z
  .string()
  .check(z.regex(/^(?!(?:https?|ftp|file|data):)[a-z][a-z0-9-]+:\/\/[\w./-]+$/, rule('link')))

const importLink = z.strictObject({ address: linkAddress, parameters: z.record(z.string(), z.string()) })

const keyPath = z.array(z.string()).check(z.minLength(1))

const condition = z.strictObject({
  env: z.optional(variableName),
  exists: z.optional(path),
  key: z.optional(keyPath),
})

/** What a client does with its base URL. */
export const endpointSchema = z.strictObject({
  protocol: z.enum(['anthropic-messages', 'openai-chat', 'openai-responses']),
  prefix: urlPath,
  appends: urlPath,
})

const variant = z.strictObject({
  id,
  title: z.string(),
  title_zh: z.optional(z.string()),
  when: z._default(versionRange, '*'),
  fallback: z.optional(id),
  endpoints: z.array(endpointSchema).check(z.minLength(1)),
  must_not_run: z._default(z.array(z.string()), []),
})

/** Ids of key deliveries, or `file`. */
const keyDeliveries = z.optional(z.array(id).check(z.minLength(1)))

const keyDelivery = z.strictObject({
  id,
  when: z._default(versionRange, '*'),
  variants: z.optional(z.array(id)),
  variables: z._default(z.array(variableName), []),
  beside: z.optional(z.record(variableName, z.string())),
})

const target = z.strictObject({
  scope: z.enum(['user', 'project', 'managed']),
  path: filePath,
  platforms: z.exactOptional(z.array(z.string())),
  format: z.enum(formatIds),
  content: fileName,
  variants: z.optional(z.array(id)),
  needs_model: z.optional(z.boolean()),
  needs_option: z.exactOptional(flagName),
  key_delivery: keyDeliveries,
  when: z.optional(z.array(condition)),
  protected: z._default(z.array(keyPath), []),
  defaults: z.exactOptional(z.array(keyPath)),
  timestamps: z._default(z.array(keyPath), []),
})

const fileSchema = z.strictObject({
  files: z.array(path).check(z.minLength(1)),
  schema: fileName,
  versions: z.exactOptional(versionRange),
  text: z.string(),
  text_zh: z.string(),
})

const note = z.strictObject({
  on: z._default(z.enum(['setup', 'remove']), 'setup'),
  level: z._default(z.enum(['info', 'warning']), 'info'),
  text: z.string(),
  text_zh: z.optional(z.string()),
  variants: z.optional(z.array(id)),
  key_delivery: keyDeliveries,
  needs_option: z.exactOptional(flagName),
  when: z.optional(z.array(condition)),
})

const placeName = z.string().check(
  z.regex(/^[a-z][A-Za-z0-9]*$/, rule('letters')),
  z.refine((name) => !commonPlaces.includes(name), rule('own-place')),
)

const argument = z.string().check(z.refine(hasKnownPlaceholders, rule('argument')))

/** A `[[prove]]` section of a manifest. For the meaning of every field see `Proof` in tool.ts. */
const proofSchema = z.strictObject({
  client: z.exactOptional(z.string()),
  commands: z.exactOptional(z.array(programName).check(z.minLength(1))),
  args: z._default(z.array(argument), []),
  env: z._default(z.record(z.string(), plainText), {} as never),
  script: z.exactOptional(z.string().check(z.regex(/^\w[\w.-]*$/, rule('file-name')))),
  in_project: z._default(z.boolean(), false),
  protocol: z.exactOptional(z.enum(['anthropic-messages', 'openai-chat', 'openai-responses'])),
  variants: z.exactOptional(z.array(z.string()).check(z.minLength(1))),
  timeout: z._default(z.number().check(z.positive(), z.maximum(600)), 60),
})

/** The field of a manifest that is for `prove`. */
export const proofFields = { prove: z._default(z.array(proofSchema), []) }

/** A text for a command line: whoever lists processes reads it. */
const publicText = z.string().check(z.refine((text) => !/\{\{\s*key/.test(text), rule('no-key')))

const runFile = z.strictObject({
  name: tail,
  format: z.enum(formatIds),
  content: fileName,
  as_arguments: z.exactOptional(z.array(publicText).check(z.minLength(1))),
  as_variable: z.exactOptional(variableName),
})

/** A `[[run]]` section of a manifest. For the meaning of every field see `RunWay` in tool.ts. */
const runSchema = z.strictObject({
  variants: z.exactOptional(z.array(id).check(z.minLength(1))),
  when: z._default(z.array(settingsCondition), []),
  args: z._default(z.array(publicText), []),
  subcommands: z._default(z.array(plainText), []),
  env: z._default(z.record(variableName, z.string()), {}),
  unset: z._default(z.array(variableName), []),
  files: z._default(z.array(runFile), []),
  reserved: z._default(z.array(plainText), []),
  avoids: z._default(z.array(z.string()), []),
})

const step = z.strictObject({
  text: z.string(),
  text_zh: z.string(),
  settings: z.exactOptional(
    z.strictObject({ format: z.enum(formatIds), content: fileName, name: z.exactOptional(id) }),
  ),
})

/** What stands in a tool.toml. For the meaning of every field see tool.ts. */
export const manifestSchema = z.strictObject({
  schema: z.literal(1),
  id: toolId,
  title: z.string(),
  also_called: z.optional(z.array(z.string())),
  docs: z.string(),
  install: z.optional(z.string().check(z.regex(/^[\x20-\x7e]{1,100}$/, rule('line')))),
  needs: z.exactOptional(z.partialRecord(z.enum(['node', 'python']), versionRange)),
  rank: z.exactOptional(z.int()),
  measured_packages: z.optional(z.array(z.string()).check(z.minLength(1))),
  auth: z.enum(['bearer', 'x-api-key']),
  key_variable: z.optional(variableName),
  pin_flag: z.optional(flagName),
  model_prefix: z.optional(z.string()),
  model_roles: z._default(z.array(flagName), []),
  options: z._default(z.array(toolOption), []),
  detect: z.strictObject({
    commands: z._default(z.array(programName), []),
    packages: z._default(z.array(z.string()), []),
    folders: z._default(z.array(path), []),
    project: z.optional(z.strictObject({ files: z.array(fileName), words: z.array(z.string()) })),
  }),
  places: z._default(z.record(placeName, z.array(placeCandidate)), {}),
  variants: z.array(variant).check(z.minLength(1)),
  targets: z._default(z.array(target), []),
  key_delivery: z._default(z.array(keyDelivery), []),
  env: z.optional(
    z.strictObject({
      variables: z.record(variableName, z.string()),
      dotenv: z._default(z.boolean(), false),
      silence: z._default(z.array(variableName), []),
    }),
  ),
  daemon: z.optional(z.strictObject({ pid_file: path, restart: z.array(plainText).check(z.minLength(1)) })),
  schemas: z._default(z.array(fileSchema), []),
  notes: z._default(z.array(note), []),
  snippets: z._default(z.partialRecord(z.enum(['python', 'typescript']), fileName), {}),
  import_links: z._default(z.record(id, importLink), {}),
  ...diagnosisFields,
  ...proofFields,
  run: z._default(z.array(runSchema), []),
  steps: z._default(z.array(step), []),
})

/** The content of a tool.toml, with every default filled in. */
export type Manifest = z.infer<typeof manifestSchema>

/** Of a shell also a key of the registry of Windows. */
const shellPath = z.union([z.enum(registryKeys), path])

const shell = z.strictObject({
  id,
  programs: z._default(z.array(programName), []),
  platforms: z.optional(z.array(z.string())),
  env_file: shellPath,
  env_format: z.enum(formatIds),
  copies: z.exactOptional(z.array(z.strictObject({ file: path, format: z.enum(formatIds) }))),
  profile_format: z.enum(formatIds),
  language: z.enum(scriptLanguages),
  profiles: z.array(z.array(path).check(z.minLength(1))),
  also_read: z._default(z.array(path), []),
  universal: z.exactOptional(path),
  starts: z
    .array(
      z.strictObject({
        kind: z.enum(['terminal', 'login', 'script']),
        reads: z.array(z.array(shellPath).check(z.minLength(1))).check(z.minLength(1)),
      }),
    )
    .check(z.minLength(1)),
})

const completion = z.strictObject({
  shell: id,
  programs: z._default(z.array(programName), []),
  platforms: z.optional(z.array(z.string())),
  script: fileName,
  file: path,
  profile_format: z.exactOptional(z.enum(formatIds)),
  profiles: z._default(z.array(z.array(path).check(z.minLength(1))), []),
  needs: z.exactOptional(z.string()),
})

/** What stands in templates/shells.toml. */
export const shellsSchema = z.strictObject({
  schema: z.literal(1),
  shells: z.array(shell),
  logins: z.array(shell),
  completions: z.array(completion),
})

/** What the rest of the manifest says about the client of a proof. */
interface Tool {
  readonly title: string
  readonly detect: { readonly commands: readonly string[] }
}

/** A checked `[[prove]]` section as a Proof; `readScript` gives the text of a file of the tool's folder. */
export function compileProof(
  { client, commands, script, in_project, ...rest }: z.infer<typeof proofSchema>,
  { title, detect }: Tool,
  readScript: (name: string) => string,
): Proof {
  return {
    ...rest,
    client: client ?? title,
    commands: commands ?? detect.commands,
    inProject: in_project,
    ...(script !== undefined && { script: readScript(script) }),
  }
}

/** The checked `[[run]]` sections; a tool that is set up by variables alone is started with these. `read` parses a file of the folder. */
export async function compileRuns(
  { run, env }: Pick<Manifest, 'run' | 'env'>,
  read: (name: string, format: FormatId) => Promise<Value>,
): Promise<RunWay[]> {
  const byVariables = env ? [{ ...runSchema.parse({}), env: env.variables, unset: env.silence }] : []
  const ways = run.length > 0 ? run : byVariables
  return Promise.all(
    ways.map(async ({ when, files, ...way }) => ({
      ...way,
      when: when.map(compileCondition),
      files: await Promise.all(
        files.map(async ({ as_arguments, as_variable, ...file }) => ({
          ...file,
          content: await read(file.content, file.format),
          ...(as_arguments && { asArguments: as_arguments }),
          ...(as_variable && { asVariable: as_variable }),
        })),
      ),
    })),
  )
}

function hasKnownPlaceholders(text: string): boolean {
  return [...text.matchAll(/\{\{(.*?)\}\}/g)].every(([, name = '']) => /^ (prompt|script) $/.test(name))
}
