import { UserError } from '../../errors.ts'
import { oneLine } from '../shell/quote.ts'

const plain = /^[A-Za-z0-9_./:@%+,-]+$/
/** Single quotes are verbatim for all readers but for these: an escaped quote or backslash, and python-dotenv's `${`. */
const breaksSingleQuotes = /'|\\\\|\\$|\$\{/
const breaksDoubleQuotes = /["\\$`]/

/**
 * The value as all of these read it alike: python-dotenv 1.2, node dotenv 17, dotenvy 0.15 (Codex), `sh`. Simple
 * readers such as docker's `--env-file` take quotes for a part of the value, so they get none where none are needed.
 * Throws UserError `value-not-writable` for the rest.
 */
export function quoteDotenv(value: string): string {
  const text = oneLine(value)
  if (plain.test(text)) return text
  if (!breaksSingleQuotes.test(text)) return `'${text}'`
  if (!breaksDoubleQuotes.test(text)) return `"${text}"`
  throw new UserError({
    code: 'value-not-writable',
    message: 'The value holds quotes, backslashes or ${ that .env readers do not agree on.',
    hint: 'Set this variable in your shell instead: qcode-setup print TOOL --format sh',
    exit: 2,
  })
}
