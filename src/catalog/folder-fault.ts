import { lstatSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type FieldPath, placeOfKey } from '../documents/toml/place-of-key.ts'
import { hasCode, UserError, type Where } from '../errors.ts'
import { doubtOf, type User } from '../host/ownership.ts'
import { type Message, say } from '../texts/message.ts'

/** What is wrong with one field of a TOML file, whichever file that is. */
export class FieldFault extends Error {
  readonly at: FieldPath
  readonly reason: Message

  constructor(at: FieldPath, reason: Message) {
    super(String(reason))
    this.at = at
    this.reason = reason
  }
}

/** Reads the text of a file, by its path. */
export type ReadText = (path: string) => string

/**
 * Does what checks the content of a TOML file. Errors: what is wrong with a field as UserError `tool-folder`, with file,
 * line and column of the field.
 */
export async function locating<T>(file: string, readText: ReadText, check: () => T | Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (error) {
    if (!(error instanceof FieldFault)) throw error
    throw folderError(file, error.reason, undefined, placeOfKey(readText(file), file, error.at))
  }
}

/** No manifest, template or script comes near this. */
const largestFile = 256 * 1024

/**
 * The text of a file of a tool's folder. It must really lie in that folder: what stands behind a link that leads out of
 * it is never read, nor what another user could have written. Errors: UserError `tool-folder`, for every other thing than
 * such a file as well.
 */
export function readFolderFile(path: string, user?: User): string {
  try {
    if (dirname(realpathSync(path)) !== realpathSync(dirname(path))) {
      throw folderError(path, say('folder.link-out'))
    }
    const stat = statSync(path)
    if (!stat.isFile()) throw folderError(path, say('folder.not-regular'))
    const doubt = user && doubtOf(path, stat, user)
    if (doubt) throw folderError(path, doubt.fault, doubt.remedy)
    if (stat.size > largestFile) throw folderError(path, say('folder.too-large'))
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM', 'EISDIR')) throw error
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()
    throw folderError(path, say(isLink ? 'folder.broken-link' : 'folder.missing'))
  }
}

/** A tool's folder that cannot be used, exit 2: `reason` says why, of which file. Never holds text of the file. */
export function folderError(
  file: string,
  reason: Message,
  hint = say('folder.unusable.hint'),
  where: Where = { file },
): UserError {
  return new UserError({
    code: 'tool-folder',
    message: say('folder.unusable', { reason }),
    hint,
    exit: 2,
    where,
  })
}
