import { insertion, type Span, type Splice } from '../splice.ts'
import { type BraceStyle, type Braces, commaBehind, startsLine } from './braces.ts'
import { indentAt } from './lines.ts'
import { isLineComment, readRestOfLine, readTrivia } from './trivia.ts'

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
