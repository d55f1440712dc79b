import type { Format, Value } from '../document.ts'
import { getJson, setJson, spellingOfJson, unsetJson } from './edit-json.ts'
import { type Dialect, type JsonTree, parseJson } from './parse-json.ts'
import { type Editor, openSpliced, withoutMark } from './spliced-document.ts'
import { stripJsonc } from './strip-jsonc.ts'

/**
 * Strict JSON: what JSON.parse refuses is refused, because a client that reads it that way skips the whole file.
 *
 * An empty text opens as an empty object. It is the one text that does not come back when the key that was first
 * set is unset again: `{}` and a line end stay, since a text `{}` has to come back as well.
 */
export const jsonFormat: Format = {
  open: (text, file) => openSpliced(text, file, editorFor({ name: 'JSON', relaxed: false })),
  referee: (text) => parseOrEmpty(withoutMark(text)),
}

/** JSON with comments and trailing commas; all else is as in `jsonFormat`. A text of comments alone is empty too. */
export const jsoncFormat: Format = {
  open: (text, file) => openSpliced(text, file, editorFor({ name: 'JSONC', relaxed: true })),
  referee: (text) => parseOrEmpty(stripJsonc(withoutMark(text))),
}

function editorFor(dialect: Dialect): Editor<JsonTree> {
  return {
    parse: (text, file) => parseJson(text, file, dialect),
    get: getJson,
    set: setJson,
    unset: unsetJson,
    spelling: spellingOfJson,
  }
}

function parseOrEmpty(text: string): Value {
  return text.trim() === '' ? {} : JSON.parse(text)
}
