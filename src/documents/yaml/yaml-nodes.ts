import { type CST, isCollection, isPair, isScalar, type ParsedNode, type YAMLMap } from 'yaml'
import type { Braces } from '../json/braces.ts'

/** One `key: value` of a mapping, with the tokens that it was read from. */
export type YamlPair = YAMLMap.Parsed['items'][number]

/** The key as `parse` of the package makes it a property of an object. */
export function keyOf(pair: YamlPair): string {
  const value = isScalar(pair.key) ? pair.key.value : null
  return value === null ? '' : String(value)
}

/** Where the pair begins, with the `?`, anchor or tag of its key. */
export function startOfPair(pair: YamlPair): number {
  return pair.srcToken?.start.find(isMeaningful)?.offset ?? pair.key.range[0]
}

/** Where the pair ends: no comment, and no line break behind it. */
export function endOfPair(text: string, pair: YamlPair): number {
  const { key, value } = pair
  if (value !== null && value.range[0] < value.range[1]) return endOfNode(text, value)
  return endOfSeparator(pair) ?? endOfNode(text, key)
}

/** Behind the colon; undefined when the pair is a key alone. */
export function endOfColon(pair: YamlPair): number | undefined {
  return endOf(pair.srcToken?.sep?.find(({ type }) => type === 'map-value-ind'))
}

/** Behind the colon and the anchor and tag of the value. */
export function endOfSeparator(pair: YamlPair): number | undefined {
  return endOf(pair.srcToken?.sep?.findLast(isMeaningful))
}

/** Where a mapping in `{ }` and each of its pairs stand. */
export function bracesOf(text: string, map: YAMLMap.Parsed): Braces {
  const entries = map.items.map((pair) => ({ start: startOfPair(pair), end: endOfPair(text, pair) }))
  return { start: map.range[0], end: map.range[1], entries }
}

/** Whether the value is written as lines behind `|` or `>`. */
export function isBlockScalar(node: unknown): boolean {
  return isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED')
}

function endOfNode(text: string, node: ParsedNode): number {
  const last = isCollection(node) && !node.flow ? node.items.at(-1) : undefined
  if (last) return isPair(last) ? endOfPair(text, last) : endOfNode(text, last)
  const end = node.range[1]
  if (!isBlockScalar(node) || text[end - 1] !== '\n') return end
  return text[end - 2] === '\r' ? end - 2 : end - 1
}

function isMeaningful({ type }: CST.SourceToken): boolean {
  return !['space', 'newline', 'comment', 'comma'].includes(type)
}

function endOf(token: CST.SourceToken | undefined): number | undefined {
  return token && token.offset + token.source.length
}
