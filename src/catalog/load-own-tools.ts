import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { compileTool } from './compile-tool.ts'
import { folderError } from './folder-error.ts'
import { findOwnToolFault } from './own-tool.ts'
import { readFolderFile } from './read-folder-file.ts'
import type { Tool } from './tool.ts'

/** What the program has already, and what no folder of a user's may take. */
export interface Taken {
  readonly ids: readonly string[]
  /** Names of flags, without dashes. */
  readonly flags: readonly string[]
}

/** The tools in a user's folder, and for each folder that cannot be used a UserError `tool-folder` that says why. */
export interface OwnTools {
  readonly tools: readonly Tool[]
  readonly unusable: readonly UserError[]
}

/** Never throws: a folder that cannot be used must not stop the commands that need no tool. */
export async function loadOwnTools(parent: string, gateway: Gateway, taken: Taken): Promise<OwnTools> {
  const tools: Tool[] = []
  const unusable: UserError[] = []
  for (const folder of foldersIn(parent)) {
    const file = join(folder, 'tool.toml')
    try {
      const tool = await compileTool(folder, gateway, readFolderFile)
      refuseTaken(tool, file, tools, taken)
      tools.push({ ...tool, isOwn: true })
    } catch (error) {
      unusable.push(error instanceof UserError ? error : folderError(file, 'it holds what no tool can'))
    }
  }
  return { tools, unusable }
}

function foldersIn(parent: string): string[] {
  try {
    const names = readdirSync(parent).sort()
    return names.map((name) => join(parent, name)).filter(holdsManifest)
  } catch {
    return []
  }
}

/** A link that leads nowhere counts as well: it is told of. */
function holdsManifest(folder: string): boolean {
  try {
    return lstatSync(join(folder, 'tool.toml'), { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

function refuseTaken(tool: Tool, file: string, others: readonly Tool[], taken: Taken): void {
  if (taken.ids.includes(tool.id) || others.some(({ id }) => id === tool.id)) {
    throw folderError(file, `the id ${tool.id} is taken by another tool`)
  }
  const flags = [...taken.flags, ...others.flatMap(({ pinFlag }) => pinFlag ?? [])]
  const fault = findOwnToolFault(tool, flags)
  if (fault !== undefined) throw folderError(file, fault)
}
