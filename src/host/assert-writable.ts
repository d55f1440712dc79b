import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { UserError } from '../errors.ts'
import type { FileState } from './file-state.ts'
import { quoteWord } from './quote-word.ts'

/**
 * Throws UserError `not-writable`, exit 1, when a file could not be replaced: it has no owner write bit (which
 * is its owner's wish, so root is refused as well), or access(2) denies the file or the folder that has to take
 * a new file.
 */
export function assertWritable(state: FileState): void {
  const folder = deepestFolder(state.resolvedPath)
  if (!allows(folder, constants.W_OK | constants.X_OK)) throw refuse(state.path, folder, 'u+wx')
  if (state.kind === 'absent') return
  if ((state.mode & 0o200) === 0 || !allows(state.resolvedPath, constants.W_OK)) {
    throw refuse(state.path, state.resolvedPath, 'u+w')
  }
}

function deepestFolder(path: string): string {
  const parent = dirname(path)
  return existsSync(parent) || parent === path ? parent : deepestFolder(parent)
}

function allows(path: string, rights: number): boolean {
  try {
    accessSync(path, rights)
    return true
  } catch {
    return false
  }
}

function refuse(path: string, culprit: string, right: string): UserError {
  return new UserError({
    code: 'not-writable',
    message: `${path} cannot be changed: ${culprit} is not writable.`,
    hint: `If you want it to be changed, type: chmod ${right} ${quoteWord(culprit)}`,
    where: { file: path },
  })
}
