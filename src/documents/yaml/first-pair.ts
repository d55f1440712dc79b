import type { KeyPath, Value } from '../document.ts'
import { lineBreakBefore, newlineOf } from '../json/lines.ts'
import { nest } from '../json/spliced-document.ts'
import { insertion, type Splice } from '../splice.ts'
import type { YamlTree } from './parse-yaml.ts'
import { renderPair } from './render-yaml.ts'

/** In a document without content the pair goes to its end, behind all comments and in front of `...`. */
export function addFirstPair({ text, end }: YamlTree, path: KeyPath, value: Value): Splice {
  const newline = newlineOf(text)
  const pair = renderPair(path[0] as string, nest(path.slice(1), value), '', newline)
  if (end === 0) return insertion(0, pair + newline)
  return insertion(lineBreakBefore(text, end) ?? end, newline + pair)
}
