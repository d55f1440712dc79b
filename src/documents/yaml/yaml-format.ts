import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type ParsedNode,
  parse,
  Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { UserError } from '../../errors.ts'
import { type Format, type KeyPath, remembered, type Value } from '../document.ts'
import { type Editor, nest, openSpliced, withoutMark } from '../json/spliced-document.ts'
import { firstLineBreak, insertion, lineBreakBefore, type Span, type Splice } from '../lines.ts'
import { entryNameOf, named } from '../list-entry.ts'
import { sameValue, valueAt, withValueAt } from '../value.ts'
import { addItem, type Item, isNamed, removeItem, replaceItem } from './block-list.ts'
import {
  addBlockPair,
  addFlowPair,
  removeBlockPair,
  removeFlowPair,
  replaceBlockValue,
  replaceFlowValue,
} from './block-mapping.ts'
import { parseYaml, pathTaken, unsupportedYaml, verifyEdit, type YamlTree } from './parse-yaml.ts'
import {
  isBlockScalar,
  isSafePlain,
  keyOf,
  renderPair,
  renderScalar,
  startOfPair,
  type YamlPair,
} from './yaml-nodes.ts'

const editor: Editor<YamlTree> = {
  parse: parseYaml,
  get: ({ data }, path) => valueAt(data, path),
  set: setYaml,
  unset: unsetYaml,
  // The verification of the edit has read it.
  after: ({ file }, text) => parseYaml(text, file),
  spelling: spellingOfYaml,
}

/**
 * YAML with one document and a mapping at its root. What is written reads the same in YAML 1.1 (PyYAML) and 1.2.
 * A key without a value (`env:`) is no container; `env: {}` is.
 *
 * The referee is a parser of the same package: the editor uses the offsets of its syntax tree and words the text
 * itself, so a wrong splice shows; a fault of the package's lexer would not.
 */
export const yamlFormat: Format = {
  open: (text, file) => openSpliced(text, file, editor),
  parseStrict: (text) => readData(withoutMark(text)),
}

/** What the editor has read already is not read again; what it refuses, others may take. */
const readData = remembered((text: string): Value => {
  try {
    return parseYaml(text, 'The text').data
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'too-deep') throw error
    // Without pretty errors: a message for each of many errors takes all memory. The package compares each key with every
    // other to find equal ones; the editor has found them already.
    const options = { maxAliasCount: 100, logLevel: 'error', prettyErrors: false, uniqueKeys: false } as const
    return parse(text, options) ?? {}
  }
})

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
  if (rest.length === 0 && place)
    return 'pair' in place ? replaceValue(tree, place, value) : [replaceItem(tree.text, place, value)]
  if (isSeq(node) && entryNameOf(rest[0] ?? '')) return addEntryOf(tree, node as YAMLSeq.Parsed, rest, value)
  if (isMap(node)) return addPair(tree, node as YAMLMap.Parsed, rest, value)
  const { text, file } = tree
  const offset = node?.range[0] ?? 0
  if (isAlias(node)) throw unsupportedYaml(text, file, offset, 'yaml.alias')
  throw pathTaken(text, file, offset, path, rest)
}

function replaceValue({ text, file }: YamlTree, { map, pair }: Place, value: Value): Splice[] {
  if (map.flow) return [replaceFlowValue(text, pair, value)]
  const splices = replaceBlockValue(text, map, pair, value)
  if (splices === undefined) throw unsupportedYaml(text, file, startOfPair(pair), 'yaml.no-colon')
  return splices
}

function addEntryOf(tree: YamlTree, list: YAMLSeq.Parsed, [key = '', ...inner]: KeyPath, value: Value) {
  if (!list.flow) refuseOpenEnd(tree)
  return addItem(tree.text, list, named(nest(inner, value), entryNameOf(key)))
}

function addPair(tree: YamlTree, map: YAMLMap.Parsed, [key = '', ...inner]: KeyPath, value: Value): Splice[] {
  const nested = nest(inner, value)
  if (map.flow) return addFlowPair(tree.text, map, key, nested)
  refuseOpenEnd(tree)
  return [addBlockPair(tree.text, map, key, nested)]
}

/** A nested block mapping that loses its last key is written as `{}`; the root is left without text of its own. */
export function unsetYaml(tree: YamlTree, path: KeyPath): Splice[] {
  const { text, file, root, data } = tree
  if (root === undefined) return []
  const found = descend(root, path)
  if (found.rest.length > 0 && isAlias(found.node)) {
    throw unsupportedYaml(text, file, found.node.range[0], 'yaml.alias')
  }
  if (found.rest.length > 0 || found.place === undefined) return []
  refuseShared(tree, found)
  return verifyEdit(tree, removePlace(tree, found.place), withValueAt(data, path, undefined))
}

