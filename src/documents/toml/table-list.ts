import type { KeyPath, Value } from '../document.ts'
import { addEntry, type BraceStyle, removeEntry } from '../json/braces.ts'
import { applySplices, commonNewline } from '../lines.ts'
import { entryNameOf, named } from '../list-entry.ts'
import type { Table } from '../value.ts'
import { writeKeys, writeLiteral, writePair } from './insert-lines.ts'
import type { PairSpan } from './outline.ts'
import { elementsOf } from './tokens.ts'

/** What a new entry of a list holds: the first step names it, the others lead to the value. */
export function entryWith([name = '', ...rest]: KeyPath, value: Value): Table {
  const inner = rest.reduceRight<Value>((below, key) => {
    const entry = entryNameOf(key)
    return entry ? [named(below, entry)] : Object.fromEntries([[key, below]])
  }, value)
  return named(inner, entryNameOf(name)) as Table
}

/** An entry of a list of tables, from its header on; what is a table in it is written inline. */
export function writeEntry(list: readonly string[], entry: Table, newline: string): string {
  const pairs = Object.entries(entry).map(([key, value]) => writePair([key], value))
  return [`[[${writeKeys(list)}]]`, ...pairs].join(newline)
}

/** The text with one more element in the brackets that are a pair's value, as its neighbours are written. */
export function insertElement(text: string, list: PairSpan, entry: Table): string {
  return applySplices(
    text,
    addEntry(text, bracketsOf(text, list), styleOf(text), false, () => writeLiteral(entry)),
  )
}

/** The text without one element of such a list. */
export function removeElement(text: string, list: PairSpan, index: number): string {
  return applySplices(text, removeEntry(text, bracketsOf(text, list), index, styleOf(text)))
}

function bracketsOf(text: string, { valueStart, end }: PairSpan) {
  return { start: valueStart, end, entries: elementsOf(text, valueStart) }
}

function styleOf(text: string): BraceStyle {
  return { trivia: /[ \t]+|\r\n|\n|#[^\r\n]*/y, newline: commonNewline(text), unit: '  ', gap: ' ' }
}
