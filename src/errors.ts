import { distance } from 'fastest-levenshtein'
import { escapeNewlines, joined, type Message, say } from './texts/message.ts'

/** Exit codes of the program: 1 failed, 2 bad usage or input, 3 drift or conflict, 4 the gateway, 130 cancelled. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 130

/** A place in a file; `line` and `column` count from 1. */
export interface Where {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

/** What a UserError is made of; the exit code is 1 where it is left out. */
export interface UserErrorParts {
  /** Stable id, the same in text and in JSON output. */
  readonly code: string
  /** What happened and why, each element a line. Never holds a key. */
  readonly message: Sentence | readonly Sentence[]
  /** The next thing to do, with the command to type, each element a line. */
  readonly hint?: Sentence | readonly Sentence[]
  readonly exit?: ExitCode
  readonly where?: Where
}

type Sentence = Message | string

/**
 * An error that the user can act on; everything else that is thrown is a bug of this program. Its `message` and `hint` are
 * English, as in JSON; `inLanguage` has them for a person.
 */
export class UserError extends Error {
  readonly code: string
  readonly hint: string | undefined
  readonly exit: ExitCode
  readonly where: Where | undefined
  readonly #lines: { readonly message: readonly Sentence[]; readonly hint: readonly Sentence[] }

  constructor({ code, message, hint = [], exit = 1, where }: UserErrorParts) {
    const lines = { message: [message].flat(), hint: [hint].flat() }
    super(String(asLines(lines.message)))
    this.name = 'UserError'
    this.#lines = lines
    this.code = code
    this.hint = lines.hint.length === 0 ? undefined : String(asLines(lines.hint))
    this.exit = exit
    this.where = where
  }

  get text(): Message {
    return asLines(this.#lines.message)
  }

  get hintText(): Message | undefined {
    return this.hint === undefined ? undefined : asLines(this.#lines.hint)
  }

  /** The hint as a finding has it, in one line. */
  get hintInLine(): Message | undefined {
    const { hint } = this.#lines
    return hint.length === 0 ? undefined : say('error.hints', { hints: hint })
  }

  /** The same error as one about what stands there in a file that was given, in the words of that file: exit 2. */
  at(where: Where): UserError {
    const message = this.#lines.message.map(inSettings)
    return new UserError({ code: this.code, message, hint: this.#lines.hint.map(inSettings), exit: 2, where })
  }

  /** The same error with more to do about it, each element a line. */
  withHint(more: readonly Sentence[]): UserError {
    const { code, exit, where } = this
    const { message, hint } = this.#lines
    return new UserError({ code, message, hint: [...hint, ...more], exit, ...(where && { where }) })
  }
}

const settingFlags = /--(region|gateway|name|scope|project|method|shell|key-store|model) ([\w./:@-]*[\w/])/g

/** What was said in a file is corrected there: as a setting, and by no flag. A whole command stays what it is. */
function inSettings(line: Sentence): Sentence {
  return typeof line === 'string' ? asSettings(line) : line.map(asSettings)
}

function asSettings(text: string): string {
  if (text.includes('qcode-setup ')) return text
  return text.replace(
    settingFlags,
    (_, flag: string, value: string) => `${flag.replace('-', '_')} = "${value}"`,
  )
}

/** An error about what was typed: exit 2. */
export function usageError(
  code: string,
  message: Sentence,
  hint: Sentence = 'qcode-setup --help',
): UserError {
  return new UserError({ code, message, hint, exit: 2 })
}

/** A mere string may hold a name that breaks the line: that break is written out. */
function asLines(lines: readonly Sentence[]): Message {
  return joined(lines.map((line) => (typeof line === 'string' ? escapeNewlines(line) : line)))
}

/** Leaving at a question, or by Ctrl-C: exit 130. `done` says, in whole sentences, what was written before. */
export function cancelled(done: readonly Sentence[] = []): UserError {
  const message = done.length > 0 ? [say('error.cancelled-later'), ...done] : say('error.cancelled')
  return new UserError({ code: 'cancelled', message, exit: 130 })
}

/** Thrown where the user goes back to the question before: by Esc, or by a choice that says so. */
export class GoneBack extends Error {}

/** Thrown where the user wants to try a tool before anything is written. */
export class TriesFirst extends Error {}

/** `file:line:column`, as far as it is known. */
export function formatWhere(where: Where): string {
  return [where.file, where.line, where.column].filter((part) => part !== undefined).join(':')
}

/** Whether an error is one of Node's with one of these codes, such as `ENOENT`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

/** Words that people type, each with the name that is meant, which may have more behind it: `lint --fix`. */
export type Synonyms = readonly (readonly [word: string, name: string])[]

/**
 * What was meant by a word that is none of the valid ones: the name of which it is a synonym, else the only one that is a
 * slip away. Rather nothing than a wrong one: names of two letters have slips of order alone, up to five letters one slip
 * is allowed, in longer ones two; two letters in the wrong order are one.
 */
export function nearest(
  value: string,
  valid: readonly string[],
  synonyms: Synonyms = [],
): string | undefined {
  const typed = value.toLowerCase()
  const known = synonyms.filter(([, name]) => valid.includes(name.split(' ')[0] ?? ''))
  const same = known.find(([word]) => word.toLowerCase() === typed)
  if (same) return same[1]
  const ranked = [
    ...valid.map((name) => ({ word: name, name, most: mostSlips(name) })),
    // A slip in a word that is no name itself is a guess about a guess.
    ...known.map(([word, name]) => ({ word, name, most: mostSlips(word) - 1 })),
  ].flatMap(({ word, name, most }) => {
    const slips = slipsBetween(typed, word.toLowerCase())
    return slips <= most ? [{ name, slips }] : []
  })
  const least = Math.min(...ranked.map(({ slips }) => slips))
  const names = new Set(ranked.filter(({ slips }) => slips === least).map(({ name }) => name))
  return names.size === 1 ? [...names][0] : undefined
}

/** A little less than a wrong letter, for two in the wrong order. */
const swap = 0.9

function mostSlips(word: string): number {
  const letters = word.replace(/^-+/, '').length
  if (letters <= 2) return swap
  return letters <= 5 ? 1 : 2
}

function slipsBetween(typed: string, word: string): number {
  if (Math.abs(typed.length - word.length) > 2) return Number.POSITIVE_INFINITY
  const swapped = [...typed].map(
    (letter, at) => typed.slice(0, at) + (typed[at + 1] ?? '') + letter + typed.slice(at + 2),
  )
  return Math.min(distance(typed, word), ...swapped.map((each) => swap + distance(each, word)))
}
