/** The line end that the text uses first, or `\n`. */
export function firstLineBreak(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? '\n'
}

/** Where the line break in front of the offset begins, if only blanks stand between the two. */
export function lineBreakBefore(text: string, offset: number): number | undefined {
  const end = blanksBefore(text, offset)
  if (text[end - 1] === '\n') return text[end - 2] === '\r' ? end - 2 : end - 1
  return text[end - 1] === '\r' ? end - 1 : undefined
}

/** Where the spaces and tabs that stand right in front of the offset begin. */
export function blanksBefore(text: string, offset: number): number {
  let start = offset
  while (start > 0 && isBlank(text[start - 1])) start -= 1
  return start
}

/** Where the spaces and tabs that stand right behind the offset end. */
export function blanksBehind(text: string, offset: number): number {
  let end = offset
  while (isBlank(text[end])) end += 1
  return end
}

/** The spaces and tabs at the start of the line that holds the offset. */
export function indentAt(text: string, offset: number): string {
  const start = lineStart(text, offset)
  return text.slice(start, blanksBehind(text, start))
}

/** Where the line that holds the offset begins. */
export function lineStart(text: string, offset: number): number {
  let start = offset
  while (start > 0 && !isBreak(text[start - 1])) start -= 1
  return start
}

/** Where the line that holds the offset ends, in front of its line break. */
export function lineEnd(text: string, offset: number): number {
  let end = offset
  while (end < text.length && !isBreak(text[end])) end += 1
  return end
}

/** Whether it goes over several lines, by whichever kind of line end. */
export function hasBreak(text: string): boolean {
  return /[\r\n]/.test(text)
}

function isBreak(char: string | undefined): boolean {
  return char === '\n' || char === '\r'
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\t'
}

/** A byte order mark, as it stands in a decoded text. */
export const BOM = '\uFEFF'

/** One line of a text and where it stands; only a line feed ends it. */
export interface Line {
  /** Without the line feed; a carriage return in front of it belongs to the text. */
  readonly text: string
  readonly start: number
  /** Behind the line feed. */
  readonly end: number
}

/** The lines of a text, as a shell counts them. A text that ends in a line feed has no empty last line. */
export function splitLines(text: string): Line[] {
  let start = 0
  return (
    text.match(/[^\n]*\n|[^\n]+$/g)?.map((whole) => {
      const line = { text: whole.replace(/\n$/, ''), start, end: start + whole.length }
      start = line.end
      return line
    }) ?? []
  )
}

/** The line end that a text uses first, or a line feed. */
export function newlineOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n'
}

/**
 * Adds lines at the end in the text's own line ends. A text without a final line end goes on without one. Where a CR
 * counts as a part of the last word of its line, the user's open last line is ended by a line feed alone.
 */
export function appendLines(text: string, lines: readonly string[], crCounts: boolean): string {
  const newline = newlineOf(text)
  const added = lines.join(newline)
  if (text === '' || text.endsWith('\n')) return text + added + newline
  if (crCounts) return `${text}\n${added}`
  return text + (text.endsWith('\r') ? '\r\n' : newline) + added
}

/**
 * Takes out the whole lines from `start` to `end`: the reverse of `appendLines`. Behind a byte order mark the line end
 * stays, for the next line must not come to stand beside the mark (see `AssignmentDialect`).
 */
export function cutLines(text: string, start: number, end: number, crCounts: boolean): string {
  const before = text.slice(0, start)
  const after = text.slice(end)
  if (before === BOM) return before + (/\r?\n$/.exec(text.slice(start, end))?.[0] ?? '') + after
  const wasOpen = after === '' && !text.endsWith('\n')
  if (!wasOpen) return before + after
  return crCounts ? before.replace(/\n$/, '') : dropNewline(before)
}

/** The text without its last line end. */
export function dropNewline(text: string): string {
  return text.replace(/\r?\n$/, '')
}

/** The newline that most lines of the text end with. */
export function commonNewline(text: string): '\r\n' | '\n' {
  if (!text.includes('\r')) return '\n'
  let windows = 0
  let all = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    all += 1
    if (text[at - 1] === '\r') windows += 1
  }
  return windows > all - windows ? '\r\n' : '\n'
}

/** Offset at which the line with this offset begins. */
export function startOfLine(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
}

/** Offset behind the newline that ends the line with this offset, or the end of the text. */
export function nextLine(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset)
  return newline < 0 ? text.length : newline + 1
}

/** Offset at which the line before a line's start begins; the same offset on the first line. */
export function previousLine(text: string, start: number): number {
  return start === 0 ? 0 : startOfLine(text, start - 1)
}

/** White space that the line with this offset begins with. */
export function indentOf(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(startOfLine(text, offset)))?.[0] ?? ''
}

/** A stretch of a text, by character offsets; `end` is the first offset behind it. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Puts `text` in the place of a stretch; an empty stretch inserts. */
export interface Splice extends Span {
  readonly text: string
}

/** Applies splices that may overlap and stand in any order; of two at one offset the first given comes first. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let result = ''
  let done = 0
  for (const splice of splices.toSorted((one, other) => one.start - other.start)) {
    result += text.slice(done, Math.max(done, splice.start)) + splice.text
    done = Math.max(done, splice.end)
  }
  return result + text.slice(done)
}

/** A splice that replaces nothing. */
export function insertion(at: number, text: string): Splice {
  return { start: at, end: at, text }
}

/** A splice that leaves nothing. */
export function deletion(span: Span): Splice {
  return { ...span, text: '' }
}
