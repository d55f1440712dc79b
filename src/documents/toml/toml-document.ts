import { TomlDate } from 'smol-toml'
import type { AST } from 'toml-eslint-parser'
import { UserError } from '../../errors.ts'
import { type BlankTrace, traceAbove, traceBelow } from '../blank-line.ts'
import { type Document, type KeyPath, type Value, whereAt } from '../document.ts'
import { commonNewline } from '../lines.ts'
import { applySplices } from '../splice.ts'
import { sameValue } from '../value.ts'
import {
  appendTables,
  blankBelowAt,
  insertInline,
  insertPairLine,
  isTable,
  removeInline,
  removeLines,
  type Table,
  writeKeys,
  writeLiteral,
  writePair,
  writeTables,
} from './insert-lines.ts'
import {
  findHome,
  type Home,
  isSamePath,
  listOutline,
  type Outline,
  type Pair,
  parseSource,
  type Source,
  type Steps,
  startsWith,
} from './outline.ts'

/** A TOML text under edit. Every edit splices the text and parses it again. */
export class TomlDocument implements Document {
  readonly #mark: string
  readonly #file: string
  #source: Source
  #trace: BlankTrace | undefined

  /** `mark` is the byte order mark, or empty. Throws UserError `does-not-parse`. */
  constructor(mark: string, body: string, file: string) {
    this.#mark = mark
    this.#file = file
    this.#source = parseSource(body, file)
  }

  get(path: KeyPath): Value | undefined {
    return readValue(this.#source.outline, path)
  }

  /** As Document.set; a refused value changes nothing. Throws TypeError for a root that is no table. */
  set(path: KeyPath, value: Value): void {
    const before = this.#source
    this.#trace = undefined
    try {
      this.#setAny(path, value)
    } catch (error) {
      this.#source = before
      throw error
    }
  }

  /** A value is spelled alike wherever it stands; a table with headers has no spelling of its own. */
  restore(path: KeyPath, original: TomlDocument): void {
    const value = original.get(path)
    if (value === undefined) return
    this.set(path, value)
    const [pair, old] = [this.#pairAt(path), original.#pairAt(path)]
    if (!pair || !old) return
    this.#replaceValue(pair, original.#source.text.slice(...old.node.value.range))
  }

  unset(path: KeyPath, traces?: readonly BlankTrace[]): void {
    const removed = removeLines(this.#source, path, traces)
    if (removed !== undefined) this.#edit(removed)
    else this.#unsetInline(path)
  }

  trace(): BlankTrace | undefined {
    return this.#trace
  }

  toText(): string {
    return this.#mark + this.#source.text
  }

  #edit(text: string): void {
    this.#source = parseSource(text, this.#file)
  }

  #setAny(path: KeyPath, value: Value): void {
    this.#refuseTakenPath(path)
    const old = this.get(path)
    if (isTable(old) && isTable(value)) this.#mergeTable(path, old, value)
    else if (path.length === 0) throw new TypeError('The root of a TOML document is a table')
    else this.#setWhole(path, old, value)
  }

  #mergeTable(path: KeyPath, old: Table, value: Table): void {
    for (const key of Object.keys(old)) if (!Object.hasOwn(value, key)) this.unset([...path, key])
    for (const [key, inner] of Object.entries(value)) this.#setAny([...path, key], inner)
    // A table without a header of its own is gone with its last key.
    if (this.get(path) === undefined) this.#insert(path, value)
  }

