import { existsSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { hasCode, UserError } from '../errors.ts'
import { isBelow } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import { runSystem } from '../host/run-program.ts'
import { quoteWord } from '../texts/commands.ts'
import { say } from '../texts/message.ts'
import { discardFile, type FileSystem, removeIfThere } from './file-system.ts'

/** A whole file to be written. Without an owner it belongs to who runs the program. */
export interface WholeFile {
  readonly bytes: Uint8Array
  readonly mode: number
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined
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
  const file = await fileSystem.createFile(temporary, content.mode & 0o777)
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

/** On Windows a file that takes the place of a hidden one is hidden before; where attrib.exe does not run it is as any new file. */
export async function keepHidden(target: string, temporary: string, host: Host): Promise<void> {
  if (!existsSync(target)) return
  const { stdout } = await runSystem('attrib.exe', [target], host)
  // "A  SH                C:\\path": letters, then the path with its drive or share.
  const [, letters = ''] = /^([A-Z ]+) (?:[A-Z]:|\\\\)/i.exec(stdout) ?? []
  const kept = ['S', 'H'].filter((letter) => letters.includes(letter)).map((letter) => `+${letter}`)
  if (kept.length > 0) await runSystem('attrib.exe', [...kept, temporary], host)
}

/**
 * Makes a file on Windows, where it has the rights of its folder, which keep others out in the user's own folder alone. Elsewhere
 * what nobody else may read is for its user and the system, before anything is in it. Where icacls.exe does not do that, it is told.
 */
export async function createOnWindows(
  path: string,
  mode: number,
  fileSystem: FileSystem,
  host: Host,
): Promise<FileHandle> {
  const file = await fileSystem.createFile(path, mode)
  const { USERDOMAIN: domain, USERNAME: user } = host.env
  if ((mode & 0o077) === 0 && user && !isBelow(path, host.home)) {
    const allowed = [`${domain ? `${domain}\\` : ''}${user}:F`, '*S-1-5-18:F']
    await runSystem('icacls.exe', [path, '/inheritance:r', '/grant:r', ...allowed], host)
  }
  return file
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
