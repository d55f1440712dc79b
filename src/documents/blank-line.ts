import type { Span } from './lines.ts'

/**
 * Where the blank line stands that an edit put beside its own lines, in words that find it again when the user has added
 * lines around: on which side, and a fingerprint of the line on its other side. `none`: there was no need of one.
 */
export type BlankTrace = string

const none: BlankTrace = 'none'

/** Whether a trace tells of a blank line, and not that there was no need of one. */
export function isPlace(trace: BlankTrace): boolean {
  return trace !== none
}

/** For lines that were added behind `before`, with a blank line between if there is anything in front. */
export function traceAbove(before: string): BlankTrace {
  return before === '' ? none : `above ${fingerprint(before, lineBefore(before, before.length))}`
}

/** For lines that were added in front of `after`, with a blank line between. */
export function traceBelow(after: string): BlankTrace {
  return `below ${fingerprint(after, lineBehind(after, 0))}`
}

/**
 * The blank line above the lines that begin at `start`: the one right there, or the nearest down from `floor` that was
 * traced, where the user has put lines between.
 */
export function blankAbove(
  text: string,
  start: number,
  traces: readonly BlankTrace[] = [],
  floor = 0,
): Span | undefined {
  if (traces.includes(none)) return undefined
  const next = lineBefore(text, start)
  if (next && isBlank(text, next)) return next
  for (
    let line = next;
    line && traces.length > 0 && line.start >= floor;
    line = lineBefore(text, line.start)
  ) {
    const trace = `above ${fingerprint(text, lineBefore(text, line.start))}`
    if (isBlank(text, line) && traces.includes(trace)) return line
  }
  return undefined
}

/** The same below lines that end at `end`; nothing that was not traced. */
export function blankBelow(text: string, end: number, traces: readonly BlankTrace[]): Span | undefined {
  if (!traces.some((trace) => trace.startsWith('below'))) return undefined
  const next = lineBehind(text, end)
  if (next && isBlank(text, next)) return next
  for (let line = next; line; line = lineBehind(text, line.end)) {
    const trace = `below ${fingerprint(text, lineBehind(text, line.end))}`
    if (isBlank(text, line) && traces.includes(trace)) return line
  }
  return undefined
}

function lineBefore(text: string, start: number): Span | undefined {
  if (start === 0) return undefined
  return { start: start === 1 ? 0 : text.lastIndexOf('\n', start - 2) + 1, end: start }
}

function lineBehind(text: string, start: number): Span | undefined {
  if (start >= text.length) return undefined
  const newline = text.indexOf('\n', start)
  return { start, end: newline === -1 ? text.length : newline + 1 }
}

function isBlank(text: string, { start, end }: Span): boolean {
  return /^\r?\n$/.test(text.slice(start, end))
}

/** FNV-1a, of 32 bits: nobody can read a line out of it. */
function fingerprint(text: string, line: Span | undefined): string {
  let hash = 0x811c9dc5
  for (const character of line ? text.slice(line.start, line.end).replace(/\r?\n?$/, '\n') : '') {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return (hash >>> 0).toString(36)
}
