import { isAlias } from 'yaml'
import type { KeyPath } from '../document.ts'
import type { Splice } from '../splice.ts'
import { removeBlockPair } from './block-mapping.ts'
import { descend, type Place, refuseShared } from './descend-yaml.ts'
import { removeFlowPair } from './flow-mapping.ts'
import type { YamlTree } from './parse-yaml.ts'
import { withValueAt } from './plain-data.ts'
import { verifyEdit } from './verify-edit.ts'
import { unsupportedYaml } from './yaml-errors.ts'
import { startOfPair } from './yaml-nodes.ts'

/** A nested block mapping that loses its last key is written as `{}`; the root is left without text of its own. */
export function unsetYaml(tree: YamlTree, path: KeyPath): Splice[] {
  const { text, file, root, data } = tree
  if (root === undefined) return []
  const found = descend(root, path)
  if (found.rest.length > 0 && isAlias(found.node)) {
    throw unsupportedYaml(text, file, found.node.range[0], 'has an alias where an edit is needed')
  }
  if (found.rest.length > 0 || found.place === undefined) return []
  refuseShared(tree, found)
  return verifyEdit(tree, removePair(tree, found.place), withValueAt(data, path, undefined))
}

function removePair({ text, file }: YamlTree, { map, pair, holder }: Place): Splice[] {
  if (map.flow) return removeFlowPair(text, map, pair)
  const splices = removeBlockPair(text, map, pair, holder)
  if (splices === undefined)
    throw unsupportedYaml(text, file, startOfPair(pair), 'has this key behind others on its line')
  return splices
}
