import type { Node } from 'jsonc-parser'
import type { KeyPath, Value } from '../document.ts'
import type { Span } from '../splice.ts'
import type { Braces } from './braces.ts'

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
