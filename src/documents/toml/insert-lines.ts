import type { AST } from 'toml-eslint-parser'
import type { Home } from './find-home.ts'
import { indentOf, lineStart, newlineOf, nextLine, previousLine } from './lines.ts'

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
  const newline = newlineOf(text)
  const added = tables.join(newline + newline)
  if (text === '') return added + newline
  return text.endsWith('\n') ? text + newline + added + newline : text + newline + newline + added
}

/** A line at a line's start; at the end of a text without final newline, none is added. */
function insertLine(text: string, at: number, line: string): string {
  const newline = newlineOf(text)
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
  const newline = newlineOf(text)
  const at = placeAbove(text, table)
  return text.slice(0, at) + pair + newline + newline + text.slice(at)
}

function placeAbove(text: string, table: AST.TOMLKeyValue | AST.TOMLTable): number {
  let at = lineStart(text, table.range[0])
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
