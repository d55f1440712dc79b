import type { AST } from 'toml-eslint-parser'
import { type BlankTrace, blankAbove, blankBelow, isPlace } from '../blank-line.ts'
import { noWordFor, type Value } from '../document.ts'
import { commonNewline, indentOf, nextLine, previousLine, startOfLine } from '../lines.ts'
import { applySplices, deletion, insertion, type Splice } from '../splice.ts'
import { type Home, type Pair, type Section, type Source, type Steps, startsWith } from './outline.ts'

/** The text with a line for a pair in a section that has lines. */
export function insertPairLine(text: string, home: Home, pair: string): string {
  const { after, section } = home
  if (after) return insertLine(text, nextLine(text, after.range[1]), indentOf(text, after.range[0]) + pair)
  const [start] = section.node.range
  if (section.node.type === 'TOMLTable') {
    return insertLine(text, nextLine(text, start), indentOf(text, start) + pair)
  }
  const firstTable = section.node.body[0]
  return firstTable ? insertAbove(text, firstTable, pair) : insertLine(text, text.length, pair)
}

/** The text with tables at its end, a blank line before each. */
export function appendTables(text: string, tables: readonly string[]): string {
  const newline = commonNewline(text)
  const added = tables.join(newline + newline)
  if (text === '') return added + newline
  return text.endsWith('\n') ? text + newline + added + newline : text + newline + newline + added
}

/** A line at a line's start; at the end of a text without final newline, none is added. */
function insertLine(text: string, at: number, line: string): string {
  const newline = commonNewline(text)
  const isOpen = at === text.length && text !== '' && !text.endsWith('\n')
  return text.slice(0, at) + (isOpen ? newline + line : line + newline) + text.slice(at)
}

/** In front of what a pair would be the first root key of, with a blank line between; undefined for any other pair. */
export function blankBelowAt(text: string, { after, section }: Home): number | undefined {
  const [first] = section.node.type === 'TOMLTopLevelTable' && !after ? section.node.body : []
  return first && placeAbove(text, first)
}

/** The first root key goes above the first table and the comment that stands on it, with a blank line between. */
function insertAbove(text: string, table: AST.TOMLKeyValue | AST.TOMLTable, pair: string): string {
  const newline = commonNewline(text)
  const at = placeAbove(text, table)
  return text.slice(0, at) + pair + newline + newline + text.slice(at)
}

function placeAbove(text: string, table: AST.TOMLKeyValue | AST.TOMLTable): number {
  let at = startOfLine(text, table.range[0])
  while (at > 0 && isCommentOf(text, previousLine(text, at))) at = previousLine(text, at)
  return at
}

/**
 * Whether the line that starts here is a comment on what follows. A directive in the first line (`#:schema URL`, which
 * Codex documents, or `#!`) speaks of the whole file and is none.
 */
export function isCommentOf(text: string, start: number): boolean {
  const line = text.slice(start, nextLine(text, start))
  return /^[ \t]*#/.test(line) && !(start === 0 && /^#[:!]/.test(line))
}

/**
 * The text without the lines of all headers and pairs at or below the path; undefined when it has none. Comment lines
 * between them are the user's and stay, as do tables that stand between ours.
 */
export function removeLines(source: Source, path: Steps, traces?: readonly BlankTrace[]): string | undefined {
  const { text, outline } = source
  const headers = outline.sections.filter(
    ({ path: own, node }) => node.type === 'TOMLTable' && startsWith(own, path),
  )
  const pairs = outline.pairs.filter(
    ({ path: own, section }) => section.node.type !== 'TOMLInlineTable' && startsWith(own, path),
  )
  const ends = [...headers, ...pairs].map(({ node }) =>
    nextLine(text, node.range[node.type === 'TOMLTable' ? 0 : 1]),
  )
  const cuts = [
    ...headers.flatMap((header, index) =>
      cutHeader(text, header, ends, index === 0 ? traces : traces?.filter(isPlace)),
    ),
    ...pairs.flatMap((pair) => cutPair(source, pair, traces)),
  ]
  if (cuts.length === 0) return undefined
  return keepOpenEnd(text, cuts)
}

/** The header's line, and the blank line before it that came with it. */
function cutHeader(
  text: string,
  { node }: Section,
  ends: readonly number[],
  traces?: readonly BlankTrace[],
): Splice[] {
  const start = startOfLine(text, node.range[0])
  // What stands above other lines that go belongs to those.
  const floor = Math.max(0, ...ends.filter((end) => end <= start))
  const blank = blankAbove(text, start, traces, floor)
  return [{ start, end: nextLine(text, node.range[0]) }, ...(blank ? [blank] : [])].map(deletion)
}

