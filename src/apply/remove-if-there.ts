import { lstatSync } from 'node:fs'
import { dirname } from 'node:path'
import { hasCode } from '../host/has-code.ts'
import type { FileSystem } from './file-system.ts'

/** Removes a file; a missing one is fine. */
export async function removeIfThere(path: string, fileSystem: FileSystem): Promise<void> {
  await fileSystem.removeFile(path).catch((error) => {
    if (!hasCode(error, 'ENOENT')) throw error
  })
}

/**
 * Removes a file that may hold a key; one that cannot be removed, as in a folder that only takes new names, is emptied. A
 * missing one is fine, also on a disk that refuses everything.
 */
export async function discardFile(path: string, fileSystem: FileSystem): Promise<void> {
  try {
    await removeIfThere(path, fileSystem)
  } catch (error) {
    const left = lstatSync(path, { throwIfNoEntry: false })
    if (left === undefined || (left.isFile() && left.size === 0)) return
    await fileSystem.emptyFile(path).catch(() => {
      throw error
    })
  }
}

/** Removes a folder when nothing is in it; a missing one is fine. */
export async function removeIfEmpty(path: string, fileSystem: FileSystem): Promise<void> {
  try {
    await fileSystem.removeFolder(path)
  } catch (error) {
    // Some systems say "exists" of a folder that is not empty.
    if (hasCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) return
    throw error
  }
  await fileSystem.flushFolder(dirname(path))
}
