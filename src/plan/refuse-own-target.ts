import { realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, relative, sep } from 'node:path'
import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import type { FormatId } from '../documents/formats.ts'
import { UserError } from '../errors.ts'
import type { ToolChoice } from '../request/request.ts'
import type { Surroundings, WantedTarget } from './wanted.ts'

/** Endings of settings files; nothing that a shell, git or the system runs by itself has one of these. */
const endings: Readonly<Partial<Record<FormatId, RegExp>>> = {
  toml: /\.toml$/i,
  json: /\.jsonc?$/i,
  jsonc: /\.jsonc?$/i,
  yaml: /\.ya?ml$/i,
  dotenv: /\.env$|^\.env\.\w+$/i,
}

/** Folders in which a file opens doors, and those of this program itself. */
const closedFolders = ['.ssh', '.gnupg', '.git', 'qcode-setup']

/** The folders below which a tool of the user's own may write, links followed. A whole disk is no such folder. */
export function ownRoots(choice: ToolChoice, host: Surroundings): string[] {
  const places = resolvePlaces({}, host, choice.project)
  const names = choice.scope === 'project' ? ['home', 'xdgConfig', 'project'] : ['home', 'xdgConfig']
  return names
    .map((name) => realPath(resolvePath(`{{ ${name} }}`, places)))
    .filter((root) => dirname(root) !== root)
}

/**
 * Refuses a target of the user's own tool folder that does not lead, all links followed, to a settings file below one of
 * `roots`. Errors: UserError `own-target`, exit 2, that names the real path.
 */
export function refuseOwnTarget(
  { tool, path, format }: Pick<WantedTarget, 'tool' | 'path' | 'format'>,
  resolvedPath: string,
  roots: readonly string[],
): void {
  const below = roots.map((root) => relative(root, resolvedPath)).filter(isBelow)
  if (below.length === 0) {
    throw refuse(
      tool,
      path,
      `leads to ${resolvedPath}, outside your home, your configuration and the project`,
    )
  }
  if (below.some(isClosed))
    throw refuse(tool, path, `leads to ${resolvedPath}, where no tool folder may write`)
  if (!endings[format]?.test(basename(resolvedPath))) {
    throw refuse(tool, path, `leads to ${resolvedPath}, which does not end as ${format} settings do`)
  }
}

function isBelow(path: string): boolean {
  return path !== '' && !isAbsolute(path) && path.split(sep)[0] !== '..'
}

function isClosed(path: string): boolean {
  return path.split(sep).some((name) => closedFolders.includes(name.toLowerCase()))
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function refuse(tool: string, path: string, why: string): UserError {
  return new UserError({
    code: 'own-target',
    message: `The tool folder of ${tool} wants to write ${path}, which ${why}.`,
    hint: 'Correct the path in its tool.toml, or take the folder away.',
    exit: 2,
    where: { file: path },
  })
}
