import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import * as z from 'zod/mini'
import { formatWhere, UserError } from '../errors.ts'
import { type Endpoint, findProtocol, type Gateway } from '../gateway/gateway.ts'
import { say } from '../texts/message.ts'
import { compileTool, explaining, parseContent } from './compile-tool.ts'
import {
  compileSharedTraps,
  placeCandidate,
  placePath,
  refuseUnknownPlace,
  rule,
} from './diagnosis-schema.ts'
import { FieldFault, folderError, locating, readFolderFile } from './folder-fault.ts'
import { endpointSchema, shellsSchema } from './manifest-schema.ts'
import { type CodeClient, isByHand } from './steps.ts'
import type { Catalog, Completion, DotfilePlaces, Shell, Tool } from './tool.ts'

/** The templates folder as a Catalog. Runs when the program is built, and in the tests. */
export async function compileCatalog(templates: string): Promise<Catalog> {
  const gateway = await readShared(join(templates, 'gateway.toml'), parseGateway)
  const { shells, logins, completions } = await readShared(join(templates, 'shells.toml'), (data) =>
    shellsSchema.parse(data),
  )
  const codeClients = await readShared(join(templates, 'code-clients.toml'), (data) =>
    parseCodeClients(data, gateway),
  )
  const machine = await readShared(join(templates, 'traps.toml'), compileSharedTraps)
  const dotfiles = await readShared(join(templates, 'dotfiles.toml'), parseDotfilePlaces)
  const leftOut = await readShared(join(templates, 'left-out.toml'), parseLeftOut)
  const installers = await readShared(join(templates, 'installers.toml'), parseInstallers)
  const all = await compileToolFolders(templates, gateway)
  return {
    gateway,
    tools: all.filter((tool) => !isByHand(tool)),
    byHand: all.filter(isByHand),
    leftOut,
    installers,
    shells: shells.map(toShell),
    logins: logins.map(toShell),
    completions: completions.map(toCompletion),
    codeClients,
    dotfiles,
    machine,
  }
}

/** One of the files that all tools share. Errors: UserError `tool-folder` for what is wrong with a field. */
async function readShared<T>(file: string, check: (data: unknown) => T): Promise<T> {
  const data = await parseContent(file, 'toml', readFolderFile)
  return locating(file, readFolderFile, () => explaining(() => check(data)))
}

/**
 * What is wrong with a file below `root`, for whoever builds the program: `templates/x/tool.toml: title must be a string`.
 * Undefined for every error that is not about such a file.
 */
export function describeFolderFault(error: unknown, root: string): string | undefined {
  if (!(error instanceof UserError) || error.where === undefined) return undefined
  const where = { ...error.where, file: relative(root, error.where.file) }
  // What every such error begins with is for users, who have tool folders of their own.
  const start = String(say('folder.unusable', { reason: '' }))
  const reason = error.message.startsWith(start) ? error.message.slice(start.length) : error.message
  return `${formatWhere(where)}: ${reason.replaceAll(error.where.file, where.file)}`
}

/**
 * Every folder in `parent` that holds a tool.toml, by name. Errors: UserError `tool-folder`, also for an id that is one
 * of `takenIds` or stands in two folders.
 */
export async function compileToolFolders(
  parent: string,
  gateway: Gateway,
  takenIds: readonly string[] = [],
): Promise<Tool[]> {
  const folders = namesIn(parent)
    .map((name) => join(parent, name))
    .filter((folder) => existsSync(join(folder, 'tool.toml')))
    .sort()
  const tools = await Promise.all(folders.map((folder) => compileTool(folder, gateway, readFolderFile)))
  const ids = new Set(takenIds)
  for (const [index, { id }] of tools.entries()) {
    const file = join(folders[index] ?? parent, 'tool.toml')
    await locating(file, readFolderFile, () => {
      if (ids.has(id)) throw new FieldFault(['id'], say('folder.id-taken', { id }))
    })
    ids.add(id)
  }
  return tools
}

function namesIn(parent: string): string[] {
  try {
    return readdirSync(parent)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw folderError(parent, say('folder.unreadable', { path: parent, code }))
  }
}

function toShell({ env_file, env_format, profile_format, also_read, platforms, ...shell }: ShellData): Shell {
  return {
    ...shell,
    envFile: env_file,
    envFormat: env_format,
    profileFormat: profile_format,
    alsoRead: also_read,
    ...(platforms && { platforms }),
  }
}

function toCompletion({ profile_format, platforms, ...completion }: CompletionData): Completion {
  return {
    ...completion,
    ...(profile_format && { profileFormat: profile_format }),
    ...(platforms && { platforms }),
  }
}

type ShellsData = ReturnType<typeof shellsSchema.parse>
type ShellData = ShellsData['shells'][number]
type CompletionData = ShellsData['completions'][number]