function removePlace({ text, file }: YamlTree, place: Place | Item): Splice[] {
  if ('list' in place) {
    const splices = removeItem(text, place)
    if (splices === undefined) throw unsupportedYaml(text, file, place.list.range[0], 'yaml.later-key')
    return splices
  }
  const { map, pair, holder } = place
  if (map.flow) return removeFlowPair(text, map, pair)
  const splices = removeBlockPair(text, map, pair, holder)
  if (splices === undefined) throw unsupportedYaml(text, file, startOfPair(pair), 'yaml.later-key')
  return splices
}

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
  readonly place: Place | Item | undefined
  /** The keys that the document does not have. */
  readonly rest: KeyPath
  /** The mappings and lists on the way. */
  readonly maps: readonly (YAMLMap.Parsed | YAMLSeq.Parsed)[]
}

/** Follows a path as far as there are mappings that have its keys, and lists that have its entries. */
export function descend(root: ParsedNode, path: KeyPath): Descent {
  const maps: (YAMLMap.Parsed | YAMLSeq.Parsed)[] = []
  let node: ParsedNode | null = root
  let place: Place | Item | undefined
  for (const [depth, key] of path.entries()) {
    if (isMap(node) || isSeq(node)) maps.push(node as YAMLMap.Parsed | YAMLSeq.Parsed)
    const next = stepInto(node, key, place && 'pair' in place ? place.pair : undefined)
    if (next === undefined) return { node, place, rest: path.slice(depth), maps }
    place = next.place
    node = next.node
  }
  return { node, place, rest: [], maps }
}

function stepInto(
  node: ParsedNode | null,
  key: string,
  holder: YamlPair | undefined,
): (Pick<Descent, 'node'> & { readonly place: Place | Item }) | undefined {
  const name = entryNameOf(key)
  if (isSeq(node) && name) {
    const list = node as YAMLSeq.Parsed
    const index = list.items.findIndex((item) => isNamed(item, name))
    return index < 0 ? undefined : { node: list.items[index] ?? null, place: { list, index, holder } }
  }
  if (!isMap(node)) return undefined
  const map = node as YAMLMap.Parsed
  const pair = map.items.find((item) => keyOf(item) === key)
  return pair && { node: pair.value, place: { map, pair, holder } }
}

/** Refuses an edit that would change, or leave without its anchor, a value that stands elsewhere as an alias. */
export function refuseShared({ text, file, root }: YamlTree, { maps, place, rest }: Descent): void {
  if (!text.includes('*')) return
  const aliased = new Set<string>()
  const refuse = (node: object) => {
    if ('anchor' in node && aliased.has(String(node.anchor))) {
      throw unsupportedYaml(text, file, (node as ParsedNode).range[0], 'yaml.shared')
    }
  }
  visit(root ?? null, { Alias: (_, { source }) => void aliased.add(source) })
  maps.forEach(refuse)
  if (rest.length > 0 || place === undefined) return
  const parts = 'pair' in place ? [place.pair.key, place.pair.value] : [place.list.items[place.index] ?? null]
  for (const node of parts) visit(node, { Value: (_, inner) => refuse(inner) })
}

const styles: readonly unknown[] = [Scalar.PLAIN, Scalar.QUOTE_SINGLE, Scalar.QUOTE_DOUBLE]

/** Where a scalar of one line stands. Of several lines it goes by its indent, and a tag or an anchor counts as well. */
export function spellingOfYaml({ root, text }: YamlTree, path: KeyPath): Span | undefined {
  const found = root && descend(root, path)
  if (!found || found.rest.length > 0 || !isScalar(found.node)) return undefined
  const { type, tag, anchor, range } = found.node
  if (!styles.includes(type) || tag !== undefined || anchor !== undefined) return undefined
  const [start, end] = range
  return /[\r\n]/.test(text.slice(start, end)) ? undefined : { start, end }
}

/** Whether readers of YAML 1.1 and 1.2 take the value for the same: not so with `yes`, `012` or `1:30`. */
export function readsAlike(value: Node | null): boolean {
  let alike = true
  visit(value, (_, node) => {
    if (isAlias(node)) alike = false
    if (!isScalar(node) || node.type !== 'PLAIN') return
    const source = node.source ?? ''
    if (typeof node.value === 'string') alike &&= isSafePlain(source)
    if (typeof node.value === 'number') alike &&= source === renderScalar(node.value)
  })
  return alike
}

/**
 * Refuses to add a line behind a block scalar without a final line break: the new break would become part of its
 * value for some readers (PyYAML 6.0).
 */
export function refuseOpenEnd({ text, file, root }: YamlTree): void {
  if (text.endsWith('\n')) return
  visit(root ?? null, {
    Scalar: (_, node) => {
      const [start, end] = node.range ?? [0, 0]
      const open = isBlockScalar(node) && end === text.length
      if (open && String(node.value).endsWith('\n')) {
        throw unsupportedYaml(text, file, start, 'yaml.open-end')
      }
    },
  })
}

/** In a document without content the pair goes to its end, behind all comments and in front of `...`. */
export function addFirstPair({ text, end }: YamlTree, path: KeyPath, value: Value): Splice {
  const newline = firstLineBreak(text)
  const pair = renderPair(path[0] as string, nest(path.slice(1), value), '', newline)
  if (end === 0) return insertion(0, pair + newline)
  return insertion(lineBreakBefore(text, end) ?? end, newline + pair)
}
