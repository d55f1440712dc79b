import type { Catalog } from '../../catalog/tool.ts'
import type { ReadFile } from '../../effect/file-reader.ts'
import type { Finding } from '../../finding.ts'
import type { Host } from '../../host/host.ts'
import { inShell, quoteWord } from '../../texts/commands.ts'
import { asMessage, type Message, say } from '../../texts/message.ts'
import {
  askGit,
  type Dotfiles,
  findDotfiles,
  type GitStatus,
  gitMessage,
  ignoreCommand,
  untrackCommand,
} from '../key-in-git.ts'
import { keyRightsFindings } from '../windows-folders.ts'

interface GitContext {
  readonly catalog: Catalog
  readonly host: Host
}

/** Whether the disk of a path is known to give every file a mode of its own choice. */
export type KeepsNoModes = (path: string) => boolean

/** What is wrong with files that hold a key: readable by others, or in the way into a git repository. */
export async function keyFileFindings(
  files: readonly ReadFile[],
  context: GitContext & { readonly keepsNoModes: KeepsNoModes },
): Promise<Finding[]> {
  const once = [...new Map(files.map((file) => [file.path, file])).values()]
  const modes = once.flatMap((file) => keyModeFindings(file, context.host, context.keepsNoModes))
  const rights = await Promise.all(once.map((file) => keyRightsFindings(file.path, context.host)))
  return [...modes, ...rights.flat(), ...(await keyInGitFindings(once, context))]
}

/** Those of the files, which hold a key, that git tracks or would track. */
export async function keyInGitFindings(
  files: readonly KeyPlace[],
  { catalog, host }: GitContext,
): Promise<Finding[]> {
  const dotfiles = files.length > 0 ? await findDotfiles(catalog.dotfiles, host) : []
  const tracked = await Promise.all(files.map((file) => trackedFinding(file, dotfiles, host)))
  return tracked.flat()
}

type KeyPlace = Pick<ReadFile, 'path' | 'resolvedPath'>

/**
 * A file with a key that others may read. Where its disk keeps no modes, as FAT, the drives of Windows in WSL and some network
 * drives, chmod fixes nothing.
 */
export function keyModeFindings(
  { path, mode = 0 }: Pick<ReadFile, 'path' | 'mode'>,
  host: Host,
  keepsNoModes: KeepsNoModes,
): Finding[] {
  if (host.platform === 'win32' || (mode & 0o077) === 0) return []
  const shown = (mode & 0o777).toString(8).padStart(3, '0')
  if (keepsNoModes(path)) return [modeNotKept(path, shown)]
  return [
    {
      id: 'key-file-mode',
      level: 'error',
      message: say('doctor.key-mode', { path, mode: shown }),
      where: { file: path },
      hint: asMessage(inShell().keepPrivate(quoteWord(path), '600')),
    },
  ]
}

function modeNotKept(path: string, shown: string): Finding {
  return {
    id: 'key-file-mode-not-kept',
    level: 'warning',
    message: say('doctor.key-mode-not-kept', { path, mode: shown }),
    where: { file: path },
    hint: say('doctor.key-mode-not-kept.hint'),
  }
}

/** A link is judged by the file behind it. */
async function trackedFinding(
  { path, resolvedPath = path }: KeyPlace,
  dotfiles: readonly Dotfiles[],
  host: Host,
): Promise<Finding[]> {
  const status = await askGit(resolvedPath, dotfiles, host)
  if (status === undefined) return []
  const where = { file: path }
  if (status.kind === 'not-asked') {
    const message = say('doctor.git-not-asked', { path })
    return [{ id: 'could-not-look', level: 'failed', message, where }]
  }
  const hint = fixCommand(status)
  return [
    {
      id: 'key-in-git',
      level: 'error',
      message: gitMessage(path, status),
      where,
      ...(hint !== undefined && { hint }),
    },
  ]
}

function fixCommand(status: GitStatus): Message | undefined {
  if (status.kind === 'tracked') return asMessage(`${untrackCommand(status)}; qcode-setup key rotate`)
  return status.kind === 'would-take' ? asMessage(ignoreCommand(status)) : undefined
}
