import { lstatSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UserError } from '../errors.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { hasCode } from '../host/has-code.ts'
import { type Doubt, doubtOf, doubtOfLinks, type User, whatKeepsOut } from '../host/ownership.ts'
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

/** Who may have written a folder is not asked: for tests of everything else. */
const anyone: User = { uid: undefined, env: {} }

/**
 * Never throws: a folder that cannot be used must not stop the commands that need no tool. One that another user could have
 * written, or put in the place of the user's own, is such a folder: it says where the key goes.
 */
export async function loadOwnTools(
  parent: string,
  gateway: Gateway,
  taken: Taken,
  user = anyone,
): Promise<OwnTools> {
  const tools: Tool[] = []
  const unusable: UserError[] = []
  const { folders, closed } = foldersIn(parent, user)
  if (closed) unusable.push(closed)
  for (const folder of folders) {
    const file = join(folder, 'tool.toml')
    try {
      const doubt = doubtOfFolder(folder, parent, user)
      if (doubt) throw folderError(file, `${doubt.path} ${doubt.what}`, doubt.remedy)
      const tool = await compileTool(folder, gateway, (path) => readFolderFile(path, user))
      refuseTaken(tool, file, tools, taken)
      tools.push({ ...tool, isOwn: true })
    } catch (error) {
      unusable.push(error instanceof UserError ? error : folderError(file, 'it holds what no tool can'))
    }
  }
  return { tools, unusable }
}

function foldersIn(parent: string, user: User): { folders: string[]; closed?: UserError } {
  try {
    const names = readdirSync(parent).sort()
    return { folders: names.map((name) => join(parent, name)).filter(holdsManifest) }
  } catch (error) {
    if (!hasCode(error, 'EACCES', 'EPERM')) return { folders: [] }
    const { path, what, remedy } = whatKeepsOut(parent, user)
    return { folders: [], closed: folderError(parent, `${path} ${what}`, remedy) }
  }
}

/** The folder of our settings, that of all tools, and the tool's own; links are followed, and may be the user's alone. */
function doubtOfFolder(folder: string, parent: string, user: User): Doubt | undefined {
  const link = doubtOfLinks(folder, user)
  if (link) return link
  const doubts = [dirname(parent), parent, folder].map((path) => doubtOf(path, statSync(path), user))
  return doubts.find((doubt) => doubt !== undefined)
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
