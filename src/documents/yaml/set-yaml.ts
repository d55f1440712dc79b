import { isAlias, isMap, type YAMLMap } from 'yaml'
import type { KeyPath, Value } from '../document.ts'
import { nest } from '../json/spliced-document.ts'
import { sameValue } from '../same-value.ts'
import type { Splice } from '../splice.ts'
import { addBlockPair, replaceBlockValue } from './block-mapping.ts'
import { type Descent, descend, type Place, refuseShared } from './descend-yaml.ts'
import { addFirstPair } from './first-pair.ts'
import { addFlowPair, replaceFlowValue } from './flow-mapping.ts'
import type { YamlTree } from './parse-yaml.ts'
import { valueAt, withValueAt } from './plain-data.ts'
import { readsAlike, refuseOpenEnd } from './reader-differences.ts'
import { verifyEdit } from './verify-edit.ts'
import { pathTaken, unsupportedYaml } from './yaml-errors.ts'
import { startOfPair } from './yaml-nodes.ts'

/** A value that every reader of YAML already takes as the wanted one is not written again. */
export function setYaml(tree: YamlTree, path: KeyPath, value: Value): Splice[] {
  const found = tree.root && descend(tree.root, path)
  const equal = found?.rest.length === 0 && sameValue(valueAt(tree.data, path), value)
  if (equal && readsAlike(found.node)) return []
  const splices = found ? wordEdit(tree, path, found, value) : [addFirstPair(tree, path, value)]
  const written = JSON.parse(JSON.stringify(value))
  return verifyEdit(tree, splices, withValueAt(tree.data, path, written))
}

function wordEdit(tree: YamlTree, path: KeyPath, found: Descent, value: Value): Splice[] {
  const { node, place, rest } = found
  refuseShared(tree, found)
  if (rest.length === 0 && place !== undefined) return replaceValue(tree, place, value)
  if (isMap(node)) return addPair(tree, node as YAMLMap.Parsed, rest, value)
  const { text, file } = tree
  const offset = node?.range[0] ?? 0
  if (isAlias(node)) throw unsupportedYaml(text, file, offset, 'has an alias where an edit is needed')
  throw pathTaken(text, file, offset, path, rest)
}

function replaceValue({ text, file }: YamlTree, { map, pair }: Place, value: Value): Splice[] {
  if (map.flow) return [replaceFlowValue(text, pair, value)]
  const splices = replaceBlockValue(text, map, pair, value)
  if (splices === undefined) throw unsupportedYaml(text, file, startOfPair(pair), 'has a key without a colon')
  return splices
}

function addPair(tree: YamlTree, map: YAMLMap.Parsed, [key = '', ...inner]: KeyPath, value: Value): Splice[] {
  const nested = nest(inner, value)
  if (map.flow) return addFlowPair(tree.text, map, key, nested)
  refuseOpenEnd(tree)
  return [addBlockPair(tree.text, map, key, nested)]
}
