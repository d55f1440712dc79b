import { type CST, isCollection, isPair, isScalar, type ParsedNode, type YAMLMap } from 'yaml'
import { noWordFor, type Value } from '../document.ts'

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

/** Whether the value is written as lines behind `|` or `>`. */
export function isBlockScalar(node: unknown): boolean {
  return isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED')
}

/** Where a value ends, without the line break behind it. */
export function endOfNode(text: string, node: ParsedNode): number {
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

/** Words that YAML 1.1 readers such as PyYAML, or YAML 1.2 readers, take as something else than a string. */
const reserved = /^(?:y|n|yes|no|on|off|true|false|null|none|nan|inf)$/i

/** Characters that JSON leaves as they are but that YAML 1.1 readers refuse or take as line ends. */
const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

/** Whether every reader, of YAML 1.1 and of 1.2, in block and in flow style, takes the bare text as that string. */
export function isSafePlain(text: string): boolean {
  return /^[A-Za-z][\w./+-]*$/.test(text) && !reserved.test(text)
}

/**
 * One value as every reader of YAML 1.1 and 1.2 takes it: a string without quotes only where that is safe. Errors:
 * UserError for NaN and what is not finite.
 */
export function renderScalar(value: string | number | boolean | null): string {
  if (typeof value === 'string') return isSafePlain(value) ? value : quote(value)
  return typeof value === 'number' ? renderNumber(value) : String(value)
}

/** `key: value` with all lines but the first indented to `indent` or deeper. */
export function renderPair(key: string, value: Value, indent: string, newline: string): string {
  return `${renderScalar(key)}:${renderValue(value, indent, newline)}`
}

/** What follows the colon of a block mapping at `indent`: a space and the value, or lines that begin with a line end. */
export function renderValue(value: Value, indent: string, newline: string): string {
  if (!isFilled(value)) return ` ${renderFlow(value)}`
  const inner = `${indent}  `
  const lines = Array.isArray(value)
    ? value.map((item) => renderItem(item, inner, newline))
    : Object.entries(value).map(([key, item]) => renderPair(key, item, inner, newline))
  return lines.map((line) => newline + inner + line).join('')
}

/** An entry of a list whose `-` stands at `indent`; each key of a mapping gets a line. */
export function renderItem(item: Value, indent: string, newline: string): string {
  if (!isFilled(item) || Array.isArray(item)) return `- ${renderFlow(item)}`
  const inner = `${indent}  `
  const pairs = Object.entries(item).map(([key, value]) => renderPair(key, value, inner, newline))
  return `- ${pairs.join(newline + inner)}`
}

/** The value on one line. */
export function renderFlow(value: Value): string {
  if (typeof value !== 'object' || value === null) return renderScalar(value)
  if (Array.isArray(value)) return `[${value.map(renderFlow).join(', ')}]`
  return `{${Object.entries(value).map(renderFlowPair).join(', ')}}`
}

/** A pair for `{ }`, on one line. */
export function renderFlowPair([key, value]: readonly [string, Value]): string {
  return `${renderScalar(key)}: ${renderFlow(value)}`
}

/** A float needs a dot: PyYAML reads `1e+21` as a string. */
function renderNumber(value: number): string {
  if (!Number.isFinite(value)) throw noWordFor(value, 'YAML 1.1')
  const digits = JSON.stringify(value)
  return digits.includes('.') ? digits : digits.replace('e', '.0e')
}

function quote(text: string): string {
  return JSON.stringify(text).replace(unprintable, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

function isFilled(value: Value): value is readonly Value[] | { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}
