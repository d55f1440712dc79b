import type { AST } from 'toml-eslint-parser'
import { isSamePath, type Outline, type Section, startsWith } from './outline.ts'

/** Where a new key of an existing table is to be written. */
export interface Home {
  readonly section: Section
  /** The pair that it comes behind; undefined when the section has none. */
  readonly after: AST.TOMLKeyValue | undefined
  /** Whether the table's own tables can have headers. */
  readonly takesHeaders: boolean
  /** The section stands behind a header of the table: a dotted key there would define the table a second time. */
  readonly isLate: boolean
}

/**
 * A table with a header or braces of its own takes the key there; one made of dotted keys takes one more of them;
 * one that exists only through the headers of its sub tables (`[a.b]` makes `a`) takes a dotted key in the nearest
 * table above.
 */
export function findHome(outline: Outline, path: readonly string[]): Home {
  const section = outline.sections.find((candidate) => isSamePath(candidate.path, path))
  if (section) {
    const after = outline.pairs.findLast((pair) => pair.section === section)?.node
    return { section, after, takesHeaders: section.node.type !== 'TOMLInlineTable', isLate: false }
  }
  const dotted = outline.pairs.findLast(
    (pair) => startsWith(pair.path, path) && pair.section.path.length < path.length,
  )
  if (dotted) return { section: dotted.section, after: dotted.node, takesHeaders: false, isLate: false }
  const home = findHome(outline, path.slice(0, -1))
  const isLate = outline.sections.some(
    (other) => startsWith(other.path, path) && other.node.range[0] < home.section.node.range[0],
  )
  return { ...home, takesHeaders: true, isLate }
}
