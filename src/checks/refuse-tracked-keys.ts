import { dirname, join, relative } from 'node:path'
import { UserError } from '../errors.ts'
import { findRepository } from '../host/find-repository.ts'
import type { Host } from '../host/host.ts'
import type { FileEdit } from '../plan/edit.ts'

/**
 * Refuses to write a key into a file that git tracks, or would track with the next `git add`. A link is judged by the
 * file behind it. Errors: UserError `key-in-git`, exit 1.
 */
export async function refuseTrackedKeys(keyEdits: readonly FileEdit[], host: Host): Promise<void> {
  for (const edit of keyEdits) {
    const file = edit.before.resolvedPath
    const repository = findRepository(dirname(file))
    if (repository === undefined || !(await wouldTrack(file, repository, host))) continue
    throw new UserError({
      code: 'key-in-git',
      message: `${edit.path} lies in the git repository ${repository} and is not ignored: the key would be committed.`,
      hint: `Type: echo '/${relative(repository, file)}' >> ${join(repository, '.gitignore')} (after git rm --cached, if it is tracked), or add --allow-tracked.`,
      where: { file: edit.path },
    })
  }
}

/** Tracked files count as not ignored for git as well. Where git cannot be asked, the answer is yes, to be safe. */
async function wouldTrack(file: string, repository: string, host: Host): Promise<boolean> {
  const { exit } = await host.run('git', ['-C', repository, 'check-ignore', '--quiet', file])
  return exit !== 0
}
