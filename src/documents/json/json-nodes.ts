import { type KeyPath, noWordFor, type Value } from '../document.ts'
import { firstLineBreak, hasBreak, indentAt, type Span } from '../lines.ts'
import { type EntryName, entryNameOf } from '../list-entry.ts'
import { type BraceStyle, type Braces, startsLine } from './braces.ts'

/** A property of an object: its own span is that of key and value. Or an element of a list, whose key is empty. */
export interface Entry extends Span {
  readonly key: string
  readonly colon: number
  readonly value: Span
}

/** An object and what it holds. */
export interface Holder extends Braces {
  readonly entries: readonly Entry[]
}

/** How far a path leads into a text. */
export interface Descent {
  /** The deepest value on the path, without the blanks and comments around it. */
  readonly value: Span
  /** The property that holds the value, and the object that holds the property; undefined at the root. */
  readonly property: Entry | undefined
  readonly holder: Holder | undefined
  /** The keys that the text does not have. */
  readonly rest: KeyPath
}

/** Follows a path as far as a valid text has its keys. What does not lie on the way is only passed over. */
export function descend(text: string, root: Span, path: KeyPath): Descent {
  let found: Descent = { value: root, property: undefined, holder: undefined, rest: path }
  for (const key of path) {
    const name = entryNameOf(key)
    const { start } = found.value
    if (text[start] !== (name ? '[' : '{')) break
    const holder = name ? listAt(text, start) : holderAt(text, start)
    const property = holder.entries.find((entry) => (name ? isNamed(text, entry, name) : entry.key === key))
    if (property === undefined) break
    found = { value: property.value, property, holder, rest: found.rest.slice(1) }
  }
  return found
}

/** Whether an object begins there. */
export function isObjectAt(text: string, offset: number): boolean {
  return text[offset] === '{'
}

/** The object that begins there. */
export function holderAt(text: string, start: number): Holder {
  const entries: Entry[] = []
  let at = skipTrivia(text, start + 1)
  while (at < text.length && text[at] !== '}') {
    const entry = entryAt(text, at)
    entries.push(entry)
    at = skipTrivia(text, entry.end)
    if (text[at] === ',') at = skipTrivia(text, at + 1)
  }
  return { start, end: at + 1, entries }
}

/** The list that begins there, with its elements. */
export function listAt(text: string, start: number): Holder {
  const entries: Entry[] = []
  let at = skipTrivia(text, start + 1)
  while (at < text.length && text[at] !== ']') {
    const value = valueAt(text, at)
    entries.push({ ...value, key: '', colon: at, value })
    at = skipTrivia(text, value.end)
    if (text[at] === ',') at = skipTrivia(text, at + 1)
  }
  return { start, end: at + 1, entries }
}

function isNamed(text: string, { value: element }: Entry, name: EntryName): boolean {
  if (!isObjectAt(text, element.start)) return false
  const field = holderAt(text, element.start).entries.find(({ key }) => key === name.field)
  return (
    field !== undefined &&
    text[field.value.start] === '"' &&
    keyOf(text, field.value.start, field.value.end) === name.text
  )
}

function entryAt(text: string, start: number): Entry {
  const keyEnd = endOfString(text, start)
  const colon = skipTrivia(text, keyEnd)
  const value = valueAt(text, skipTrivia(text, colon + 1))
  return { start, end: value.end, key: keyOf(text, start, keyEnd), colon, value }
}

/** From the value of the whole text on; undefined where it holds nothing but blanks and comments. */
export function rootOf(text: string): Span | undefined {
  const start = skipTrivia(text, 0)
  return start < text.length ? { start, end: text.length } : undefined
}

/**
 * A text of comments and an empty object without that object, and with the white space at its end as given; undefined for
 * any other text, and where comments stand in the object.
 */
