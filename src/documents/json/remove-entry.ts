import { deletion, type Span, type Splice } from '../splice.ts'
import { type BraceStyle, type Braces, commaBehind } from './braces.ts'
import { blanksBefore, blanksBehind, hasBreak, indentAt, lineBreakBefore } from './lines.ts'
import { isLineComment, readRestOfLine, readTrivia } from './trivia.ts'

/**
 * Takes out an entry with one comma: its whole line, with the comment at the end of the line, when it is alone there.
 * Comments on other lines and on shared lines stay.
 */
export function removeEntry(text: string, braces: Braces, index: number, style: BraceStyle): Splice[] {
  const entry = braces.entries[index] as Span
  const previous = braces.entries[index - 1]
  const comma = commaBehind(text, entry.end, style)
  const attached = comma !== undefined && !hasBreak(text.slice(entry.end, comma))
  const span = attached ? { start: entry.start, end: comma + 1 } : entry
  const cut = deletion(wholeLine(text, braces, span, style) ?? partOfLine(text, braces, index, span, style))
  if (attached) return [cut]
  if (comma !== undefined) return [cut, deletion({ start: comma, end: comma + 1 })]
  const before = previous && commaBehind(text, previous.end, style)
  return before === undefined ? [cut] : [deletion({ start: before, end: before + 1 }), cut]
}

function wholeLine(text: string, braces: Braces, span: Span, style: BraceStyle): Span | undefined {
  const start = lineBreakBefore(text, span.start)
  const { comments, lineBreak } = readRestOfLine(text, span.end, style.trivia)
  const reachesOn = comments.some((comment) => hasBreak(comment.text))
  if (start === undefined || lineBreak === undefined || reachesOn) return undefined
  return openedUp(text, braces, span, style) ?? { start, end: lineBreak }
}

/** The two line breaks that adding the first entry to an empty object has made, with the entry between them. */
function openedUp(text: string, braces: Braces, span: Span, style: BraceStyle): Span | undefined {
  const start = braces.start + 1
  const closing = style.newline + indentAt(text, braces.start)
  const end = span.end + closing.length
  const alone =
    braces.entries.length === 1 &&
    lineBreakBefore(text, span.start) === start &&
    text.startsWith(closing, span.end) &&
    text.slice(end, braces.end - 1).trim() === ''
  return alone ? { start, end } : undefined
}

function partOfLine(text: string, braces: Braces, index: number, span: Span, style: BraceStyle): Span {
  const next = braces.entries[index + 1]
  const lineBreak = lineBreakBefore(text, span.start)
  const shared = next !== undefined && !hasBreak(text.slice(span.end, next.start))
  if (shared || (next && lineBreak !== undefined)) {
    return { start: span.start, end: blanksBehind(text, span.end) }
  }
  if (lineBreak === undefined) return { start: blanksBefore(text, span.start), end: span.end }
  const from = index === 0 ? braces.start + 1 : (braces.entries[index - 1] as Span).end
  return { start: followsLineComment(text, from, style) ? span.start : lineBreak, end: span.end }
}

/** Whether what follows the entry would land in a comment if the line break before the entry went away. */
function followsLineComment(text: string, from: number, style: BraceStyle): boolean {
  const behindComma = (commaBehind(text, from, style) ?? from - 1) + 1
  const trivia = readTrivia(text, behindComma, style.trivia)
  const comment = trivia.findLast(({ kind }) => kind === 'comment')
  return comment !== undefined && isLineComment(comment)
}
