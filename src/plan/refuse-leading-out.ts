import { realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import { UserError } from '../errors.ts'
import { findRepository } from '../host/find-repository.ts'
import type { Host } from '../host/host.ts'
import { isBelow } from '../host/is-below.ts'
import { quoteWord } from '../host/quote-word.ts'

/**
 * Refuses a file of a project that a link leads elsewhere: whoever made the project, such as a clone, may have put the link
 * there to have a file of the user's own changed, or filled with a key. It may lie anywhere in the project or in the
 * repository that the project is in, but not in a `.git`. `resolvedPath`: with all links followed; `otherwise`: what else
 * can be done. Errors: UserError `leads-out-of-project`, exit 1.
 */
export function refuseLeadingOut(
  path: string,
  resolvedPath: string,
  project: string,
  { home }: Pick<Host, 'home'>,
  otherwise: string,
): void {
  const folder = realPath(project)
  const repository = findRepository(folder)
  // A home that is a repository, as some keep their dotfiles, holds more than this project.
  const isWider =
    repository === undefined || realPath(home) === repository || isBelow(realPath(home), repository)
  const roots = [folder, ...(isWider ? [] : [repository])]
  // A place that the user's own variable names was never in the project.
  if (!isBelow(path, project) && !roots.some((root) => isBelow(path, root))) return
  const isInside = roots.some((root) => isBelow(resolvedPath, root))
  if (isInside && !resolvedPath.slice(folder.length).split(sep).includes('.git')) return
  throw new UserError({
    code: 'leads-out-of-project',
    message: `${path} is, or lies behind, a link that leads out of the project, to ${resolvedPath}. Nothing was changed.`,
    hint: [
      `To have a file of its own in the project, remove the link (ls -ld ${quoteWord(path)}), then run the same command again.`,
      otherwise,
    ],
    where: { file: path },
  })
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return join(path)
  }
}
