import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { UserError } from '../errors.ts'
import type { FileState } from './file-state.ts'
import { hasCode } from './has-code.ts'
import { type User, whatKeepsFromChanging } from './ownership.ts'

/**
 * Throws UserError `not-writable`, exit 1, when a file could not be replaced: it has no owner write bit (which
 * is its owner's wish, so root is refused as well), or access(2) denies the file or the folder that has to take
 * a new file.
 */
export function assertWritable(state: FileState, user: User): void {
  const folder = deepestFolder(state.resolvedPath)
  if (!allows(folder, constants.W_OK | constants.X_OK)) throw refuse(state.path, folder, 'u+wx', user)
  if (state.kind === 'absent') return
  if ((state.mode & 0o200) === 0 || !allows(state.resolvedPath, constants.W_OK)) {
    throw refuse(state.path, state.resolvedPath, 'u+w', user)
  }
}

/** Of a path at which nothing could be made: the folder that does not take it, or undefined where that is not what is wrong. */
export function findClosedFolder(path: string): string | undefined {
  const folder = deepestFolder(path)
  return allows(folder, constants.W_OK | constants.X_OK) ? undefined : folder
}

function deepestFolder(path: string): string {
  const parent = dirname(path)
  return existsSync(parent) || parent === path ? parent : deepestFolder(parent)
}

/** What another program has just taken away stands in nobody's way: whoever writes sees that it has changed. */
function allows(path: string, rights: number): boolean {
  try {
    accessSync(path, rights)
    return true
  } catch (error) {
    return hasCode(error, 'ENOENT')
  }
}

function refuse(path: string, culprit: string, right: 'u+w' | 'u+wx', user: User): UserError {
  const { what, remedy } = whatKeepsFromChanging(culprit, right, user)
  return new UserError({
    code: 'not-writable',
    message: `${path} cannot be changed: ${culprit} ${what}.`,
    hint: remedy,
    where: { file: path },
  })
}
