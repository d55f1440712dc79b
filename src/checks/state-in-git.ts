import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Catalog } from '../catalog/tool.ts'
import type { Finding } from '../finding.ts'
import { findRepository } from '../host/find-repository.ts'
import type { Host } from '../host/host.ts'
import { runGit } from '../host/run-git.ts'
import { askDotfiles, askGit } from './ask-git.ts'
import { findDotfiles } from './find-dotfiles.ts'
import { gitMessage, untrackCommand } from './key-in-git.ts'

/**
 * What is wrong with a folder of backups, which hold keys, that lies in a git repository. Our own `.gitignore` in it
 * keeps git out; not where the folder is tracked already, or that file says otherwise.
 */
export async function stateInGit(
  folder: string,
  { catalog, host }: { readonly catalog: Pick<Catalog, 'dotfiles'>; readonly host: Host },
): Promise<Finding | undefined> {
  const resolved = resolveFolder(folder)
  const elsewhere = await askDotfiles(resolved, await findDotfiles(catalog.dotfiles, host), host)
  if (elsewhere?.kind === 'tracked')
    return problem(folder, gitMessage(folder, elsewhere), untrackCommand(elsewhere))
  const repository = findRepository(resolved)
  if (repository === undefined) return undefined
  const { exit, stdout } = await runGit(repository, ['ls-files', '-z', '--', resolved], host, {
    literalPaths: true,
  })
  if (exit === 0 && stdout !== '') {
    const fate = { kind: 'tracked', repository, name: resolved.slice(repository.length + 1) } as const
    return problem(folder, gitMessage(folder, fate), untrackCommand(fate))
  }
  const own = join(resolved, '.gitignore')
  if (!existsSync(own)) return undefined
  const fate = await askGit(join(resolved, 'runs', 'backup'), [], host)
  return fate && problem(folder, gitMessage(folder, fate), `Write the line * into ${own}.`)
}

function problem(folder: string, message: string, hint: string): Finding {
  return {
    id: 'state-in-git',
    level: 'error',
    message: `Backups, which hold keys, would get into git: ${message}`,
    messageZh: `含有密钥的备份会进入 git：${folder}`,
    hint,
    where: { file: folder },
  }
}

/** The folder with links followed, also where it is not there yet. */
function resolveFolder(folder: string): string {
  if (existsSync(folder) || dirname(folder) === folder) return realpathSync(folder)
  return join(resolveFolder(dirname(folder)), basename(folder))
}
