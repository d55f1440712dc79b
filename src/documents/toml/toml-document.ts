import { UserError } from '../../errors.ts'
import { say } from '../../texts/message.ts'
import { type BlankTrace, traceAbove, traceBelow } from '../blank-line.ts'
import { type Document, type KeyPath, type Value, whereAt } from '../document.ts'
import { applySplices, commonNewline } from '../lines.ts'
import { entryNameOf, entryWith, named, numberedPath, refuseUnclearEntry } from '../list-entry.ts'
import { EditedData, isTable, sameValue, type Table } from '../value.ts'
import {
  appendTables,
  blankBelowAt,
  insertElement,
  insertInline,
  insertPairLine,
  removeElement,
  removeInline,
  removeLines,
  writeEntry,
  writeKeys,
  writeLiteral,
  writePair,
  writeTables,
} from './insert-lines.ts'
import {
  findHome,
  type Home,
  isSamePath,
  type Outline,
  outlineOf,
  type Pair,
  type Steps,
  startsWith,
} from './outline.ts'

/**
 * A TOML text under edit. The data is what an independent parser has read, with the edits on it; each edit looks for its
 * place in the text by itself.
 */
export class TomlDocument implements Document {
  readonly #mark: string
  readonly #file: string
  #text: string
  #data: EditedData
  /** What was found in the text as it is now, and for which first key. */
  #found: { readonly first: string | undefined; readonly outline: Outline } | undefined
  #trace: BlankTrace | undefined

  /** `mark` is the byte order mark, or empty; `data` is what the valid text behind it holds. */
  constructor(mark: string, body: string, file: string, data: Value) {
    this.#mark = mark
    this.#file = file
    this.#text = body
    this.#data = new EditedData(data)
  }

  get(path: KeyPath): Value | undefined {
    return this.#data.get(path)
  }

  /** As Document.set; a refused value changes nothing. Throws TypeError for a root that is no table. */
  set(path: KeyPath, value: Value): void {
    const [text, data] = [this.#text, this.#data.copy()]
    this.#trace = undefined
    refuseUnclearEntry(path, (above) => this.get(above), this.#file)
    try {
      this.#setAny(path, named(value, entryNameOf(path.at(-1) ?? '')))
    } catch (error) {
      this.#edit(text)
      this.#data = data
      throw error
    }
  }

  /** A value is spelled alike wherever it stands; a table with headers has no spelling of its own. */
  restore(path: KeyPath, original: TomlDocument): void {
    const value = original.get(path)
    if (value === undefined) return
    this.set(path, value)
    const [pair, old] = [this.#pairAt(path), original.#pairAt(path)]
    if (pair && old) this.#replaceValue(pair, original.#text.slice(old.valueStart, old.end))
  }

  unset(path: KeyPath, traces?: readonly BlankTrace[]): void {
    refuseUnclearEntry(path, (above) => this.get(above), this.#file)
    if (this.get(path) === undefined && path.some(entryNameOf)) return
    const removed = removeLines(this.#text, this.#outline(path), this.#steps(path), traces)
    const edited = removed ?? this.#withoutElement(path) ?? this.#withoutInline(path)
    if (edited === undefined) return
    this.#edit(edited)
    this.#data.set(path, undefined)
    this.#dropEmptied(path)
  }

  trace(): BlankTrace | undefined {
    return this.#trace
  }

  toText(): string {
    return this.#mark + this.#text
  }

  #edit(text: string): void {
    this.#text = text
    this.#found = undefined
  }

  #outline([first]: KeyPath): Outline {
    const known = this.#found
    if (known && (known.first === undefined || known.first === first)) return known.outline
    const outline = outlineOf(this.#text, first, true)
    this.#found = { first, outline }
    return outline
  }

  /** A table that stood in dotted keys alone, or in the headers of its own tables, is gone with the last of them. */
  #dropEmptied(path: KeyPath): void {
    for (let length = path.length - 1; length > 0; length -= 1) {
      const above = path.slice(0, length)
      const value = this.get(above)
      if (typeof value !== 'object' || value === null || Object.keys(value).length > 0) return
      const { sections, pairs } = this.#outline(path)
      const steps = this.#steps(above)
      if (sections.some((section) => startsWith(section.path, steps))) return
      if (Array.isArray(value) && pairs.some((pair) => isSamePath(pair.path, steps))) return
      this.#data.set(above, undefined)
    }
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
    if (this.get(path) !== undefined) return
    this.#insert(path, value)
    this.#data.set(path, value)
  }

  #setWhole(path: KeyPath, old: Value | undefined, value: Value): void {
    const pair = this.#pairAt(path)
    if (sameValue(old, value) && !this.#isOtherKind(pair, value)) return
    if (pair) this.#replaceValue(pair, writeLiteral(value))
    else {
      this.unset(path)
      this.#insert(path, value)
    }
    this.#data.set(path, value)
  }

  #pairAt(path: KeyPath): Pair | undefined {
    const steps = this.#steps(path)
    return this.#outline(path).pairs.find((candidate) => isSamePath(candidate.path, steps))
  }

  /** The path with the numbers of entries that are there. */
  #steps(path: KeyPath): Steps {
    return numberedPath(path, (above) => this.get(above))
  }

  #replaceValue({ valueStart: start, end }: Pair, literal: string): void {
    this.#edit(applySplices(this.#text, [{ start, end, text: literal }]))
  }

