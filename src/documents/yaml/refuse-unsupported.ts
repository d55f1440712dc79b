import { type Document, isAlias, isMap, isNode, isScalar, visit, type YAMLMap } from 'yaml'
import { doesNotParse, duplicateKey, unsupportedYaml } from './yaml-errors.ts'
import { keyOf, startOfPair } from './yaml-nodes.ts'

const coreTag = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/

/**
 * Refuses what readers of YAML do not agree on, or what cannot be compared after an edit: tags beyond the core
 * schema, keys that are no scalars, and values that contain themselves. Equal keys and aliases without an anchor are
 * errors.
 */
export function refuseUnsupported(document: Document.Parsed, text: string, file: string): void {
  visit(document, (_, node, above) => {
    if (!isNode(node)) return
    const offset = node.range?.[0] ?? 0
    if (isAlias(node)) {
      const meant = node.resolve(document)
      if (meant === undefined) throw doesNotParse(text, file, offset, 'alias without anchor')
      if (above.includes(meant))
        throw unsupportedYaml(text, file, offset, 'holds a value that contains itself')
    } else if (node.tag !== undefined && !coreTag.test(node.tag)) {
      throw unsupportedYaml(text, file, offset, 'has a tag beyond the core schema')
    } else if (isMap(node)) {
      refuseKeys(node as YAMLMap.Parsed, text, file)
    }
  })
}

/** Readers do not agree whether a carriage return alone ends a line (PyYAML 6.0: yes; yaml 2.9: no). */
export function refuseLoneReturn(text: string, file: string): void {
  const offset = text.search(/\r(?!\n)/)
  if (offset !== -1) throw unsupportedYaml(text, file, offset, 'has a carriage return without a line feed')
}

function refuseKeys(map: YAMLMap.Parsed, text: string, file: string): void {
  const seen = new Set<string>()
  for (const pair of map.items) {
    const offset = startOfPair(pair)
    if (!isScalar(pair.key)) throw unsupportedYaml(text, file, offset, 'has a key that is no plain text')
    if (seen.has(keyOf(pair))) throw duplicateKey(text, file, offset)
    seen.add(keyOf(pair))
  }
}
