import { type AST, ParseError, parseTOML } from 'toml-eslint-parser'
import { formatWhere, UserError, type Where } from '../../errors.ts'
import { whereAt } from '../document.ts'

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

/** A text without byte order mark, and what stands where in it. Every offset counts UTF-16 units of `text`. */
export interface Source {
  readonly text: string
  readonly program: AST.TOMLProgram
  readonly outline: Outline
}

/** Throws UserError `does-not-parse` with file, line and column. */
export function parseSource(text: string, file: string): Source {
  try {
    // A `0` that ends the text is of no length to the parser, but for a line end behind it. (toml-eslint-parser 1.0.3)
    const program = parseTOML(text.endsWith('0') ? `${text}\n` : text, { tomlVersion: '1.1' })
    return { text, program, outline: listOutline(program.body[0]) }
  } catch (error) {
    if (error instanceof ParseError) throw refusal(error.message, error.index)
    // The parser spreads the characters of a string over the arguments of one call.
    if (error instanceof RangeError) throw refusal('a string is too long or arrays nest too deep', 0)
    throw error
  }

  function refusal(reason: string, offset: number) {
    return doesNotParse(reason, whereAt(file, text, Math.min(offset, text.length)))
  }
}

/** The refusal of a text. `reason` is a parser's fixed phrase and never quotes the file, which may hold a key. */
export function doesNotParse(reason: string, where: Where): UserError {
  const twice = /multiple times|redefine/.test(reason)
  return new UserError({
    code: 'does-not-parse',
    message: `${where.file} is not valid TOML: ${twice ? 'a key or table is defined twice' : lowerFirst(reason)}.`,
    hint: twice
      ? `Take out or rename one of the two; the second is at ${formatWhere(where)}. Then run the command again.`
      : `Correct ${formatWhere(where)}, then run the command again.`,
    exit: 1,
    where,
  })
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
