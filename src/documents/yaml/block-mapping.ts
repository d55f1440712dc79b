import type { YAMLMap } from 'yaml'
import type { Value } from '../document.ts'
import { addEntry, type BraceStyle, type Braces, removeEntry, skipTrivia } from '../json/braces.ts'
import {
  blanksBefore,
  deletion,
  firstLineBreak,
  hasBreak,
  insertion,
  lineBreakBefore,
  lineEnd,
  lineStart,
  type Splice,
} from '../lines.ts'
import {
  endOfColon,
  endOfPair,
  endOfSeparator,
  renderFlow,
  renderFlowPair,
  renderPair,
  renderValue,
  startOfPair,
  type YamlPair,
} from './yaml-nodes.ts'

/** Adds a pair on a line of its own behind the last one, in front of all comment lines that follow. */
export function addBlockPair(text: string, map: YAMLMap.Parsed, key: string, value: Value): Splice {
  const newline = firstLineBreak(text)
  const indent = indentOf(text, map)
  const at = lineEnd(text, endOfPair(text, map.items.at(-1) as YamlPair))
  return insertion(at, newline + indent + renderPair(key, value, indent, newline))
}

/** Undefined when the pair is a key without a colon. A comment at the end of the key's line stays. */
export function replaceBlockValue(
  text: string,
  map: YAMLMap.Parsed,
  pair: YamlPair,
  value: Value,
): Splice[] | undefined {
  const colon = endOfColon(pair)
  if (colon === undefined) return undefined
  const end = endOfPair(text, pair)
  const start = end === colon ? colon : skipTrivia(text, colon, yamlTrivia)
  const below = hasBreak(text.slice(colon, start))
  const onKeyLine = { start: colon, end: below ? colon : end }
  const underIt = { start: lineEnd(text, onKeyLine.end), end: below ? end : lineEnd(text, end) }
  const rendered = renderValue(value, indentOf(text, map), firstLineBreak(text))
  if (hasBreak(rendered)) return [deletion(onKeyLine), { ...underIt, text: rendered }]
  const gap = below || start === colon ? ' ' : text.slice(colon, start)
  return [{ ...onKeyLine, text: gap + rendered.trimStart() }, deletion(underIt)]
}

/**
 * Takes out the lines of a pair. A mapping that this empties is written as `{}` behind `holder`, the pair that
 * holds it. Undefined when the pair shares its first line with something else.
 */
export function removeBlockPair(
  text: string,
  map: YAMLMap.Parsed,
  pair: YamlPair,
  holder: YamlPair | undefined,
): Splice[] | undefined {
  const start = startOfPair(pair)
  const end = lineEnd(text, endOfPair(text, pair))
  const lineBreak = lineBreakBefore(text, start)
  if (lineBreak === undefined && blanksBefore(text, start) > 0) return undefined
  const lines =
    lineBreak === undefined ? { start: 0, end: end + breakLength(text, end) } : { start: lineBreak, end }
  const emptied = holder !== undefined && map.items.length === 1
  const behind = emptied ? endOfSeparator(holder) : undefined
  return behind === undefined ? [deletion(lines)] : [insertion(behind, ' {}'), deletion(lines)]
}

function indentOf(text: string, map: YAMLMap.Parsed): string {
  const start = startOfPair(map.items[0] as YamlPair)
  return ' '.repeat(start - lineStart(text, start))
}

function breakLength(text: string, offset: number): number {
  return /^\r?\n/.exec(text.slice(offset, offset + 2))?.[0].length ?? 0
}

/** Where a mapping in `{ }` and each of its pairs stand. */
function bracesOf(text: string, map: YAMLMap.Parsed): Braces {
  const entries = map.items.map((pair) => ({ start: startOfPair(pair), end: endOfPair(text, pair) }))
  return { start: map.range[0], end: map.range[1], entries }
}

/** What adds a pair behind the last one of `{ }`, in the style of its neighbours. */
export function addFlowPair(text: string, map: YAMLMap.Parsed, key: string, value: Value): Splice[] {
  return addEntry(text, bracesOf(text, map), styleOf(text), false, () => renderFlowPair([key, value]))
}

/** What puts a value in the place of one in `{ }`; a key that stands alone gets a colon. */
export function replaceFlowValue(text: string, pair: YamlPair, value: Value): Splice {
  const colon = endOfColon(pair)
  const end = endOfPair(text, pair)
  if (colon === undefined) return insertion(end, `: ${renderFlow(value)}`)
  if (colon === end) return insertion(end, ` ${renderFlow(value)}`)
  return { start: skipTrivia(text, colon, yamlTrivia), end, text: renderFlow(value) }
}

/** What takes a pair out of `{ }`, with its comma. */
export function removeFlowPair(text: string, map: YAMLMap.Parsed, pair: YamlPair): Splice[] {
  return removeEntry(text, bracesOf(text, map), map.items.indexOf(pair), styleOf(text))
}

/** How a list or mapping in brackets is written. */
export function styleOf(text: string): BraceStyle {
  return { trivia: yamlTrivia, newline: firstLineBreak(text), unit: '  ', gap: ' ' }
}

/** Sticky; matches one run of blanks, one line break or one comment. */
export const yamlTrivia = /[ \t]+|\r\n|\n|#[^\r\n]*/y
