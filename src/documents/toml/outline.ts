import { nextLine, type Span } from '../lines.ts'
import { endOfValue, isBare, readKeys, skipBlanks, skipTrivia } from './tokens.ts'

/** Keys from the root; a number counts the elements of an array of tables. */
export type Steps = readonly (string | number)[]

/** Where pairs can be written: the root, what follows a header, or an inline table. */
export interface Section {
  readonly kind: 'root' | 'header' | 'inline'
  readonly path: Steps
  /** Where the header or the opening brace stands. */
  readonly start: number
  /** Behind the closing brace; of the others, where the header ends. */
  readonly end: number
  /** The last pair before the next header or the closing brace. Of the root, only the line that its value ends on is sure. */
  readonly last: PairSpan | undefined
}

/** Where a pair begins, and where its value ends. */
export interface PairSpan extends Span {
  readonly valueStart: number
  /** In an inline table, the brace or the comma in front of the pair. */
  readonly mark: number
}

/** A `key = value`; a dotted key makes the path longer than the section's by more than one. */
export interface Pair extends PairSpan {
  readonly path: Steps
  readonly section: Section
}

/** Where the parts of a TOML text stand, in the order of the text. */
export interface Outline {
  readonly sections: readonly Section[]
  readonly pairs: readonly Pair[]
  readonly root: Section
  /** How many pairs the root has in front of all headers. */
  readonly rootPairs: number
  /** Where the first header stands. */
  readonly firstHeader: number | undefined
}

/**
 * Finds the sections and pairs whose first key is `first`, or all, in one pass that looks at no value but to find its
 * end, and into lists of inline tables where `intoLists` is true. The root is always there, with its last pair. The text must be valid TOML, which smol-toml is asked before.
 */
export function outlineOf(text: string, first?: string, intoLists = false): Outline {
  const isWanted = (keys: readonly string[]) => first === undefined || keys[0] === first
  const root: Open<Section> = { kind: 'root', path: [], start: 0, end: 0, last: undefined }
  const sections: Section[] = [root]
  const pairs: Pair[] = []
  const arrays = new ArrayCounts()
  let section: Open<Section> | undefined = root
  let rootPairs = 0
  let firstHeader: number | undefined
  for (let at = skipTrivia(text, 0); at < text.length; at = skipTrivia(text, at)) at = readPart(at)
  return { sections, pairs, root, rootPairs, firstHeader }

  /** Whether a bare key stands there that is not the wanted one, without reading it. */
  function isOther(start: number): boolean {
    return first !== undefined && isBare(text.charCodeAt(start)) && !text.startsWith(first, start)
  }

  function readPart(start: number): number {
    return text[start] === '[' ? readHeader(start) : readPair(start)
  }

  function readHeader(start: number): number {
    firstHeader ??= start
    if (isOther(start + (text[start + 1] === '[' ? 2 : 1))) {
      section = undefined
      return nextLine(text, start)
    }
    const isArray = text[start + 1] === '['
    const { keys, end } = readKeys(text, start + (isArray ? 2 : 1))
    const path = arrays.resolve(keys, isArray)
    section = isWanted(keys) ? { kind: 'header', path, start, end, last: undefined } : undefined
    if (section) sections.push(section)
    return end + (isArray ? 2 : 1)
  }

  function readPair(start: number): number {
    if (section === root) rootPairs += 1
    if (section === undefined || (section === root && isOther(start))) {
      const valueStart = shortValueOf(text, start)
      if (valueStart !== undefined) {
        if (section) section.last = { start, valueStart, end: valueStart, mark: start }
        return nextLine(text, valueStart)
      }
    }
    const { keys, end } = readKeys(text, start)
    const valueStart = skipBlanks(text, end + 1)
    if (section && (section !== root || isWanted(keys)))
      return addPair(keys, section, start, valueStart, start)
    const behind = endOfValue(text, valueStart)
    if (section) section.last = { start, valueStart, end: behind, mark: start }
    return behind
  }

  /** Adds a pair, and what its inline table has; gives the offset behind it. */
  function addPair(
    keys: readonly string[],
    holder: Open<Section>,
    start: number,
    valueStart: number,
    mark: number,
  ): number {
    const path = [...holder.path, ...keys]
    const pair: Open<Pair> = { path, section: holder, start, valueStart, end: 0, mark }
    pairs.push(pair)
    holder.last = pair
    pair.end = addValue(path, valueStart)
    return pair.end
  }

  function addValue(path: Steps, start: number): number {
    if (text[start] === '{') return addInline(path, start)
    const isOfTables = intoLists && text[start] === '[' && text[skipTrivia(text, start + 1)] === '{'
    const elements = isOfTables ? elementsOf(text, start) : []
    for (const [index, element] of elements.entries())
      if (text[element.start] === '{') addInline([...path, index], element.start)
    return endOfValue(text, start)
  }

  function addInline(path: Steps, start: number): number {
    const inline: Open<Section> = { kind: 'inline', path, start, end: 0, last: undefined }
    sections.push(inline)
    let mark = start
    let at = skipTrivia(text, start + 1)
    while (at < text.length && text[at] !== '}') {
      const { keys, end } = readKeys(text, at)
      at = skipTrivia(text, addPair(keys, inline, at, skipBlanks(text, end + 1), mark))
      if (text[at] !== ',') continue
      mark = at
      at = skipTrivia(text, at + 1)
    }
    inline.end = at + 1
    return inline.end
  }
}

