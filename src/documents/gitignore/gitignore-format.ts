import { UserError } from '../../errors.ts'
import { say } from '../../texts/message.ts'
import type { Document, Format, KeyPath, Value } from '../document.ts'
import { type Line, newlineOf, splitLines } from '../lines.ts'

class GitignoreDocument implements Document {
  #text: string
  readonly #file: string

  constructor(text: string, file: string) {
    this.#text = text
    this.#file = file
  }

  get(path: KeyPath): Value | undefined {
    const patterns = splitLines(this.#text).flatMap((line) => patternOf(line) ?? [])
    if (path.length === 0) return Object.fromEntries(patterns.map((pattern) => [pattern, true]))
    return path.length === 1 && patterns.includes(path[0] ?? '') ? true : undefined
  }

  set(path: KeyPath, value: Value): void {
    const [pattern = ''] = path
    // A byte order mark would belong to the file where the pattern becomes its first line.
    if (
      path.length !== 1 ||
      value !== true ||
      patternIn(pattern) !== pattern ||
      /^\uFEFF|[\r\n]/.test(pattern)
    ) {
      throw notWritable(this.#file)
    }
    if (this.get(path) === undefined) this.#text = appendLine(this.#text, pattern)
  }

  unset(path: KeyPath): void {
    if (path.length !== 1) return
    const lines = splitLines(this.#text).filter((line) => patternOf(line) === path[0])
    for (const line of lines.toReversed()) this.#text = cutLine(this.#text, line)
  }

  toText(): string {
    return this.#text
  }
}

/** `.gitignore`: each pattern is a key with the value `true`. Comments, order and doubled lines are the user's. */
export const gitignoreFormat: Format = {
  open: openGitignore,
  // As git 2.39 reads the file (add_patterns_from_buffer in dir.c): a mark at its start is skipped, a CR before a line
  // feed or the end of the file does not count.
  parseStrict: (text) =>
    Object.fromEntries(
      text
        .replace(/^\uFEFF/, '')
        .split(/\r?\n|\r$/)
        .filter((line) => patternIn(line) !== undefined)
        .map((line) => [patternIn(line), true]),
    ),
}

/** What ends an open last line that has a CR already: one line feed alone would make a line end of the two. */
const behindCr = '\n\n'

/** Opens a `.gitignore`. `set` adds a line at the end, where it wins over all before it; `unset` takes every such line out. */
export function openGitignore(text: string, file: string): Document {
  return new GitignoreDocument(text, file)
}

function patternOf({ text, start }: Line): string | undefined {
  const line = text.replace(/\r$/, '')
  return patternIn(start === 0 ? line.replace(/^\uFEFF/, '') : line)
}

/** In the text's own line ends; a text without a final one goes on without one. */
function appendLine(text: string, line: string): string {
  const newline = newlineOf(text)
  if (text === '' || text.endsWith('\n')) return text + line + newline
  return text + (text.endsWith('\r') ? behindCr : newline) + line
}

/**
 * The reverse of `appendLine`. A byte order mark in front of the line stays; a line end stays where without it the
 * pattern beside it would read otherwise: one that begins with such a mark, or that ends in a CR.
 */
function cutLine(text: string, { start, end }: Line): string {
  const mark = start === 0 && text.startsWith('\uFEFF') ? '\uFEFF' : ''
  const before = text.slice(0, start) + mark
  const after = text.slice(end)
  if (before === '' && after.startsWith('\uFEFF')) return newlineOf(text) + after
  if (after !== '' || text.endsWith('\n')) return before + after
  if (before.endsWith(`\r${behindCr}`)) return before.slice(0, -behindCr.length)
  const open = before.replace(/\r?\n$/, '')
  return open.endsWith('\r') ? before : open
}

function notWritable(file: string): UserError {
  return new UserError({
    code: 'value-not-writable',
    message: say('value.no-pattern', { file }),
    hint: say('value.no-pattern.hint'),
    where: { file },
  })
}

/**
 * The line that hides one path and nothing else, for the `.gitignore` in the folder that `path` is relative to (with
 * `/` between names). Undefined for a path that no line can name: git ends a line at a line feed and drops a CR there.
 */
export function ignorePattern(path: string): string | undefined {
  if (/[\r\n\0]/.test(path)) return undefined
  const literal = path.replace(/[\\*?[]/g, '\\$&')
  return `/${literal.replace(/ +$/, (blanks) => blanks.replaceAll(' ', '\\ '))}`
}

/** What git takes a line for: without blanks at its end, unless a backslash keeps them; undefined for no pattern. */
export function patternIn(line: string): string | undefined {
  if (line.startsWith('#')) return undefined
  const bare = line.replace(/(?<! ) +$/, '')
  const isKept = bare !== line && /(?<!\\)(?:\\\\)*\\$/.test(bare)
  return (isKept ? `${bare} ` : bare) || undefined
}
