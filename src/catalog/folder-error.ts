import { UserError } from '../errors.ts'

/** A tool's folder that cannot be used, exit 2: `message` says why, of which file. Never holds text of the file. */
export function folderError(
  file: string,
  message: string,
  hint = 'Correct the file, or take the folder away.',
): UserError {
  return new UserError({
    code: 'tool-folder',
    message: `This tool folder cannot be used: ${message}`,
    hint,
    exit: 2,
    where: { file },
  })
}
