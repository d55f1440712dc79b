import { lstatSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { hasCode } from '../host/has-code.ts'
import { doubtOf, type User } from '../host/ownership.ts'
import { folderError } from './folder-error.ts'

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
      throw folderError(path, 'it is a link that leads out of its folder')
    }
    const stat = statSync(path)
    if (!stat.isFile()) throw folderError(path, 'it is no regular file')
    const doubt = user && doubtOf(path, stat, user)
    if (doubt) throw folderError(path, `it ${doubt.what}`, doubt.remedy)
    if (stat.size > largestFile) throw folderError(path, 'it is larger than 256 KiB')
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM', 'EISDIR')) throw error
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()
    throw folderError(path, isLink ? 'it is a link that leads nowhere' : 'it is not there, or cannot be read')
  }
}
