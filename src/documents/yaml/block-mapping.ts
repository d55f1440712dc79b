import type { YAMLMap } from 'yaml'
import type { Value } from '../document.ts'
import { blanksBefore, hasBreak, lineBreakBefore, lineEnd, lineStart, newlineOf } from '../json/lines.ts'
import { skipTrivia } from '../json/trivia.ts'
import { deletion, insertion, type Splice } from '../splice.ts'
import { renderPair, renderValue } from './render-yaml.ts'
import { endOfColon, endOfPair, endOfSeparator, startOfPair, type YamlPair } from './yaml-nodes.ts'
import { yamlTrivia } from './yaml-trivia.ts'

/** Adds a pair on a line of its own behind the last one, in front of all comment lines that follow. */
export function addBlockPair(text: string, map: YAMLMap.Parsed, key: string, value: Value): Splice {
  const newline = newlineOf(text)
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
  const rendered = renderValue(value, indentOf(text, map), newlineOf(text))
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
