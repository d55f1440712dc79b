import type { YAMLMap } from 'yaml'
import type { Value } from '../document.ts'
import { addEntry } from '../json/add-entry.ts'
import type { BraceStyle } from '../json/braces.ts'
import { newlineOf } from '../json/lines.ts'
import { removeEntry } from '../json/remove-entry.ts'
import { skipTrivia } from '../json/trivia.ts'
import { insertion, type Splice } from '../splice.ts'
import { renderFlow, renderFlowPair } from './render-yaml.ts'
import { bracesOf, endOfColon, endOfPair, type YamlPair } from './yaml-nodes.ts'
import { yamlTrivia } from './yaml-trivia.ts'

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

function styleOf(text: string): BraceStyle {
  return { trivia: yamlTrivia, newline: newlineOf(text), unit: '  ', gap: ' ' }
}
