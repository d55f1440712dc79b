import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Gateway } from '../gateway/gateway.ts'
import { parseGateway } from '../gateway/parse-gateway.ts'
import { parseCodeClients } from './code-client.ts'
import { compileTool, parseContent } from './compile-tool.ts'
import { compileSharedTraps } from './diagnosis-schema.ts'
import { parseDotfilePlaces } from './dotfile-places.ts'
import { folderError } from './folder-error.ts'
import { shellsSchema } from './manifest-schema.ts'
import { readFolderFile } from './read-folder-file.ts'
import type { Catalog, Shell, Tool } from './tool.ts'

/** The templates folder as a Catalog. Runs when the program is built, and in the tests. */
export async function compileCatalog(templates: string): Promise<Catalog> {
  const gateway = parseGateway(await parseContent(join(templates, 'gateway.toml'), 'toml', readFolderFile))
  const shells = shellsSchema.parse(
    await parseContent(join(templates, 'shells.toml'), 'toml', readFolderFile),
  ).shells
  const codeClients = parseCodeClients(
    await parseContent(join(templates, 'code-clients.toml'), 'toml', readFolderFile),
    gateway,
  )
  const machine = compileSharedTraps(
    await parseContent(join(templates, 'traps.toml'), 'toml', readFolderFile),
  )
  const dotfiles = parseDotfilePlaces(
    await parseContent(join(templates, 'dotfiles.toml'), 'toml', readFolderFile),
  )
  const tools = await compileToolFolders(templates, gateway)
  return { gateway, tools, shells: shells.map(toShell), codeClients, dotfiles, machine }
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
    if (ids.has(id)) throw folderError(file, `the id ${id} is taken by another tool`)
    ids.add(id)
  }
  return tools
}

function namesIn(parent: string): string[] {
  try {
    return readdirSync(parent)
  } catch (error) {
    throw folderError(parent, `${parent} cannot be read (${(error as NodeJS.ErrnoException).code})`)
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

type ShellData = ReturnType<typeof shellsSchema.parse>['shells'][number]