const codeClientsSchema = z.strictObject({
  schema: z.literal(1),
  clients: z.array(
    z.strictObject({
      title: z.string(),
      tool: z.exactOptional(z.string()),
      in: z.enum(['code', 'config']),
      words: z.array(z.string()).check(z.minLength(1)),
      variables: z._default(z.array(z.string()), []),
      endpoint: endpointSchema,
    }),
  ),
})

/** The parsed content of code-clients.toml. Throws a ZodError, and a FieldFault for an endpoint that is no route. */
export function parseCodeClients(data: unknown, gateway: Gateway): CodeClient[] {
  const { clients } = codeClientsSchema.parse(data)
  for (const [index, { title, endpoint }] of clients.entries()) refuseNoRoute(endpoint, title, index, gateway)
  return clients
}

function refuseNoRoute(
  { protocol, prefix, appends }: Endpoint,
  id: string,
  index: number,
  gateway: Gateway,
): void {
  const { routes } = findProtocol(gateway, protocol)
  if (routes.includes(prefix + appends)) return
  const reason = say('folder.route', { id, path: `${prefix} + ${appends}`, protocol, routes })
  throw new FieldFault(['clients', index, 'endpoint', 'prefix'], reason)
}

const dotfilePlacesSchema = z.strictObject({
  schema: z.literal(1),
  folders: z.array(placePath),
  all_in: z.array(placePath),
  places: z.record(z.string(), z.array(placeCandidate)),
})

/** The parsed content of dotfiles.toml. Throws a ZodError, and a FieldFault for a place that is not defined. */
export function parseDotfilePlaces(data: unknown): DotfilePlaces {
  const { places, folders, all_in } = dotfilePlacesSchema.parse(data)
  refuseUnknownPlace({ folders, all_in, places }, Object.keys(places))
  return { places, folders, allIn: all_in }
}

const leftOutSchema = z.strictObject({
  schema: z.literal(1),
  clients: z.array(
    z.strictObject({ id: z.string(), title: z.string(), why: z.string(), why_zh: z.string() }),
  ),
})

/** The parsed content of left-out.toml. Throws a ZodError. */
function parseLeftOut(data: unknown): Catalog['leftOut'] {
  return leftOutSchema.parse(data).clients.map(({ why_zh, ...client }) => ({ ...client, whyZh: why_zh }))
}

const words = z.array(z.string()).check(z.minLength(2))

const installersSchema = z.strictObject({
  schema: z.literal(1),
  installers: z.array(
    z.strictObject({
      begins: words,
      instead: z.exactOptional(words),
      runtime: z.strictObject({ id: z.string(), title: z.string(), commands: z.array(z.string()) }),
      quiet: z._default(z.array(z.string()), []),
      registry_flag: z.string(),
      mirrors: z.record(z.string(), z.string()),
    }),
  ),
})

/** The parsed content of installers.toml. Throws a ZodError. */
function parseInstallers(data: unknown): Catalog['installers'] {
  const { installers } = installersSchema.parse(data)
  return installers.map(({ registry_flag, ...installer }) => ({ ...installer, registryFlag: registry_flag }))
}

const path = z.string().check(z.regex(/^(\/[\w.-]+)+$/, rule('url-path')))

const gatewaySchema = z.strictObject({
  schema: z.literal(1),
  models_route: path,
  other_models_routes: z._default(z.array(path), []),
  limits_routes: z._default(z.array(path), []),
  spending_route: z.optional(path),
  regions: z.array(
    z.strictObject({
      id: z.string(),
      aliases: z.optional(z.array(z.string())),
      also_called: z._default(z.array(z.string()), []),
      origin: z.string().check(z.regex(/^https?:\/\/[\w.-]+$/, 'must be scheme and host only')),
      title: z.string(),
      title_zh: z.string(),
      audience: z.string(),
      audience_zh: z.string(),
    }),
  ),
  protocols: z.array(
    z.strictObject({
      id: z.enum(['anthropic-messages', 'openai-chat', 'openai-responses']),
      title: z.string(),
      routes: z.array(path),
      models_begin_with: z.optional(z.array(z.string())),
      model_families: z._default(z.array(z.string()), []),
    }),
  ),
})

/** The parsed content of gateway.toml as a Gateway. Throws a ZodError that names the field. */
export function parseGateway(data: unknown): Gateway {
  const { models_route, other_models_routes, limits_routes, spending_route, regions, protocols } =
    gatewaySchema.parse(data)
  return {
    modelsRoute: models_route,
    otherModelsRoutes: other_models_routes,
    limitsRoutes: limits_routes,
    ...(spending_route !== undefined && { spendingRoute: spending_route }),
    protocols: protocols.map(({ models_begin_with, model_families, ...protocol }) => ({
      ...protocol,
      modelFamilies: model_families,
      ...(models_begin_with && { modelsBeginWith: models_begin_with }),
    })),
    regions: regions.map(({ title_zh, audience_zh, also_called, aliases = [], ...region }) => ({
      ...region,
      aliases,
      alsoCalled: also_called,
      titleZh: title_zh,
      audienceZh: audience_zh,
    })),
  }
}
