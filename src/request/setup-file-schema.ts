import * as z from 'zod/mini'
import type { Catalog } from '../catalog/tool.ts'
import { keyReferenceText } from '../secrets/key-reference.ts'
import { say, type TextId } from '../texts/message.ts'
import { fields } from './fields.ts'
import { formOfName } from './parse-arguments.ts'

/** Titles and descriptions for editors, in English. */
const meant = z.registry<{ title: string; description: string; examples?: unknown[] }>()

/** Longer than any name, path or address that makes sense. */
const longestText = 4096

/** Each has a title of its own. */
const text = () => z.string().check(z.minLength(1), z.maxLength(longestText))

const variable = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Each of them says where the gateway is. */
export const gatewaySettings = ['region', 'gateway', 'name'] as const

/** What can be said for all tools, and again for one of them. */
function settingsOf({ gateway, shells }: Catalog) {
  const choices = (name: 'scope' | 'method' | 'keyStore') => fields[name].choices()
  const regions = gateway.regions.flatMap(({ id, aliases }) => [id, ...aliases])
  return {
    region: described('region', z.enum(regions)),
    gateway: described('gateway', text(), ['https://relay.example.com']),
    name: described('name', text(), ['work']),
    scope: described('scope', z.enum(choices('scope'))),
    project: described('project', text(), ['~/work/app']),
    method: described('method', z.enum(choices('method'))),
    shell: described('shell', z.enum([...new Set(shells.map(({ id }) => id))])),
    key_store: described('key_store', z.enum(choices('keyStore'))),
  }
}

/** Where the schema of the newest version is, for editors. */
export const schemaAddress = 'https://unpkg.com/qcode-setup/schema/qcode.schema.json'

/** A setup file, and one tool of it, for the tools of a catalog; a user's own tools may be named as well. */
export function setupFileSchema(catalog: Catalog) {
  const settings = optional(settingsOf(catalog))
  const id = described(
    'id',
    z.union([z.enum(catalog.tools.map((tool) => tool.id)), z.string().check(z.regex(/^[a-z0-9][\w.-]*$/))]),
  )
  const tool = z.strictObject({
    id,
    ...settings,
    model: z.optional(described('model', text())),
    models: z.optional(described('models', z.record(z.string(), text()), [{ opus: 'MODEL' }])),
    options: z.optional(
      described('options', z.record(z.string(), z.union([z.boolean(), z.number()])), [
        { 'less-traffic': true },
      ]),
    ),
    variant: z.optional(described('variant', text())),
    folders: z.optional(
      described('folders', z.record(z.string().check(z.regex(variable)), z.string()), [
        { CONFIG_DIR: '~/.config/work' },
      ]),
    ),
  })
  const command = z.strictObject({
    command: described('command', z.array(text()).check(z.minLength(1), z.maxLength(100)), [
      ['pass', 'show', 'qcode'],
    ]),
  })
  const key = z.union([z.string().check(z.regex(keyReferenceText)), command])
  const keyOf = z.optional(described('key', key, ['env:QCODE_API_KEY', 'file:~/.secrets/qcode', 'keychain']))
  const named = z.strictObject({
    region: settings.region,
    gateway: settings.gateway,
    key: z.optional(described('name_key', key, ['env:WORK_API_KEY'])),
    key_store: z.optional(described('name_key_store', z.enum(['file', 'keychain'] as readonly string[]))),
  })
  const names = z.record(z.string().check(z.regex(formOfName)), named)
  const agents = z.array(text()).check(z.maxLength(100))
  const description = String(say('flag.launch-agent'))
  meant.add(agents, { title: 'LaunchAgents', description, examples: [['Some Editor']] } as never)
  const file = z.strictObject({
    $schema: z.optional(z.string()),
    version: z.optional(described('version', z.literal(1))),
    ...settings,
    key: keyOf,
    names: z.optional(described('names', names, [{ work: { gateway: 'https://relay.example.com' } }])),
    launch_agents: z.optional(agents),
    tools: z.optional(described('tools', z.array(z.union([id, tool])).check(z.maxLength(200)))),
  })
  return { file, tool, named }
}

/** What a setup file holds. */
export type SetupFile = z.infer<ReturnType<typeof setupFileSchema>['file']>

/** The same as JSON Schema, for editors: it is `schema/qcode.schema.json` of the package. */
export function setupFileJsonSchema(catalog: Catalog): Record<string, unknown> {
  const schema = z.toJSONSchema(setupFileSchema(catalog).file, { metadata: meant, io: 'input' })
  const { title, description } = textsOf('file')
  return { $id: schemaAddress, title, description, ...schema }
}

function optional<Shape extends Record<string, z.core.$ZodType>>(shape: Shape) {
  const entries = Object.entries(shape).map(([name, schema]) => [name, z.optional(schema)])
  return Object.fromEntries(entries) as { [Name in keyof Shape]: z.ZodMiniOptional<Shape[Name]> }
}

type Described = TextId extends infer Id ? (Id extends `schema.${infer Name}.title` ? Name : never) : never

function described<Schema extends z.core.$ZodType>(
  name: Described,
  schema: Schema,
  examples?: unknown[],
): Schema {
  meant.add(schema, { ...textsOf(name), ...(examples && { examples }) } as never)
  return schema
}

function textsOf(name: Described): { title: string; description: string } {
  return { title: String(say(`schema.${name}.title`)), description: String(say(`schema.${name}.about`)) }
}
