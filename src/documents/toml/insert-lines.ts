import { say } from '../../texts/message.ts'
import { type BlankTrace, blankAbove, blankBelow, isPlace } from '../blank-line.ts'
import { noWordFor, type Value } from '../document.ts'
import { addEntry, type BraceStyle, removeEntry } from '../json/braces.ts'
import {
  applySplices,
  commonNewline,
  deletion,
  indentOf,
  insertion,
  nextLine,
  previousLine,
  type Span,
  type Splice,
  startOfLine,
} from '../lines.ts'
import { isTable, type Table } from '../value.ts'
import {
  elementsOf,
  type Home,
  type Outline,
  type Pair,
  type PairSpan,
  type Section,
  type Steps,
  startsWith,
} from './outline.ts'
import { skipTrivia } from './tokens.ts'

/** The text with a line for a pair in a section that has lines. */
export function insertPairLine(text: string, outline: Outline, home: Home, pair: string): string {
  const { after, section } = home
  if (after) return insertLine(text, nextLine(text, after.end), indentOf(text, after.start) + pair)
  const { start } = section
  if (section.kind === 'header') {
    return insertLine(text, nextLine(text, start), indentOf(text, start) + pair)
  }
  const { firstHeader } = outline
  return firstHeader === undefined
    ? insertLine(text, text.length, pair)
    : insertAbove(text, firstHeader, pair)
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
export function blankBelowAt(text: string, outline: Outline, { after, section }: Home): number | undefined {
  const isFirst = section.kind === 'root' && !after && outline.firstHeader !== undefined
  return isFirst ? placeAbove(text, outline.firstHeader) : undefined
}

/** The first root key goes above the first table and the comment that stands on it, with a blank line between. */
function insertAbove(text: string, table: number, pair: string): string {
  const newline = commonNewline(text)
  const at = placeAbove(text, table)
  return text.slice(0, at) + pair + newline + newline + text.slice(at)
}

function placeAbove(text: string, table: number): number {
  let at = startOfLine(text, table)
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
export function removeLines(
  text: string,
  outline: Outline,
  path: Steps,
  traces?: readonly BlankTrace[],
): string | undefined {
  const headers = outline.sections.filter(({ path: own, kind }) => kind === 'header' && startsWith(own, path))
  const pairs = outline.pairs.filter(
    ({ path: own, section }) => section.kind !== 'inline' && startsWith(own, path),
  )
  // What stands above other lines that go belongs to those.
  const floors = [...headers.map(({ start }) => start), ...pairs.map(({ end }) => end)]
    .map((offset) => nextLine(text, offset))
    .sort((one, other) => one - other)
  let floor = 0
  const cuts: Splice[] = []
  for (const [index, header] of headers.entries()) {
    const start = startOfLine(text, header.start)
    while (floors[floor] !== undefined && (floors[floor] as number) <= start) floor += 1
    const own = index === 0 ? traces : traces?.filter(isPlace)
    cuts.push(...cutHeader(text, header, floors[floor - 1] ?? 0, own))
  }
  for (const pair of pairs) cuts.push(...cutPair(text, outline, pair, traces))
  return cuts.length === 0 ? undefined : keepOpenEnd(text, cuts)
}

/** The header's line, and the blank line before it, down to the floor, that came with it. */
function cutHeader(
  text: string,
  header: Section,
  floor: number,
  traces: readonly BlankTrace[] | undefined,
): Splice[] {
  const start = startOfLine(text, header.start)
  const blank = blankAbove(text, start, traces, floor)
  return [{ start, end: nextLine(text, header.start) }, ...(blank ? [blank] : [])].map(deletion)
}

/** The pair's lines, and the blank line behind them that came with the first root key. */
function cutPair(
  text: string,
  outline: Outline,
  pair: Pair,
  traces: readonly BlankTrace[] | undefined,
): Splice[] {
  const start = startOfLine(text, pair.start)
  const end = nextLine(text, pair.end)
  const takesBlank = isFirstRootKey(outline, pair) && isBlank(text, end) && isLead(text, start)
  const next = takesBlank ? { start: end, end: nextLine(text, end) } : undefined
  const blank = blankBelow(text, end, traces ?? []) ?? next
  return [{ start, end }, ...(blank ? [blank] : [])].map(deletion)
}

/** Whether the pair is what the root has beside tables: the first root key comes with a blank line behind it. */
function isFirstRootKey({ root, rootPairs, firstHeader }: Outline, { section }: Pair): boolean {
  return section === root && rootPairs === 1 && firstHeader !== undefined
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

/** The text with a pair in an inline table: on a line of its own where the pair before it has one. */
export function insertInline(text: string, { after, section }: Home, pair: string): string {
  if (!after) return insertIntoEmpty(text, section, pair)
  const { start, end } = after
  const comma = commaBehind(text, end)
  const at = comma === undefined ? end : comma + 1
  const hasOwnLine = text.slice(startOfLine(text, start), start).trim() === ''
  const separator = hasOwnLine ? commonNewline(text) + indentOf(text, start) : ' '
  const place = hasOwnLine ? behindComment(text, at) : at
  const added = insertion(place, separator + pair + (comma === undefined ? '' : ','))
  return applySplices(text, comma === undefined ? [insertion(end, ','), added] : [added])
}

/** The text without a pair of an inline table, and without the comma that this makes needless. */
export function removeInline(text: string, pair: PairSpan): string {
  const comma = commaBehind(text, pair.end)
  const end = comma === undefined ? pair.end : comma + 1
  const cut = { start: startOfCut(text, pair, end), end, text: '' }
  if (comma !== undefined || text[pair.mark] !== ',') return applySplices(text, [cut])
  return applySplices(text, [{ start: pair.mark, end: pair.mark + 1, text: '' }, cut])
}

/** Spaces between the braces stay behind the pair, so that taking it out gives them back. */
function insertIntoEmpty(text: string, { start, end }: Section, pair: string): string {
  const isTight = end - start === '{}'.length
  return applySplices(text, [insertion(start + 1, isTight ? pair : ` ${pair}`)])
}

/** A comment before the pair keeps its newline, unless another one follows. */
function startOfCut(text: string, { mark, start }: PairSpan, end: number): number {
  const comment = lastComment(text, mark + 1, start)
  if (!comment) return mark + 1
  const isLineOver = text.slice(end, nextLine(text, end)).trim() === ''
  return isLineOver ? comment.end : nextLine(text, comment.end)
}

/** The last comment in a stretch that has nothing else but blanks and line ends. */
function lastComment(text: string, start: number, end: number): Span | undefined {
  let found: Span | undefined
  for (let at = text.indexOf('#', start); at >= 0 && at < end; at = text.indexOf('#', found.end))
    found = { start: at, end: endOfComment(text, at) }
  return found
}

function endOfComment(text: string, start: number): number {
  const end = nextLine(text, start)
  return start + text.slice(start, end).replace(/\r?\n$/, '').length
}

function commaBehind(text: string, offset: number): number | undefined {
  const next = skipTrivia(text, offset)
  return text[next] === ',' ? next : undefined
}

/** Behind the comment that follows on the same line, if any. */
function behindComment(text: string, offset: number): number {
  const [blanks = ''] = /^[ \t]*/.exec(text.slice(offset, nextLine(text, offset))) ?? []
  const start = offset + blanks.length
  return text[start] === '#' ? endOfComment(text, start) : offset
}

/** A value on one line; tables are written inline. Throws UserError `value-not-writable` for null and half a surrogate pair. */
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

/** JSON's escapes are TOML's too, but those of half a surrogate pair; only DEL has to be escaped beside them. */
function writeString(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw noWordFor(say('value.half-character'), 'TOML')
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

/** An entry of a list of tables, from its header on; what is a table in it is written inline. */
export function writeEntry(list: readonly string[], entry: Table, newline: string): string {
  const pairs = Object.entries(entry).map(([key, value]) => writePair([key], value))
  return [`[[${writeKeys(list)}]]`, ...pairs].join(newline)
}

/** The text with one more element in the brackets that are a pair's value, as its neighbours are written. */
export function insertElement(text: string, list: PairSpan, entry: Table): string {
  return applySplices(
    text,
    addEntry(text, bracketsOf(text, list), styleOf(text), false, () => writeLiteral(entry)),
  )
}

/** The text without one element of such a list. */
export function removeElement(text: string, list: PairSpan, index: number): string {
  return applySplices(text, removeEntry(text, bracketsOf(text, list), index, styleOf(text)))
}

function bracketsOf(text: string, { valueStart, end }: PairSpan) {
  return { start: valueStart, end, entries: elementsOf(text, valueStart) }
}

function styleOf(text: string): BraceStyle {
  return { trivia: /[ \t]+|\r\n|\n|#[^\r\n]*/y, newline: commonNewline(text), unit: '  ', gap: ' ' }
}
