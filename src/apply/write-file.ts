import { dirname } from 'node:path'
import { UserError } from '../errors.ts'
import { hasCode } from '../host/has-code.ts'
import { quoteWord } from '../host/quote-word.ts'
import type { FileSystem } from './file-system.ts'
import { removeIfThere } from './remove-if-there.ts'

/** A whole file to be written. Without an owner it belongs to who runs the program. */
export interface WholeFile {
  readonly bytes: Uint8Array
  readonly mode: number
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined
}

/**
 * Writes the new content of `target` to `temporary`, flushed. Owner and mode are set before the content,
 * because the content may be private. Throws UserError `owner-not-kept`.
 */
export async function writeBeside(
  target: string,
  temporary: string,
  content: WholeFile,
  fileSystem: FileSystem,
): Promise<void> {
  const file = await fileSystem.createFile(temporary, 0o600)
  try {
    if (content.owner) {
      const { uid, gid } = content.owner
      await fileSystem.setOwner(file, uid, gid).catch((error) => rejectOwner(error, target, `${uid}:${gid}`))
    }
    await fileSystem.setMode(file, content.mode)
    await fileSystem.write(file, content.bytes)
    await fileSystem.flush(file)
  } finally {
    await fileSystem.close(file)
  }
}

/** Removes what a killed `replaceFile` left beside its target. */
export async function clearReplacement(target: string, fileSystem: FileSystem): Promise<void> {
  await removeIfThere(temporaryOf(target), fileSystem)
}

/** Puts a whole file in the place of another in one step, flushed; leaves no temporary file when it fails. */
export async function replaceFile(
  target: string,
  content: WholeFile,
  fileSystem: FileSystem,
  temporary = temporaryOf(target),
): Promise<void> {
  await removeIfThere(temporary, fileSystem)
  try {
    await writeBeside(target, temporary, content, fileSystem)
    await fileSystem.rename(temporary, target)
  } catch (error) {
    await removeIfThere(temporary, fileSystem).catch(() => {})
    throw error
  }
  await fileSystem.flushFolder(dirname(target))
}

function temporaryOf(target: string): string {
  return `${target}.tmp`
}

function rejectOwner(error: unknown, target: string, owner: string): never {
  if (!hasCode(error, 'EPERM')) throw error
  throw new UserError({
    code: 'owner-not-kept',
    message: `${target} belongs to ${owner}, and a new version of it would not: nothing was changed.`,
    hint: `Run the command as the owner of the file, or make it yours: sudo chown "$(id -u):$(id -g)" ${quoteWord(target)}`,
    where: { file: target },
  })
}
