import {
  blanksBefore,
  blanksBehind,
  deletion,
  hasBreak,
  indentAt,
  insertion,
  lineBreakBefore,
  type Span,
  type Splice,
} from '../lines.ts'

/** An object written between braces, of JSON or of YAML's flow style. */
export interface Braces extends Span {
  readonly entries: readonly Span[]
}

/** How the text around an object is written. */
export interface BraceStyle {
  /** Sticky; matches one run of blanks, one line break or one comment. */
  readonly trivia: RegExp
  readonly newline: string
  /** One level of indentation. */
  readonly unit: string
  /** What stands behind a comma or colon within a line: a space, or nothing in a minified text. */
  readonly gap: string
}

/** Where the comma behind a value stands, whether it separates or trails. */
export function commaBehind(text: string, offset: number, style: BraceStyle): number | undefined {
  const next = readTrivia(text, offset, style.trivia).at(-1)?.end ?? offset
  return text[next] === ',' ? next : undefined
}

/** Whether only blanks stand between a line break and the offset; never so on the first line. */
export function startsLine(text: string, offset: number): boolean {
  return lineBreakBefore(text, offset) !== undefined
}

/** Writes `key: value`; `indent` is that of the entry's own line, undefined when it shares a line. */
export type RenderEntry = (indent: string | undefined) => string

/**
 * Adds an entry behind the last one, on a line of its own when the last one has that, with a trailing comma when
 * the last one has that. An empty object is opened up into lines if `lines` is true.
 */
export function addEntry(
  text: string,
  braces: Braces,
  style: BraceStyle,
  lines: boolean,
  render: RenderEntry,
): Splice[] {
  const last = braces.entries.at(-1)
  if (last !== undefined) return addBehind(text, last, style, render)
  return [lines ? addFirstOnLine(text, braces, style, render) : addFirstInline(braces, render)]
}

function addBehind(text: string, last: Span, style: BraceStyle, render: RenderEntry): Splice[] {
  const comma = commaBehind(text, last.end, style)
  const anchor = comma === undefined ? last.end : comma + 1
  const { comments, lineBreak } = readRestOfLine(text, anchor, style.trivia)
  const lastComment = comments.at(-1)
  const ownLine = startsLine(text, last.start)
  const newLine = ownLine || (lastComment !== undefined && isLineComment(lastComment))
  const behindComments = lastComment?.end ?? anchor
  const at = newLine ? (lineBreak ?? behindComments) : behindComments
  const indent = newLine ? indentAt(text, last.start) + (ownLine ? '' : style.unit) : undefined
  const lead = indent === undefined ? style.gap : style.newline + indent
  if (comma !== undefined) return [insertion(at, `${lead}${render(indent)},`)]
  return [insertion(last.end, ','), insertion(at, lead + render(indent))]
}

function addFirstInline(braces: Braces, render: RenderEntry): Splice {
  const at = braces.start + 1
  return insertion(at, (at === braces.end - 1 ? '' : ' ') + render(undefined))
}

/** White space of an empty object stays behind the entry, so that removing the entry gives it back. */
function addFirstOnLine(text: string, braces: Braces, style: BraceStyle, render: RenderEntry): Splice {
  const at = braces.start + 1
  const base = indentAt(text, braces.start)
  const indent = base + style.unit
  const entry = style.newline + indent + render(indent)
  const commented = readTrivia(text, at, style.trivia).some(({ kind }) => kind === 'comment')
  if (!commented) return insertion(at, entry + style.newline + base)
  const { comments, lineBreak } = readRestOfLine(text, at, style.trivia)
  return insertion(lineBreak ?? comments.at(-1)?.end ?? at, entry)
}

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

/** A run of blanks, one line break or one comment. */
export interface Trivia extends Span {
  readonly kind: 'blank' | 'break' | 'comment'
  readonly text: string
}

/** What stands between an offset and the end of its line, when no token does. */
export interface RestOfLine {
  readonly comments: readonly Trivia[]
  /** Where the line break begins; undefined when a token follows on the line. */
  readonly lineBreak: number | undefined
}

/** All trivia from the offset to the next token; `pattern` is sticky and matches one trivia of the language. */
export function readTrivia(text: string, offset: number, pattern: RegExp): Trivia[] {
  const found: Trivia[] = []
  pattern.lastIndex = offset
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    found.push({ kind: kindOf(match[0]), start: match.index, end: pattern.lastIndex, text: match[0] })
  }
  return found
}

/** The offset of the next token. */
export function skipTrivia(text: string, offset: number, pattern: RegExp): number {
  return readTrivia(text, offset, pattern).at(-1)?.end ?? offset
}

/** The comments up to the end of the line; as for `readTrivia`, the pattern is sticky. */
export function readRestOfLine(text: string, offset: number, pattern: RegExp): RestOfLine {
  const trivia = readTrivia(text, offset, pattern)
  const lineBreak = trivia.findIndex(({ kind }) => kind === 'break')
  const onLine = lineBreak === -1 ? trivia : trivia.slice(0, lineBreak)
  return { comments: onLine.filter(({ kind }) => kind === 'comment'), lineBreak: trivia[lineBreak]?.start }
}

/** Whether the comment reaches to the end of its line, so that nothing can follow it there. */
export function isLineComment(comment: Trivia): boolean {
  return !comment.text.startsWith('/*')
}

function kindOf(text: string): Trivia['kind'] {
  if (/^[\r\n]/.test(text)) return 'break'
  return /^[ \t]/.test(text) ? 'blank' : 'comment'
}
