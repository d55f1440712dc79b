import type { Document, Format, Value } from '../document.ts'
import { readByReferee } from './read-by-referee.ts'
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
    readByReferee(body, file)
    return document
  },
  referee(text: string): Value {
    return readByReferee(splitMark(text).body, 'TOML text')
  },
}

/** The byte order mark, which no offset of either parser counts, and what follows it. */
function splitMark(text: string): { mark: string; body: string } {
  const body = text.replace(/^\uFEFF/, '')
  return { mark: text.slice(0, text.length - body.length), body }
}