  #insert(path: KeyPath, value: Value): void {
    const depth = this.#depthOfTables(path)
    const entry = path.findIndex((key, index) => index >= depth && entryNameOf(key))
    if (entry >= 0) return void this.#insertEntry(path.slice(0, entry), entryWith(path.slice(entry), value))
    const home = findHome(this.#outline(path), this.#steps(path).slice(0, depth))
    const table = path.slice(0, -1)
    if (home.takesHeaders && isTable(value)) this.#append(path, value)
    else if (home.takesHeaders && depth < table.length) this.#append(table, { [path.at(-1) ?? '']: value })
    else if (home.isLate) throw this.#pathTaken(table, 'error.late-table')
    else this.#insertPair(path, home, writePair(path.slice(home.section.path.length), value))
  }

  /** A new entry of a list: with a header at the end of the text, or in its brackets where the list has them. */
  #insertEntry(list: KeyPath, entry: Table): void {
    const pair = this.#pairAt(list)
    const depth = this.#depthOfTables(list)
    const home = findHome(this.#outline(list), this.#steps(list).slice(0, depth))
    if (pair) this.#edit(insertElement(this.#text, pair, entry))
    else if (!home.takesHeaders && this.get(list) === undefined) this.#insert(list, [entry])
    else this.#appendTables([writeEntry(list, entry, commonNewline(this.#text))])
  }

  /** The text without an entry of a list in brackets. */
  #withoutElement(path: KeyPath): string | undefined {
    const index = this.#steps(path).at(-1)
    const list = this.#pairAt(path.slice(0, -1))
    return typeof index === 'number' && list ? removeElement(this.#text, list, index) : undefined
  }

  #insertPair(path: KeyPath, home: Home, pair: string): void {
    const [text, outline] = [this.#text, this.#outline(path)]
    const at = blankBelowAt(text, outline, home)
    if (at !== undefined) this.#trace = traceBelow(text.slice(at))
    const isInline = home.section.kind === 'inline'
    this.#edit(isInline ? insertInline(text, home, pair) : insertPairLine(text, outline, home, pair))
  }

  #append(path: KeyPath, table: Table): void {
    this.#appendTables(writeTables(path, table, commonNewline(this.#text)))
  }

  #appendTables(tables: readonly string[]): void {
    this.#trace = traceAbove(this.#text)
    this.#edit(appendTables(this.#text, tables))
  }

  /** How many of the path's keys lead to tables that exist. */
  #depthOfTables(path: KeyPath): number {
    const missing = path.findIndex((_, index) => this.get(path.slice(0, index + 1)) === undefined)
    return missing < 0 ? path.length : missing
  }

  /** From the last to the first, so that no comma is left behind the last that stays. */
  #withoutInline(path: KeyPath): string | undefined {
    const steps = this.#steps(path)
    const pairs = this.#outline(path).pairs.filter(
      ({ path: own, section }) => startsWith(own, steps) && section.path.length < path.length,
    )
    if (pairs.length === 0) return undefined
    return pairs.reduceRight((text, pair) => removeInline(text, pair), this.#text)
  }

  #refuseTakenPath(path: KeyPath): void {
    for (let length = 1; length < path.length; length += 1) {
      const value = this.get(path.slice(0, length))
      if (value === undefined) return
      if (!isTable(value) && !entryNameOf(path[length] ?? ''))
        throw this.#pathTaken(path.slice(0, length), 'error.no-table')
    }
  }

  #pathTaken(path: KeyPath, why: 'error.no-table' | 'error.late-table'): UserError {
    const { pairs, sections } = this.#outline(path)
    const steps = this.#steps(path)
    const starts = [...pairs, ...sections].flatMap((part) => (startsWith(part.path, steps) ? part.start : []))
    const offset = starts.reduce((one, other) => Math.min(one, other), this.#text.length)
    const names = { file: this.#file, table: writeKeys(path) }
    return new UserError({
      code: 'path-taken',
      message: say(why, names),
      hint: say('error.no-table.hint', names),
      where: whereAt(this.#file, this.#text, offset),
    })
  }

  /** Whether the same text stands there as another kind of value: `get` gives dates and big integers as strings. */
  #isOtherKind(pair: Pair | undefined, value: Value): boolean {
    return typeof value === 'string' && !(pair && /["']/.test(this.#text[pair.valueStart] ?? ''))
  }
}
