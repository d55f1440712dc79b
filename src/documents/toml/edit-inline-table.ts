import type { AST } from 'toml-eslint-parser'
import { applySplices, insertion } from '../splice.ts'
import type { Home } from './find-home.ts'
import { indentOf, lineStart, newlineOf, nextLine } from './lines.ts'
import type { Pair } from './outline.ts'
import type { Source } from './parse-source.ts'

type Mark = AST.Token | AST.Comment

/** The text with a pair in an inline table: on a line of its own where the pair before it has one. */
export function insertInline(source: Source, { after, section }: Home, pair: string): string {
  const { text } = source
  if (!after) return insertIntoEmpty(text, section.node.range, pair)
  const end = after.range[1]
  const comma = commaBehind(source, end)
  const at = comma?.range[1] ?? end
  const hasOwnLine = text.slice(lineStart(text, after.range[0]), after.range[0]).trim() === ''
  const separator = hasOwnLine ? newlineOf(text) + indentOf(text, after.range[0]) : ' '
  const place = hasOwnLine ? behindComment(source, at) : at
  const added = insertion(place, separator + pair + (comma ? ',' : ''))
  return applySplices(text, comma ? [added] : [insertion(end, ','), added])
}

/** The text without a pair of an inline table, and without the comma that this makes needless. */
export function removeInline(source: Source, { node }: Pair): string {
  const { text, program } = source
  const before = lastBefore([...program.tokens, ...program.comments], node)
  const comma = commaBehind(source, node.range[1])
  const end = comma?.range[1] ?? node.range[1]
  const cut = { start: startOfCut(text, before, end), end, text: '' }
  const previous = lastBefore(program.tokens, node)
  if (comma || previous.value !== ',') return applySplices(text, [cut])
  return applySplices(text, [{ start: previous.range[0], end: previous.range[1], text: '' }, cut])
}

/** Spaces between the braces stay behind the pair, so that taking it out gives them back. */
function insertIntoEmpty(text: string, [start, end]: AST.TOMLInlineTable['range'], pair: string): string {
  const isTight = end - start === '{}'.length
  return applySplices(text, [insertion(start + 1, isTight ? pair : ` ${pair}`)])
}

/** A comment before the pair keeps its newline, unless another one follows. */
function startOfCut(text: string, before: Mark, end: number): number {
  const isLineOver = text.slice(end, nextLine(text, end)).trim() === ''
  return before.type === 'Block' && !isLineOver ? nextLine(text, before.range[1]) : before.range[1]
}

function commaBehind({ program }: Source, offset: number): AST.Token | undefined {
  const next = program.tokens.find((token) => token.range[0] >= offset)
  return next?.value === ',' ? next : undefined
}

/** Behind the comment that follows on the same line, if any. */
function behindComment({ text, program }: Source, offset: number): number {
  const comment = program.comments.find(({ range }) => range[0] >= offset)
  const isSameLine =
    comment && text.slice(offset, comment.range[0]).trim() === '' && comment.range[0] < nextLine(text, offset)
  return isSameLine ? comment.range[1] : offset
}

/** The last token or comment before a pair, which at least its opening brace is. */
function lastBefore<T extends Mark>(marks: readonly T[], node: AST.TOMLKeyValue): T {
  return marks
    .filter(({ range }) => range[1] <= node.range[0])
    .reduce((a, b) => (b.range[1] > a.range[1] ? b : a))
}