export function withoutObject(text: string, end: string): string | undefined {
  const mark = /^\uFEFF?/.exec(text)?.[0] ?? ''
  const body = text.slice(mark.length)
  const start = rootOf(body)?.start ?? body.length
  const [object] = /^\{\s*\}/.exec(body.slice(start)) ?? []
  if (object === undefined) return undefined
  const head = mark + body.slice(0, start).trimEnd()
  const behind = body.slice(start + object.length)
  if (behind.trim() === '') return head + end
  return rootOf(behind) ? undefined : head + (head === mark ? behind.trimStart() : behind)
}

function valueAt(text: string, start: number): Span {
  let end = start
  let depth = 0
  do {
    const char = text[end]
    if (char === '{' || char === '[') depth += 1
    else if (char === '}' || char === ']') depth -= 1
    end = endOfToken(text, end)
  } while (depth > 0 && end < text.length)
  return { start, end }
}

const [quote, slash, backslash] = [0x22, 0x2f, 0x5c]

/** The offset behind what begins here in a valid text: a bracket, a comma, a colon, a string, a word, or blanks and comments. */
export function endOfToken(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code === quote) return endOfString(text, at)
  return isWord(code) ? endOfWord(text, at) : Math.max(at + 1, skipTrivia(text, at))
}

/** The key that a string of the text stands for. */
export function keyOf(text: string, start: number, end: number): string {
  const inner = text.slice(start + 1, end - 1)
  return inner.includes('\\') ? JSON.parse(`"${inner}"`) : inner
}

function skipTrivia(text: string, offset: number): number {
  let at = offset
  for (;;) {
    const code = text.charCodeAt(at)
    if (code === 0x20 || code === 10 || code === 13 || code === 9) at += 1
    else if (code === slash) at = endOfComment(text, at)
    else return at
  }
}

function endOfComment(text: string, start: number): number {
  if (text[start + 1] === '*') {
    const end = text.indexOf('*/', start + 2)
    return end < 0 ? text.length : end + 2
  }
  let at = start
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at += 1
  return at
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === backslash) at += 1
    else if (code === quote) return at + 1
  }
  return text.length
}

/** Of a number, or of `true`, `false` and `null`. */
function endOfWord(text: string, start: number): number {
  let at = start + 1
  while (isWord(text.charCodeAt(at))) at += 1
  return at
}

function isWord(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 97 && code <= 122) ||
    code === 43 ||
    code === 45 ||
    code === 46 ||
    code === 69
  )
}

/** Sticky; matches one run of blanks, one line break or one comment. */
export const trivia = /[ \t]+|\r\n|\n|\r|\/\/[^\r\n]*|\/\*[\s\S]*?\*\//y

/** How a JSON text is written, as far as its own text tells; two spaces where it does not. */
export function jsonStyleOf(text: string, root: Span | undefined): BraceStyle {
  const unit = (root && hasBreak(text) && detectUnit(text)) || '  '
  return { trivia, newline: firstLineBreak(text), unit, gap: detectGap(text, root) }
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

/** The first step by which a line is indented deeper than the one that holds what it stands in. */
function detectUnit(text: string): string | undefined {
  /** Where what is open begins, and the indent of its line once it was looked for. */
  const open: { readonly start: number; indent?: string }[] = []
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = endOfToken(text, at)
    const char = text[at] as string
    if (char === '}' || char === ']') open.pop()
    const holder = open.at(-1)
    if (holder && !/[\s/,:}\]]/.test(char) && startsLine(text, at)) {
      holder.indent ??= indentAt(text, holder.start)
      const inner = indentAt(text, at)
      if (inner.length > holder.indent.length && inner.startsWith(holder.indent))
        return inner.slice(holder.indent.length)
    }
    if (char === '{' || char === '[') open.push({ start: at })
  }
  return undefined
}

function detectGap(text: string, root: Span | undefined): string {
  const start = root?.start ?? 0
  const [first] = root && isObjectAt(text, start) ? holderAt(text, start).entries : []
  return first && first.value.start === first.colon + 1 ? '' : ' '
}
