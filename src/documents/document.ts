import { formatWhere, UserError, type Where } from '../errors.ts'
import { Message, say } from '../texts/message.ts'
import type { BlankTrace } from './blank-line.ts'

/** A value as every format can hold it. Numbers that a client wrote are never handed back through this type. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }

/** Keys from the root of a document to a value. */
export type KeyPath = readonly string[]

/**
 * A parsed text that is edited without loss: every byte that no edit names comes out as it went in (comments,
 * order, spacing, line ends, byte order mark, number literals, a missing final newline).
 *
 * Laws, held by the property tests of every format:
 * - `set` then `get` gives the value; `set` twice is `set` once, byte for byte.
 * - `set` of an absent path, then `unset` of the shallowest key that this created, gives the original bytes,
 *   also when the text was written and opened again in between.
 * - `unset` of an absent path changes nothing.
 *
 * What no format tells apart counts as one value: -0 is 0.
 */
export interface Document {
  /** The value at the path, or undefined when there is none. The empty path is the whole document. */
  get(path: KeyPath): Value | undefined
  /**
   * Writes a value, making the tables or objects on the way. Throws UserError `path-taken` when one of them is no
   * container, and `value-not-writable` for what the format cannot say.
   */
  set(path: KeyPath, value: Value): void
  /**
   * Puts the value back that `original`, an earlier text of the same file, has at the path: spelled as it is there, with
   * its quotes or as its number literal, where that reads the same. Formats with one spelling only leave it to `set`.
   */
  restore?(path: KeyPath, original: Document): void
  /**
   * A text of the same format with nothing in it but the value at the path, spelled as it stands, for values that `set`
   * would refuse.
   */
  excerpt?(path: KeyPath): string | undefined
  /**
   * Takes out a key with its value, and nothing else; an emptied container stays. `traces` are what `trace` said when what
   * goes now was set: with them the blank line that came along goes as well, wherever the user's own lines have put it.
   */
  unset(path: KeyPath, traces?: readonly BlankTrace[]): void
  /** Where the last `set` put a blank line beside what it made; undefined where the format needs none. */
  trace?(): BlankTrace | undefined
  toText(): string
}

/** One file format: the editor, and a second parser that did not write it. */
export interface Format {
  /** Opens a text for editing. Throws UserError `does-not-parse` with file, line and column. */
  open(text: string, file: string): Document
  /** The text as an independent parser understands it, for the comparison before a write. */
  parseStrict(text: string): Value
}

/** Where in `file` a character offset stands; counts from 1. */
export function whereAt(file: string, text: string, offset: number): Where {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { file, line, column: offset - (before.lastIndexOf('\n') + 1) + 1 }
}

/** A value, or what is in it, that a format cannot say, such as null in TOML; only a template of a user's own can ask for one. */
export function noWordFor(value: null | number | Message, format: string): UserError {
  return new UserError({
    code: 'value-not-writable',
    message: say('value.unsayable', { format, value: value instanceof Message ? value : String(value) }),
    hint: say('value.unsayable.hint'),
    exit: 2,
  })
}

/**
 * Bytes as text with its byte order mark: UTF-8, and of scripts of PowerShell, which takes both, UTF-16 with its mark. Throws
 * UserError `not-utf8`, since any other reading would lose bytes.
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  const encoding = isUtf16(bytes) && /\.ps1$/i.test(file) ? 'utf-16le' : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new UserError({
      code: 'not-utf8',
      message: say('error.not-utf8', { file }),
      hint: say('error.not-utf8.hint'),
      where: { file },
    })
  }
}

/** A text, in the encoding of what `decodeText` has read before. */
export function encodeText(text: string, before: Uint8Array): Uint8Array {
  return isUtf16(before) ? Buffer.from(text, 'utf16le') : new TextEncoder().encode(text)
}

/** No UTF-8 begins so. */
const isUtf16 = ([first, second]: Uint8Array) => first === 0xff && second === 0xfe

/**
 * A reader of texts that remembers what the last ones read as: of a file before and after, a plan, its effect and its
 * check each ask again. What it gives must never be changed.
 */
export function remembered<Result, Rest extends readonly unknown[]>(
  read: (text: string, ...rest: Rest) => Result,
  most = 2,
): (text: string, ...rest: Rest) => Result {
  const known: { readonly text: string; readonly result: Result }[] = []
  return (text, ...rest) => {
    const index = known.findIndex((each) => each.text === text)
    const [found = { text, result: read(text, ...rest) }] = index < 0 ? [] : known.splice(index, 1)
    known.unshift(found)
    known.length = Math.min(known.length, most)
    return found.result
  }
}

/** UserError `duplicate-key`: readers differ in which of the two they take. */
export function duplicateKey(text: string, file: string, offset: number): UserError {
  const where = whereAt(file, text, offset)
  return new UserError({
    code: 'duplicate-key',
    message: say('error.duplicate-key', { file }),
    hint: say('error.duplicate-key.hint', { where: formatWhere(where) }),
    where,
  })
}
