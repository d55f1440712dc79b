import { isMap, isScalar, type ParsedNode, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Value } from '../document.ts'
import { addEntry, removeEntry } from '../json/braces.ts'
import {
  deletion,
  firstLineBreak,
  insertion,
  lineBreakBefore,
  lineEnd,
  lineStart,
  type Span,
  type Splice,
} from '../lines.ts'
import type { EntryName } from '../list-entry.ts'
import { styleOf } from './block-mapping.ts'
import { endOfNode, endOfSeparator, keyOf, renderFlow, renderItem, type YamlPair } from './yaml-nodes.ts'

/** An entry, the list that it stands in, and the pair that holds that list. */
export interface Item {
  readonly list: YAMLSeq.Parsed
  readonly index: number
  readonly holder: YamlPair | undefined
}

/** Whether an entry of a list has the name. */
export function isNamed(entry: ParsedNode, { field, text }: EntryName): boolean {
  if (!isMap(entry)) return false
  const pair = (entry as YAMLMap.Parsed).items.find((item) => keyOf(item) === field)
  return isScalar(pair?.value) && pair.value.value === text
}

/** Adds an entry behind the last one of a list: on lines of its own, or in `[ ]` as its neighbours are. */
export function addItem(text: string, list: YAMLSeq.Parsed, value: Value): Splice[] {
  const entries = entriesOf(text, list)
  const last = entries.at(-1)
  if (list.flow || last === undefined) {
    const [start, end] = list.range
    return addEntry(text, { start, end, entries }, styleOf(text), false, () => renderFlow(value))
  }
  const newline = firstLineBreak(text)
  const indent = columnOf(text, last)
  return [insertion(lineEnd(text, last.end), newline + indent + renderItem(value, indent, newline))]
}

/** What puts a value in the place of an entry of a list. */
export function replaceItem(text: string, { list, index }: Item, value: Value): Splice {
  const span = entriesOf(text, list)[index] as Span
  const rendered = list.flow
    ? renderFlow(value)
    : renderItem(value, columnOf(text, span), firstLineBreak(text))
  return { ...span, text: rendered }
}

/**
 * Takes an entry out of a list, but for the user's comments between its lines. A list of lines that this empties is written
 * as `[]` behind the pair that holds it. Undefined when the entry shares its first line with something else.
 */
export function removeItem(text: string, { list, index, holder }: Item): Splice[] | undefined {
  const entries = entriesOf(text, list)
  const { start, end } = entries[index] as Span
  if (list.flow) {
    const braces = { start: list.range[0], end: list.range[1], entries }
    return removeEntry(text, braces, index, styleOf(text))
  }
  const lineBreak = lineBreakBefore(text, start)
  if (lineBreak === undefined) return undefined
  const cuts = contentLines(text, lineBreak, lineEnd(text, end)).map(deletion)
  const behind = entries.length === 1 && holder ? endOfSeparator(holder) : undefined
  return behind === undefined ? cuts : [insertion(behind, ' []'), ...cuts]
}

/** The lines of a stretch, each with the break before it; without those of comments and blanks, where no text of many lines is. */
function contentLines(text: string, start: number, end: number): Span[] {
  const stretch = text.slice(start, end)
  if (/[|>][-+\d]*[ \t]*(?:#.*)?\r?\n/.test(stretch)) return [{ start, end }]
  return [...stretch.matchAll(/\r?\n(?![ \t]*(?:#|\r?\n|$))[^\r\n]*/g)].map(({ 0: line, index }) => ({
    start: start + index,
    end: start + index + line.length,
  }))
}

/** Each entry of a list: from its `-` on, or from its value on in `[ ]`. */
function entriesOf(text: string, list: YAMLSeq.Parsed): Span[] {
  const tokens = list.flow || list.srcToken?.type !== 'block-seq' ? [] : list.srcToken.items
  const marks = tokens.flatMap(({ start }) => start.find(({ type }) => type === 'seq-item-ind') ?? [])
  return list.items.map((item, index) => {
    const mark = marks[index]
    const end = endOfNode(text, item)
    return mark ? { start: mark.offset, end: Math.max(end, mark.offset + 1) } : { start: item.range[0], end }
  })
}

function columnOf(text: string, { start }: Span): string {
  return ' '.repeat(start - lineStart(text, start))
}
