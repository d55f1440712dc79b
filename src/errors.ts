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
    return this.hintText?.map((text) => text.replaceAll('\n', '; '))
  }

  /** The same error with more to do about it, each element a line. */
  withHint(more: readonly Sentence[]): UserError {
    const { code, exit, where } = this
    const { message, hint } = this.#lines
    return new UserError({ code, message, hint: [...hint, ...more], exit, ...(where && { where }) })
  }
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

/** `file:line:column`, as far as it is known. */
export function formatWhere(where: Where): string {
  return [where.file, where.line, where.column].filter((part) => part !== undefined).join(':')
}

/** Whether an error is one of Node's with one of these codes, such as `ENOENT`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

/** A word for a POSIX shell, in quotes only where it needs them: a command in a hint is there to be copied. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** The valid value that differs least, when it is near enough to be a slip. */
export function nearest(value: string, valid: readonly string[]): string | undefined {
  const ranked = valid
    .map((word) => [distance(value.toLowerCase(), word), word] as const)
    .sort((a, b) => a[0] - b[0])
  const best = ranked[0]
  return best && best[0] <= Math.max(2, Math.floor(best[1].length / 3)) ? best[1] : undefined
}
