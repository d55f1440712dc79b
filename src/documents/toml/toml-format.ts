import { parse, TomlDate, TomlError } from 'smol-toml'
import { type Document, type Format, type Value, whereAt } from '../document.ts'
import { doesNotParse } from './outline.ts'
import { TomlDocument } from './toml-document.ts'

/**
 * TOML 1.0 and 1.1. A text opens only when two independent parsers accept it: what just one of them reads
 * could be edited, but the edit could not be checked. Of valid TOML this refuses a leap second (`23:59:60`),
 * an array or inline table more than 1000 levels deep, and a string of more than some 100,000 characters.
 *
 * Values that JSON cannot hold are given as strings: dates and times in ISO form, cut to milliseconds, and
 * integers beyond 2^53 in decimal. `inf` and `nan` are numbers. (smol-toml 1.9.1, toml-eslint-parser 1.0.3)
 */
export const tomlFormat: Format = {
  open(text: string, file: string): Document {
    const { mark, body } = splitMark(text)
    const document = new TomlDocument(mark, body, file)
    readStrictly(body, file)
    return document
  },
  parseStrict(text: string): Value {
    return readStrictly(splitMark(text).body, 'TOML text')
  },
}

/** The byte order mark, which no offset of either parser counts, and what follows it. */
function splitMark(text: string): { mark: string; body: string } {
  const body = text.replace(/^\uFEFF/, '')
  return { mark: text.slice(0, text.length - body.length), body }
}

/**
 * The data of a text without byte order mark, as smol-toml reads it. Throws UserError `does-not-parse`.
 * A newline in a string counts as LF, as TOML lets parsers choose; the editor's parser does the same. TOML knows no
 * carriage return but that of CRLF, though both parsers overlook some that stand alone.
 * `__proto__` becomes a key like any other: Object.fromEntries defines, it does not assign.
 */
export function readStrictly(text: string, file: string): Value {
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
