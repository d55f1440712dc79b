import * as z from 'zod/mini'
import { formatIds } from '../documents/formats.ts'
import { diagnosisFields } from './diagnosis-schema.ts'
import { proofFields } from './proof-schema.ts'

const id = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9._/-]*$/, 'must be lowercase letters, digits, dots and dashes'))
const urlPath = z
  .string()
  .check(z.regex(/^(\/[\w.-]+)+$/, 'must be a path such as /api/v1, without a trailing slash'))
const fileName = z.string().check(z.regex(/^[\w][\w.-]*$/, 'must be the name of a file in this folder'))
const path = z.string().check(
  z.refine((text) => !text.split(/[/\\]/).includes('..'), 'must not leave its folder through ..'),
  z.regex(/^\{\{ \w+ \}\}/, 'must start with a place, such as {{ home }}'),
)
const variableName = z.string().check(z.regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable'))
const keyPath = z.array(z.string()).check(z.minLength(1))
const condition = z.strictObject({ env: z.optional(variableName), key: z.optional(keyPath) })

/** What a client does with its base URL. */
export const endpointSchema = z.strictObject({
  protocol: z.enum(['anthropic-messages', 'openai-chat', 'openai-responses']),
  prefix: urlPath,
  appends: urlPath,
})

const variant = z.strictObject({
  id,
  title: z.string(),
  when: z._default(z.string(), '*'),
  fallback: z.optional(id),
  endpoints: z.array(endpointSchema).check(z.minLength(1)),
  closed: z._default(z.array(z.string()), []),
})

const target = z.strictObject({
  scope: z.enum(['user', 'project']),
  path,
  format: z.enum(formatIds),
  content: fileName,
  variants: z.optional(z.array(id)),
  when: z.optional(z.array(condition)),
  guard: z._default(z.array(keyPath), []),
  stamps: z._default(z.array(keyPath), []),
  shape: z.optional(fileName),
})

const note = z.strictObject({
  on: z._default(z.enum(['setup', 'remove']), 'setup'),
  level: z._default(z.enum(['info', 'warning']), 'info'),
  text: z.string(),
  text_zh: z.optional(z.string()),
  variants: z.optional(z.array(id)),
  when: z.optional(z.array(condition)),
})

const placeCandidate = z.strictObject({
  env: z.optional(variableName),
  join: z.optional(z.string()),
  path: z.optional(path),
})

/** What stands in a tool.toml. The meaning of every field is told in tool.ts. */
export const manifestSchema = z.strictObject({
  schema: z.literal(1),
  id,
  title: z.string(),
  docs: z.string(),
  auth: z.enum(['bearer', 'x-api-key']),
  pin_flag: z.optional(z.string()),
  model_prefix: z.optional(z.string()),
  detect: z.strictObject({
    commands: z._default(z.array(z.string()), []),
    packages: z._default(z.array(z.string()), []),
    folders: z._default(z.array(path), []),
    project: z.optional(z.strictObject({ files: z.array(fileName), words: z.array(z.string()) })),
  }),
  places: z._default(z.record(z.string(), z.array(placeCandidate)), {}),
  variants: z.array(variant).check(z.minLength(1)),
  targets: z._default(z.array(target), []),
  env: z.optional(
    z.strictObject({
      variables: z.record(variableName, z.string()),
      dotenv: z._default(z.boolean(), false),
    }),
  ),
  daemon: z.optional(z.strictObject({ pid_file: path, restart: z.array(z.string()).check(z.minLength(1)) })),
  notes: z._default(z.array(note), []),
  snippets: z._default(z.record(z.enum(['python', 'typescript']), fileName), {} as never),
  ...diagnosisFields,
  ...proofFields,
})

export type Manifest = z.infer<typeof manifestSchema>

const shell = z.strictObject({
  id,
  platforms: z.optional(z.array(z.string())),
  env_file: path,
  env_format: z.enum(formatIds),
  profile_format: z.enum(formatIds),
  profiles: z.array(z.array(path).check(z.minLength(1))),
  also_read: z._default(z.array(path), []),
})

/** What stands in templates/shells.toml. */
export const shellsSchema = z.strictObject({ schema: z.literal(1), shells: z.array(shell) })