  #setWhole(path: KeyPath, old: Value | undefined, value: Value): void {
    const pair = this.#pairAt(path)
    if (sameValue(old, value) && !isOtherKind(pair, value)) return
    if (pair) this.#replaceValue(pair, writeLiteral(value))
    else {
      this.unset(path)
      this.#insert(path, value)
    }
  }

  #pairAt(path: KeyPath): Pair | undefined {
    return this.#source.outline.pairs.find((candidate) => isSamePath(candidate.path, path))
  }

  #replaceValue({ node }: Pair, literal: string): void {
    const [start, end] = node.value.range
    this.#edit(applySplices(this.#source.text, [{ start, end, text: literal }]))
  }

  #insert(path: KeyPath, value: Value): void {
    const depth = this.#depthOfTables(path)
    const home = findHome(this.#source.outline, path.slice(0, depth))
    const table = path.slice(0, -1)
    if (home.takesHeaders && isTable(value)) this.#append(path, value)
    else if (home.takesHeaders && depth < table.length) this.#append(table, { [path.at(-1) ?? '']: value })
    else if (home.isLate) throw this.#pathTaken(table, 'exists only through tables further up')
    else this.#insertPair(home, writePair(path.slice(home.section.path.length), value))
  }

  #insertPair(home: Home, pair: string): void {
    const isInline = home.section.node.type === 'TOMLInlineTable'
    const { text } = this.#source
    const at = blankBelowAt(text, home)
    if (at !== undefined) this.#trace = traceBelow(text.slice(at))
    this.#edit(isInline ? insertInline(this.#source, home, pair) : insertPairLine(text, home, pair))
  }

  #append(path: KeyPath, table: Table): void {
    const { text } = this.#source
    this.#trace = traceAbove(text)
    this.#edit(appendTables(text, writeTables(path, table, commonNewline(text))))
  }

  /** How many of the path's keys lead to tables that exist. */
  #depthOfTables(path: KeyPath): number {
    const missing = path.findIndex((_, index) => this.get(path.slice(0, index + 1)) === undefined)
    return missing < 0 ? path.length : missing
  }

  /** From the last to the first, so that no comma is left behind the last that stays. */
  #unsetInline(path: KeyPath): void {
    const isMeant = ({ path: own, section }: Pair) =>
      startsWith(own, path) && section.path.length < path.length
    for (;;) {
      const pair = this.#source.outline.pairs.findLast(isMeant)
      if (!pair) return
      this.#edit(removeInline(this.#source, pair))
    }
  }

  #refuseTakenPath(path: KeyPath): void {
    for (let length = 1; length < path.length; length += 1) {
      const value = this.get(path.slice(0, length))
      if (value === undefined) return
      if (!isTable(value)) throw this.#pathTaken(path.slice(0, length), 'is no table')
    }
  }

  #pathTaken(path: KeyPath, reason: string): UserError {
    const { text, outline } = this.#source
    const parts = [...outline.pairs, ...outline.sections].filter((part) => startsWith(part.path, path))
    const offset = Math.min(...parts.map(({ node }) => node.range[0]))
    return new UserError({
      code: 'path-taken',
      message: `\`${writeKeys(path)}\` in ${this.#file} ${reason}, so no key can be set in it.`,
      hint: `Make \`${writeKeys(path)}\` a table with a header, or take it out of the file; then run the command again.`,
      where: whereAt(this.#file, text, offset),
    })
  }
}

/** Whether the same text stands there as another kind of value: `get` gives dates and big integers as strings. */
function isOtherKind(pair: Pair | undefined, value: Value): boolean {
  const node = pair?.node.value
  return typeof value === 'string' && !(node?.type === 'TOMLValue' && node.kind === 'string')
}

/** A table or what stands for a value. */
interface Part {
  readonly path: Steps
  readonly value?: AST.TOMLValue | AST.TOMLArray
}

/** The value at a path, put together from all places that define it; undefined when there is none. */
export function readValue(outline: Outline, path: Steps): Value | undefined {
  const parts = listParts(outline).filter((part) => startsWith(part.path, path))
  return parts.length === 0 ? undefined : joinParts(parts, path.length)
}

function listParts({ sections, pairs }: Outline): Part[] {
  const values = pairs.flatMap(({ path, node: { value } }) =>
    value.type === 'TOMLInlineTable' ? [] : [{ path, value }],
  )
  return [...sections, ...values]
}

function joinParts(parts: readonly Part[], depth: number): Value {
  const [first] = parts
  if (first?.value && first.path.length === depth) return readNode(first.value)
  const children = groupByStep(parts, depth)
  const values = [...children].map(([step, below]) => [step, joinParts(below, depth + 1)] as const)
  if (typeof values[0]?.[0] === 'number') return values.map(([, value]) => value)
  // Object.fromEntries defines `__proto__` as a key like any other; an assignment would not.
  return Object.fromEntries(values)
}

function groupByStep(parts: readonly Part[], depth: number): Map<string | number, Part[]> {
  const groups = new Map<string | number, Part[]>()
  for (const part of parts) {
    const step = part.path[depth]
    if (step === undefined) continue
    const group = groups.get(step)
    if (group) group.push(part)
    else groups.set(step, [part])
  }
  return groups
}

function readNode(node: AST.TOMLContentNode): Value {
  if (node.type === 'TOMLArray') return node.elements.map(readNode)
  if (node.type === 'TOMLInlineTable') return joinParts(listParts(listOutline(node)), 0)
  if (node.kind === 'integer') return readInteger(node.bigint)
  if (node.kind === 'string' || node.kind === 'float' || node.kind === 'boolean') return node.value
  return new TomlDate(node.datetime).toISOString()
}

function readInteger(written: bigint): Value {
  const number = Number(written)
  return Number.isSafeInteger(number) ? number : String(written)
}
