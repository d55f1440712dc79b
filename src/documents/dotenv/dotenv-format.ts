import { parse } from 'dotenv'
import { UserError } from '../../errors.ts'
import { say } from '../../texts/message.ts'
import { type Format, whereAt } from '../document.ts'
import { BOM } from '../lines.ts'
import { type Assignment, openAssignments } from '../shell/assignment-document.ts'
import { type AssignedValue, quoteDotenv, variableName } from '../shell/quote.ts'

/** `.env` files. See `openAssignments` for names that occur twice, and `quoteDotenv` for the values that it carries. */
export const dotenvFormat: Format = {
  open: (text, file) =>
    openAssignments(text, file, {
      // Readers in JavaScript lose this name: they put what they read on a plain object.
      scan: (now, path) => scanDotenv(now, path).filter(({ name }) => name !== '__proto__'),
      line: (name, value) => `${variableName(name)}=${spellText(value)}`,
      spell: spellText,
      crCounts: false,
      // Without the blank some readers take the comment for a part of the value.
      guard: (rest) => (rest.startsWith('#') ? ' ' : ''),
    }),
  parseStrict: (text) => parse(text.startsWith(BOM) ? text.slice(BOM.length) : text),
}

/** Only a shell can run a command; the readers of these files take its line for a text. */
function spellText(value: AssignedValue): string {
  if (typeof value === 'string') return quoteDotenv(value)
  throw new UserError({
    code: 'value-not-writable',
    message: say('value.no-command'),
    hint: say('value.use-shell'),
    exit: 2,
  })
}

const head = /[^\S\r\n]*(?:export[^\S\r\n]+)?([\w.-]+)[^\S\r\n]*=/y

const blanks = /[^\S\r\n]*/y

/** Up to a closing quote with nothing but a comment behind it; a backslash keeps a quote from closing if it can. */
const quoted = /(['"`])(?:\\\1|(?!\1)[\s\S])*\1(?=[^\S\r\n]*(?:#[^\r\n]*)?(?:[\r\n]|$))/y

/** A quote with none of its kind behind it in its line but such as a backslash may keep from closing. */
const openQuote = /(['"`])(?:\\\1|(?!\1)[^\r\n])*(?=[\r\n]|$)/y

const plain = /[^#\r\n]*/y

const restOfLine = /[^\r\n]*(?:\r\n|\r|\n)?/y

/**
 * The assignments of a `.env` text, with the values that node's dotenv reads. Lines that are no `NAME=value` are skipped
 * as all readers do. Throws UserError `does-not-parse` at a value whose opening quote is not closed: the readers
 * disagree about where it ends, and dotenvy loses all that follows.
 */
export function scanDotenv(text: string, file: string): Assignment[] {
  const found: Assignment[] = []
  let at = text.startsWith(BOM) ? BOM.length : 0
  while (at < text.length) {
    const assignment = readAssignment(text, at, file)
    if (assignment) found.push(assignment)
    at = assignment?.end ?? endOf(restOfLine, text, at)
  }
  return found
}

function readAssignment(text: string, start: number, file: string): Assignment | undefined {
  const [opening, name] = take(head, text, start) ?? []
  if (opening === undefined || name === undefined) return undefined
  const raw = readValue(text, start + opening.length, file)
  const end = endOf(restOfLine, text, raw.end)
  return { name, value: decode(raw.text), start, end, valueStart: raw.start, valueEnd: raw.end }
}

interface RawValue {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** The value behind the `=` at `from`; an empty one stands directly behind it. */
function readValue(text: string, from: number, file: string): RawValue {
  const start = endOf(blanks, text, from)
  const raw = take(quoted, text, start)?.[0] ?? readPlain(text, start, file)
  return raw === '' ? { text: '', start: from, end: from } : { text: raw, start, end: start + raw.length }
}

function readPlain(text: string, start: number, file: string): string {
  const raw = take(plain, text, start)?.[0].trimEnd() ?? ''
  if (!take(openQuote, text, start)) return raw
  throw new UserError({
    code: 'does-not-parse',
    message: say('dotenv.open-quote', { file }),
    hint: say('dotenv.open-quote.hint'),
    where: whereAt(file, text, start),
  })
}

function decode(raw: string): string {
  const inner = raw.replace(/^(['"`])([\s\S]*)\1$/, '$2').replace(/\r\n?/g, '\n')
  return raw.startsWith('"') ? inner.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : inner
}

function take(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function endOf(pattern: RegExp, text: string, at: number): number {
  return at + (take(pattern, text, at)?.[0].length ?? 0)
}
