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
