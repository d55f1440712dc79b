import { isMap, type ParsedNode, visit, type YAMLMap } from 'yaml'
import type { KeyPath } from '../document.ts'
import type { YamlTree } from './parse-yaml.ts'
import { unsupportedYaml } from './yaml-errors.ts'
import { keyOf, type YamlPair } from './yaml-nodes.ts'

/** A pair, the mapping that it stands in, and the pair that holds that mapping (undefined at the root). */
export interface Place {
  readonly map: YAMLMap.Parsed
  readonly pair: YamlPair
  readonly holder: YamlPair | undefined
}

/** How far a path leads into a document. */
export interface Descent {
  /** The deepest value on the path; null when its key stands alone. */
  readonly node: ParsedNode | null
  /** Where that value stands; undefined at the root. */
  readonly place: Place | undefined
  /** The keys that the document does not have. */
  readonly rest: KeyPath
  /** The mappings on the way. */
  readonly maps: readonly YAMLMap.Parsed[]
}

/** Follows a path as far as there are mappings that have its keys. */
export function descend(root: ParsedNode, path: KeyPath): Descent {
  const maps: YAMLMap.Parsed[] = []
  let node: ParsedNode | null = root
  let place: Place | undefined
  for (const [depth, key] of path.entries()) {
    const map: ParsedNode | null = node
    if (!isMap(map)) return { node, place, rest: path.slice(depth), maps }
    maps.push(map)
    const pair: YamlPair | undefined = map.items.find((item) => keyOf(item) === key)
    if (pair === undefined) return { node, place, rest: path.slice(depth), maps }
    place = { map, pair, holder: place?.pair }
    node = pair.value
  }
  return { node, place, rest: [], maps }
}

/** Refuses an edit that would change, or leave without its anchor, a value that stands elsewhere as an alias. */
export function refuseShared({ text, file, root }: YamlTree, { maps, place, rest }: Descent): void {
  const aliased = new Set<string>()
  const refuse = (node: object) => {
    if ('anchor' in node && aliased.has(String(node.anchor))) {
      throw unsupportedYaml(
        text,
        file,
        (node as ParsedNode).range[0],
        'uses this value elsewhere by an alias',
      )
    }
  }
  visit(root ?? null, { Alias: (_, { source }) => void aliased.add(source) })
  maps.forEach(refuse)
  if (rest.length > 0 || place === undefined) return
  for (const node of [place.pair.key, place.pair.value]) visit(node, { Value: (_, inner) => refuse(inner) })
}
