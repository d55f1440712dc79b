import type { Node } from 'jsonc-parser'
import { type KeyPath, noWordFor, type Value } from '../document.ts'
import { firstLineBreak, indentAt } from '../lines.ts'
import type { Span } from '../splice.ts'
import { type BraceStyle, type Braces, startsLine } from './braces.ts'

/** How far a path leads into a tree. */
export interface Descent {
  /** The deepest value on the path. */
  readonly node: Node
  /** The property that holds the value; undefined at the root. */
  readonly property: Node | undefined
  /** The object that holds that property. */
  readonly holder: Node | undefined
  /** The keys that the tree does not have. */
  readonly rest: KeyPath
}

/** Follows a path as far as the tree has its keys. */
export function descend(root: Node, path: KeyPath): Descent {
  let found: Descent = { node: root, property: undefined, holder: undefined, rest: path }
  for (const key of path) {
    const holder = found.node
    const property = findProperty(holder, key)
    if (property === undefined) break
    found = { node: propertyValue(property), property, holder, rest: found.rest.slice(1) }
  }
  return found
}

/** The value that a node stands for. A key such as `__proto__` becomes a plain key. */
export function toValue(node: Node): Value {
  const children = node.children ?? []
  if (node.type === 'array') return children.map(toValue)
  if (node.type !== 'object') return node.value
  return Object.fromEntries(
    children.map((property) => [propertyKey(property), toValue(propertyValue(property))]),
  )
}

/** The key as the parser decoded it. */
export function propertyKey(property: Node): string {
  return property.children?.[0]?.value
}

/** The value, which every property of a tree without errors has. */
export function propertyValue(property: Node): Node {
  return property.children?.[1] as Node
}

/** Where a node stands, without the blanks and comments around it. */
export function spanOf(node: Node): Span {
  return { start: node.offset, end: node.offset + node.length }
}

/** Where an object and each of its entries stand. */
export function bracesOf(object: Node): Braces {
  return { ...spanOf(object), entries: (object.children ?? []).map(spanOf) }
}

function findProperty(node: Node, key: string): Node | undefined {
  return node.type === 'object' ? node.children?.find((property) => propertyKey(property) === key) : undefined
}

/** Sticky; matches one run of blanks, one line break or one comment. */
export const trivia = /[ \t]+|\r\n|\n|\r|\/\/[^\r\n]*|\/\*[\s\S]*?\*\//y

/** How a JSON text is written, as far as its own text tells; two spaces where it does not. */
export function jsonStyleOf(text: string, root: Node | undefined): BraceStyle {
  const unit = (root && detectUnit(text, root)) ?? '  '
  return { trivia, newline: firstLineBreak(text), unit, gap: detectGap(root) }
}

/** Writes a value over lines that are indented to `indent`, or on one line when that is undefined. */
export function renderJson(value: Value, style: BraceStyle, indent: string | undefined): string {
  if (indent !== undefined) {
    return JSON.stringify(value, refuseNonNumber, style.unit).replaceAll('\n', style.newline + indent)
  }
  if (style.gap === '') return JSON.stringify(value, refuseNonNumber)
  return JSON.stringify(value, refuseNonNumber, 1).replace(/\n */g, style.gap)
}

/** JSON.stringify would write null for them without a word. */
function refuseNonNumber(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw noWordFor(value, 'JSON')
  return value
}

function detectUnit(text: string, node: Node): string | undefined {
  let outer: string | undefined
  for (const child of node.children ?? []) {
    // In a text without lines nothing is looked for: it would be for its whole length, at each entry.
    if (startsLine(text, child.offset)) {
      outer ??= indentAt(text, node.offset)
      const inner = indentAt(text, child.offset)
      const deeper = inner.length > outer.length && inner.startsWith(outer)
      if (deeper) return inner.slice(outer.length)
    }
    const unit = detectUnit(text, child)
    if (unit !== undefined) return unit
  }
  return undefined
}

function detectGap(root: Node | undefined): string {
  const first = root?.type === 'object' ? root.children?.[0] : undefined
  if (first?.colonOffset === undefined) return ' '
  return propertyValue(first).offset === first.colonOffset + 1 ? '' : ' '
}