/** Where the value begins of a pair with a bare key that ends on the same line, whatever it is; undefined for any other. */
function shortValueOf(text: string, start: number): number | undefined {
  if (!isBare(text.charCodeAt(start))) return undefined
  let at = start
  while (isBare(text.charCodeAt(at))) at += 1
  at = skipBlanks(text, at)
  if (text[at] !== '=') return undefined
  const value = skipBlanks(text, at + 1)
  const char = text[value]
  const isLong = char === '[' || char === '{' || ((char === '"' || char === "'") && text[value + 1] === char)
  return isLong ? undefined : value
}

/** While it is read. */
type Open<Part> = { -readonly [Name in keyof Part]: Part[Name] }

/** How many elements each array of tables has so far. */
class ArrayCounts {
  readonly #root: ArrayNode = { count: 0, below: new Map() }

  /** The keys of a header with the number of the element behind each array; a header of an array begins an element. */
  resolve(keys: readonly string[], isArray: boolean): Steps {
    if (!isArray && this.#root.below.size === 0) return keys
    const path: (string | number)[] = []
    let node: ArrayNode | undefined = this.#root
    for (const [index, key] of keys.entries()) {
      if (isArray && node && !node.below.has(key)) node.below.set(key, { count: 0, below: new Map() })
      node = node?.below.get(key)
      path.push(key)
      if (isArray && node && index === keys.length - 1) {
        node.count += 1
        node.below.clear()
      }
      if (node && node.count > 0) path.push(node.count - 1)
    }
    return path
  }
}

interface ArrayNode {
  count: number
  readonly below: Map<string, ArrayNode>
}

/** Whether a path is the other one or below it. */
export function startsWith(path: Steps, start: Steps): boolean {
  return start.length <= path.length && start.every((step, index) => step === path[index])
}

/** Whether two paths have the same steps; a number and its text are two. */
export function isSamePath(path: Steps, other: Steps): boolean {
  return path.length === other.length && startsWith(path, other)
}

/** Where a new key of an existing table is to be written. */
export interface Home {
  readonly section: Section
  /** The pair that it comes behind; undefined when the section has none. */
  readonly after: PairSpan | undefined
  /** Whether the table's own tables can have headers. */
  readonly takesHeaders: boolean
  /** The section stands behind a header of the table: a dotted key there would define the table a second time. */
  readonly isLate: boolean
}

/**
 * The place for a key of the table at a path. A table with a header or braces of its own takes the key there; one made of dotted keys takes one more of them;
 * one that exists only through the headers of its sub tables (`[a.b]` makes `a`) takes a dotted key in the nearest
 * table above.
 */
export function findHome(outline: Outline, path: Steps): Home {
  const section = outline.sections.find((candidate) => isSamePath(candidate.path, path))
  if (section) {
    // A header below an entry of a list would count for the last one.
    const takesHeaders = section.kind !== 'inline' && path.every((step) => typeof step === 'string')
    return { section, after: section.last, takesHeaders, isLate: false }
  }
  const dotted = outline.pairs.findLast(
    (pair) => startsWith(pair.path, path) && pair.section.path.length < path.length,
  )
  if (dotted) return { section: dotted.section, after: dotted, takesHeaders: false, isLate: false }
  const home = findHome(outline, path.slice(0, -1))
  const takesHeaders = path.every((step) => typeof step === 'string')
  const isLate = outline.sections.some(
    (other) => startsWith(other.path, path) && other.start < home.section.start,
  )
  return { ...home, takesHeaders, isLate }
}

/** Where each element of an array stands. */
export function elementsOf(text: string, start: number): Span[] {
  const found: Span[] = []
  let at = skipTrivia(text, start + 1)
  while (at < text.length && text[at] !== ']') {
    const end = endOfValue(text, at)
    found.push({ start: at, end })
    at = skipTrivia(text, end)
    if (text[at] === ',') at = skipTrivia(text, at + 1)
  }
  return found
}
