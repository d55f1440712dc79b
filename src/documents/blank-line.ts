import type { Span } from './splice.ts'

/**
 * Where the blank line stands that an edit put beside its own lines, in words that find it again when the user has added
 * lines around: on which side, and a fingerprint of the lines on its other side. `none`: there was no need of one.
 */
export type BlankTrace = string

const none: BlankTrace = 'none'
/** Enough to tell one place from another, few enough to be the same still. */
const neighbours = 3

/** For lines that were added behind `before`, with a blank line between if there is anything in front. */
export function traceAbove(before: string): BlankTrace {
  return before === '' ? none : `above ${fingerprint(linesBefore(before, before.length))}`
}

/** For lines that were added in front of `after`, with a blank line between. */
export function traceBelow(after: string): BlankTrace {
  return `below ${fingerprint(linesBehind(after, 0))}`
}

/** The blank line above the lines that begin at `start`; without a trace the one that stands right there. */
export function blankAbove(
  text: string,
  start: number,
  traces: readonly BlankTrace[] = [],
): Span | undefined {
  if (traces.includes(none)) return undefined
  for (let line = lineBefore(text, start); line && traces.length > 0; line = lineBefore(text, line.start)) {
    const trace = `above ${fingerprint(linesBefore(text, line.start))}`
    if (isBlank(text, line) && traces.includes(trace)) return line
  }
  const next = lineBefore(text, start)
  return next && isBlank(text, next) ? next : undefined
}

/** The blank line below the lines that end at `end`, as it was traced; undefined where it is not found. */
export function blankBelow(text: string, end: number, traces: readonly BlankTrace[]): Span | undefined {
  for (let line = lineBehind(text, end); line && traces.length > 0; line = lineBehind(text, line.end)) {
    const trace = `below ${fingerprint(linesBehind(text, line.end))}`
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

function linesBefore(text: string, offset: number): string[] {
  const lines: string[] = []
  let line = lineBefore(text, offset)
  for (; line && lines.length < neighbours; line = lineBefore(text, line.start)) {
    lines.push(text.slice(line.start, line.end))
  }
  return lines
}

function linesBehind(text: string, offset: number): string[] {
  const lines: string[] = []
  let line = lineBehind(text, offset)
  for (; line && lines.length < neighbours; line = lineBehind(text, line.end)) {
    lines.push(text.slice(line.start, line.end))
  }
  return lines
}

/** FNV-1a, of 32 bits: nobody can read a line out of it. */
function fingerprint(lines: readonly string[]): string {
  let hash = 0x811c9dc5
  for (const character of lines.map((line) => line.replace(/\r?\n?$/, '\n')).join('')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  return (hash >>> 0).toString(36)
}
