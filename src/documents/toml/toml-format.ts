import { parse, TomlDate, TomlError } from 'smol-toml'
import { formatWhere, UserError, type Where } from '../../errors.ts'
import { type SyntaxText, say } from '../../texts/message.ts'
import { type Document, type Format, remembered, type Value, whereAt } from '../document.ts'
import { deepest, knownShallow, tooDeep } from '../too-deep.ts'
import { TomlDocument } from './toml-document.ts'

/**
 * TOML 1.0 and 1.1. An independent parser judges what is valid, and reads the data; the editor itself knows where things
 * stand, so that a wrong splice shows when the parser reads the result. Of valid TOML it refuses a leap second
 * (`23:59:60`) and an array or inline table more than 1000 levels deep.
 *
 * Values that JSON cannot hold are given as strings: dates and times in ISO form, cut to milliseconds, and
 * integers beyond 2^53 in decimal. `inf` and `nan` are numbers. (smol-toml 1.9.1)
 */
export const tomlFormat: Format = {
  open(text: string, file: string): Document {
    const { mark, body } = splitMark(text)
    return new TomlDocument(mark, body, file, readStrictly(body, file))
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
 * A newline in a string counts as LF, as TOML lets parsers choose. TOML knows no carriage return but that of CRLF, though
 * the parser overlooks some that stand alone.
 */
const readStrictly = remembered((text: string, file: string): Value => {
  const alone = text.search(/\r(?!\n)/)
  if (alone >= 0) throw doesNotParse('syntax.return', whereAt(file, text, alone))
  if (text.startsWith('\uFEFF')) throw doesNotParse('syntax.mark', whereAt(file, text, 0))
  try {
    const read = parse(text.replaceAll('\r\n', '\n'), { integersAsBigInt: 'asNeeded' })
    return knownShallow(toValue(read, deepest, file))
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    // From its second line on the error's message quotes the file, which may hold a key.
    const [said = ''] = error.message.split('\n')
    const [, reason] = reasons.find(([words]) => words.test(said)) ?? []
    throw doesNotParse(reason ?? 'syntax.other', { file, line: error.line, column: error.column })
  }
})

/**
 * What the parser has read, which nobody else has seen, as a plain value: in place, for a copy of a large file takes long.
 * Its tables have no prototype, and `__proto__` is a key like any other in them, as in these.
 */
function toValue(read: unknown, levels: number, file: string): Value {
  if (typeof read === 'bigint') return String(read)
  if (typeof read !== 'object' || read === null) return read as Value
  if (read instanceof TomlDate) return read.toISOString()
  if (levels < 0) throw tooDeep(file)
  if (Array.isArray(read)) {
    for (let index = 0; index < read.length; index += 1)
      if (isOther(read[index])) read[index] = toValue(read[index], levels - 1, file)
    return read
  }
  const table = read as Record<string, Value>
  for (const key in table) if (isOther(table[key])) table[key] = toValue(table[key], levels - 1, file)
  return Object.setPrototypeOf(table, Object.prototype)
}

function isOther(value: unknown): boolean {
  return typeof value === 'object' || typeof value === 'bigint'
}

/** What smol-toml 1.9 says is wrong, the more telling words first. */
const reasons: readonly (readonly [words: RegExp, SyntaxText])[] = [
  [/end-of-line/, 'syntax.line-end'],
  [/redefine|multiple times/, 'syntax.twice'],
  [/control characters/, 'syntax.control'],
  [/escape/, 'syntax.escape'],
  [/date/, 'syntax.date'],
  [/\bkey\b|unsafe property/, 'syntax.key'],
  [/numeric|integer|leading zero|underscore/, 'syntax.number'],
  [/comma/, 'syntax.comma'],
  [/unfinished string/, 'syntax.string'],
  [/unfinished|table array/, 'syntax.bracket'],
  [/value/, 'syntax.value'],
]

function doesNotParse(reason: SyntaxText, where: Where): UserError {
  const place = { where: formatWhere(where) }
  return new UserError({
    code: 'does-not-parse',
    message: say('error.does-not-parse', { file: where.file, format: 'TOML', reason: say(reason) }),
    hint:
      reason === 'syntax.twice'
        ? say('error.duplicate-key.hint', place)
        : say('error.does-not-parse.hint', place),
    where,
  })
}
