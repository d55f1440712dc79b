import { distance } from 'fastest-levenshtein'

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
  readonly message: string | readonly string[]
  /** The next thing to do, with the command to type, each element a line. */
  readonly hint?: string | readonly string[]
  readonly exit?: ExitCode
  readonly where?: Where
}

/**
 * An error that the user can act on; everything else that is thrown is a bug of this program. The line breaks in its
 * texts are its own: one in a name that stands there is written out.
 */
export class UserError extends Error {
  readonly code: string
  readonly hint: string | undefined
  readonly exit: ExitCode
  readonly where: Where | undefined

  constructor(parts: UserErrorParts) {
    super(textOfLines(parts.message))
    this.name = 'UserError'
    this.code = parts.code
    this.hint = parts.hint === undefined ? undefined : textOfLines(parts.hint)
    this.exit = parts.exit ?? 1
    this.where = parts.where
  }

  /** The hint as a finding has it, in one line. */
  get hintInLine(): string | undefined {
    return this.hint?.replaceAll('\n', '; ')
  }

  /** The same error with more to do about it, each element a line. */
  withHint(more: readonly string[]): UserError {
    const { code, message, hint, exit, where } = this
    const lines = [...(hint?.split('\n') ?? []), ...more]
    return new UserError({ code, message: message.split('\n'), hint: lines, exit, ...(where && { where }) })
  }
}

function textOfLines(lines: string | readonly string[]): string {
  return [lines].flat().map(escapeNewlines).join('\n')
}

/**
 * The error for leaving, at a question or by Ctrl-C: exit 130. Only where nothing was written, but for what `done` says
 * in full sentences.
 */
export function cancelled(done: readonly string[] = []): UserError {
  const message =
    done.length > 0 ? ['Cancelled. Nothing else was written.', ...done] : 'Cancelled. Nothing was written.'
  return new UserError({ code: 'cancelled', message, exit: 130 })
}

/** A text that begins no line of its own, whatever names are in it. Every other control character is the screen's gate's. */
export function escapeNewlines(text: string): string {
  return text.replaceAll('\n', '\\x0a')
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
