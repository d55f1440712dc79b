import { dirname } from 'node:path'
import { hasCode, UserError } from '../errors.ts'
import { quoteWord } from '../texts/commands.ts'
import { say } from '../texts/message.ts'
import { discardFile, type FileSystem, removeIfThere } from './file-system.ts'

/** A whole file to be written. Without an owner it belongs to who runs the program. */
export interface WholeFile {
  readonly bytes: Uint8Array
  readonly mode: number
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined
  /** The file that it takes the place of: on Windows it is hidden where that one is. */
  readonly like?: string
}

/**
 * Writes the new content of `target` to `temporary`, flushed. Owner and mode are set before the content,
 * because the content may be private. Gives the mode that the disk really gave it. Throws UserError `owner-not-kept`.
 */
export async function writeBeside(
  target: string,
  temporary: string,
  content: WholeFile,
  fileSystem: FileSystem,
): Promise<number> {
  // Where chmod does nothing a file keeps the mode that it was made with.
  const file = await fileSystem.createFile(temporary, content.mode & 0o777, content.like)
  try {
    if (content.owner) {
      const { uid, gid } = content.owner
      await fileSystem.setOwner(file, uid, gid).catch((error) => rejectOwner(error, target, `${uid}:${gid}`))
    }
    await fileSystem.setMode(file, content.mode)
    await fileSystem.write(file, content.bytes)
    // A write takes the set-id bits away.
    if ((content.mode & 0o7000) !== 0) await fileSystem.setMode(file, content.mode)
    await fileSystem.flush(file)
    return await fileSystem.modeOf(file)
  } finally {
    await fileSystem.close(file)
  }
}

/** Removes what a killed `replaceFile` left beside its target. */
export async function clearReplacement(target: string, fileSystem: FileSystem): Promise<void> {
  await removeIfThere(besideOf(target), fileSystem)
}

/**
 * Puts a whole file in the place of another in one step, flushed; leaves no temporary file with content when it fails. Gives
 * the mode that the disk really gave it.
 */
export async function replaceFile(
  target: string,
  content: WholeFile,
  fileSystem: FileSystem,
  temporary = besideOf(target),
): Promise<number> {
  await removeIfThere(temporary, fileSystem)
  const mode = await moveThere(target, content, fileSystem, temporary)
  await fileSystem.flushFolder(dirname(target))
  return mode
}

async function moveThere(
  target: string,
  content: WholeFile,
  fileSystem: FileSystem,
  temporary: string,
): Promise<number> {
  try {
    const mode = await writeBeside(target, temporary, content, fileSystem)
    await fileSystem.rename(temporary, target)
    return mode
  } catch (error) {
    await discardFile(temporary, fileSystem).catch(() => {})
    throw error
  }
}

function besideOf(target: string): string {
  return `${target}.tmp`
}

function rejectOwner(error: unknown, target: string, owner: string): never {
  if (!hasCode(error, 'EPERM')) throw error
  throw new UserError({
    code: 'owner-not-kept',
    message: say('error.owner-not-kept', { path: target, owner }),
    hint: say('error.owner-not-kept.hint', { path: quoteWord(target) }),
    where: { file: target },
  })
}
