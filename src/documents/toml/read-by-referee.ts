import { parse, TomlDate, TomlError } from 'smol-toml'
import { type Value, whereAt } from '../document.ts'
import { doesNotParse } from './does-not-parse.ts'

/**
 * The data of a text without byte order mark, as smol-toml reads it. Throws UserError `does-not-parse`.
 * A newline in a string counts as LF, as TOML lets parsers choose; the editor's parser does the same. TOML knows no
 * carriage return but that of CRLF, though both parsers overlook some that stand alone.
 * `__proto__` becomes a key like any other: Object.fromEntries defines, it does not assign.
 */
export function readByReferee(text: string, file: string): Value {
  const alone = text.search(/\r(?!\n)/)
  if (alone >= 0) throw doesNotParse('a carriage return without its line feed', whereAt(file, text, alone))
  try {
    return toValue(parse(text.replaceAll('\r\n', '\n'), { integersAsBigInt: 'asNeeded' }))
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    // The rest of the error's message quotes the file.
    const reason = /^Invalid TOML document: (.*)/.exec(error.message)?.[1] ?? 'unexpected text'
    throw doesNotParse(reason, { file, line: error.line, column: error.column })
  }
}

function toValue(read: unknown): Value {
  if (typeof read === 'bigint') return String(read)
  if (read instanceof TomlDate) return read.toISOString()
  if (Array.isArray(read)) return read.map(toValue)
  if (typeof read !== 'object' || read === null) return read as Value
  return Object.fromEntries(Object.entries(read).map(([key, value]) => [key, toValue(value)]))
}
