import { UserError } from '../errors.ts'

/** Bytes as UTF-8 text with its byte order mark. Throws UserError `not-utf8`, since any other reading would lose bytes. */
export function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new UserError({
      code: 'not-utf8',
      message: `${file} is not UTF-8 text, so it cannot be edited without loss.`,
      hint: 'Save the file as UTF-8 and run this again.',
      where: { file },
    })
  }
}
