import type { AST } from 'toml-eslint-parser'

/** Keys from the root; a number counts the elements of an array of tables. */
export type Steps = readonly (string | number)[]

/** Where pairs can be written: the root, what follows a header, or an inline table that is no array's element. */
export interface Section {
  readonly path: Steps
  readonly node: AST.TOMLTopLevelTable | AST.TOMLTable | AST.TOMLInlineTable
}

/** A `key = value`; a dotted key makes the path longer than the section's by more than one. */
export interface Pair {
  readonly path: Steps
  readonly node: AST.TOMLKeyValue
  readonly section: Section
}

/** Where everything in a TOML file stands, in the order of the text. */
export interface Outline {
  readonly sections: readonly Section[]
  readonly pairs: readonly Pair[]
}

/** All sections and pairs below a table, in the order of the text. */
export function listOutline(table: AST.TOMLTopLevelTable | AST.TOMLInlineTable): Outline {
  const sections: Section[] = []
  const pairs: Pair[] = []
  visitSection({ path: [], node: table })
  return { sections, pairs }

  function visitSection(section: Section): void {
    sections.push(section)
    for (const node of section.node.body) {
      if (node.type === 'TOMLTable') visitSection({ path: node.resolvedKey, node })
      else visitPair(node, section)
    }
  }

  function visitPair(node: AST.TOMLKeyValue, section: Section): void {
    const path = [...section.path, ...node.key.keys.map(keyName)]
    pairs.push({ path, node, section })
    if (node.value.type === 'TOMLInlineTable') visitSection({ path, node: node.value })
  }
}

/** Whether a path is the other one or below it. */
export function startsWith(path: Steps, start: Steps): boolean {
  return start.length <= path.length && start.every((step, index) => step === path[index])
}

/** Whether two paths have the same steps; a number and its text are two. */
export function isSamePath(path: Steps, other: Steps): boolean {
  return path.length === other.length && startsWith(path, other)
}

function keyName(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value
}
