import { UserError } from '../errors.ts'
import { type FormatId, loadFormats } from './formats.ts'

/** What an editor refuses though every reader takes it. */
const readAllTheSame = ['duplicate-key', 'unsupported-yaml', 'profile-block-broken', 'profile-block-edited']

/**
 * Why a text is none of its format, or undefined: such a file is never written, for its client may leave it out, or read
 * it in another way than its owner means.
 */
export async function whyNotParsed(
  text: string,
  file: string,
  formatId: FormatId,
): Promise<UserError | undefined> {
  const format = (await loadFormats([formatId])).get(formatId)
  try {
    format?.open(text, file)
    return undefined
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return readAllTheSame.includes(error.code) ? undefined : error
  }
}