/** The pair's lines, and the blank line behind them that came with the first root key. */
function cutPair(source: Source, pair: Pair, traces: readonly BlankTrace[] = []): Splice[] {
  const { text } = source
  const start = startOfLine(text, pair.node.range[0])
  const end = nextLine(text, pair.node.range[1])
  const takesBlank = isFirstRootKey(source, pair) && isBlank(text, end) && isLead(text, start)
  const next = takesBlank ? { start: end, end: nextLine(text, end) } : undefined
  const blank = blankBelow(text, end, traces) ?? next
  return [{ start, end }, ...(blank ? [blank] : [])].map(deletion)
}

/** Whether the pair is what the root has beside tables: the first root key comes with a blank line behind it. */
function isFirstRootKey({ program, outline }: Source, { section }: Pair): boolean {
  const [first, second] = program.body[0].body
  return section === outline.sections[0] && first?.type === 'TOMLKeyValue' && second?.type === 'TOMLTable'
}

/** Whether a first root key could have been put on the line that starts here: no comment stands on it. */
function isLead(text: string, start: number): boolean {
  return start === 0 || !isCommentOf(text, previousLine(text, start))
}

function isBlank(text: string, start: number): boolean {
  return /^\r?\n/.test(text.slice(start, start + 2))
}

/** Applies the cuts; a text without final newline stays without when its last line goes. */
function keepOpenEnd(text: string, cuts: readonly Splice[]): string {
  const result = applySplices(text, cuts)
  const isOpen = !text.endsWith('\n') && cuts.some((cut) => cut.end === text.length)
  return isOpen ? result.replace(/\r?\n$/, '') : result
}

type Mark = AST.Token | AST.Comment

/** The text with a pair in an inline table: on a line of its own where the pair before it has one. */
export function insertInline(source: Source, { after, section }: Home, pair: string): string {
  const { text } = source
  if (!after) return insertIntoEmpty(text, section.node.range, pair)
  const end = after.range[1]
  const comma = commaBehind(source, end)
  const at = comma?.range[1] ?? end
  const hasOwnLine = text.slice(startOfLine(text, after.range[0]), after.range[0]).trim() === ''
  const separator = hasOwnLine ? commonNewline(text) + indentOf(text, after.range[0]) : ' '
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

/** A value that holds others by key. */
export type Table = { readonly [key: string]: Value }

/** Whether it holds others by key: an array does not. */
export function isTable(value: Value | undefined): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value on one line; tables are written inline. Throws UserError `value-not-writable` for null. */
export function writeLiteral(value: Value): string {
  if (typeof value === 'string') return writeString(value)
  if (typeof value === 'number') return writeNumber(value)
  if (typeof value === 'boolean') return String(value)
  if (value === null) throw noWordFor(value, 'TOML')
  if (!isTable(value)) return `[${value.map(writeLiteral).join(', ')}]`
  const pairs = Object.entries(value).map(([key, inner]) => writePair([key], inner))
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
}

/** `key = value`; more than one key is joined with dots. */
export function writePair(keys: readonly string[], value: Value): string {
  return `${writeKeys(keys)} = ${writeLiteral(value)}`
}

/** A dotted key, each part quoted where it must be. */
export function writeKeys(keys: readonly string[]): string {
  return keys.map((key) => (/^[A-Za-z0-9_-]+$/.test(key) ? key : writeString(key))).join('.')
}

/** JSON's escapes are TOML's too; only DEL has to be escaped beside them. */
function writeString(text: string): string {
  return JSON.stringify(text).replaceAll('\x7F', '\\u007f')
}

function writeNumber(number: number): string {
  if (Number.isNaN(number)) return 'nan'
  if (!Number.isFinite(number)) return number > 0 ? 'inf' : '-inf'
  if (Object.is(number, -0)) return '-0.0'
  // A parser may refuse an integer that it cannot hold; as a float it is exactly this number.
  const isBig = Number.isInteger(number) && !Number.isSafeInteger(number)
  return isBig ? number.toExponential() : String(number)
}

/** A table and its sub tables, each as a text from its header on. A table of nothing but tables gets no header. */
export function writeTables(path: readonly string[], table: Table, newline: string): string[] {
  const entries = Object.entries(table)
  const pairs = entries.flatMap(([key, value]) => (isTable(value) ? [] : [writePair([key], value)]))
  const inner = entries.flatMap(([key, value]) =>
    isTable(value) ? writeTables([...path, key], value, newline) : [],
  )
  const needsHeader = pairs.length > 0 || inner.length === 0
  return needsHeader ? [[`[${writeKeys(path)}]`, ...pairs].join(newline), ...inner] : inner
}
