import { type BlankTrace, blankAbove, blankBelow, isPlace } from '../blank-line.ts'
import { applySplices, deletion, type Splice } from '../splice.ts'
import { isCommentOf } from './insert-lines.ts'
import { lineStart, nextLine, previousLine } from './lines.ts'
import { type Pair, type Section, type Steps, startsWith } from './outline.ts'
import type { Source } from './parse-source.ts'

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
  const start = lineStart(text, node.range[0])
  // What stands above other lines that go belongs to those.
  const floor = Math.max(0, ...ends.filter((end) => end <= start))
  const blank = blankAbove(text, start, traces, floor)
  return [{ start, end: nextLine(text, node.range[0]) }, ...(blank ? [blank] : [])].map(deletion)
}

/** The pair's lines, and the blank line behind them that came with the first root key. */
function cutPair(source: Source, pair: Pair, traces: readonly BlankTrace[] = []): Splice[] {
  const { text } = source
  const start = lineStart(text, pair.node.range[0])
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
