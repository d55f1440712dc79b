import { type ParseError, parseTree } from 'jsonc-parser'
import { formatWhere, UserError } from '../../errors.ts'
import { type SyntaxText, say } from '../../texts/message.ts'
import { duplicateKey, type Format, type KeyPath, remembered, type Value, whereAt } from '../document.ts'
import { hasBreak, indentAt, insertion, type Span, type Splice } from '../lines.ts'
import { entryNameOf, named } from '../list-entry.ts'
import { deepest, knownShallow, tooDeep } from '../too-deep.ts'
import { EditedData, sameValue } from '../value.ts'
import { addEntry, type BraceStyle, readTrivia, removeEntry, startsLine } from './braces.ts'
import {
  type Descent,
  descend,
  type Entry,
  endOfToken,
  holderAt,
  isObjectAt,
  jsonStyleOf,
  keyOf,
  listAt,
  renderJson,
  rootOf,
  trivia,
} from './json-nodes.ts'
import { type Editor, nest, openSpliced, withoutMark } from './spliced-document.ts'

const string = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/.source

const comment = /\/\/[^\r\n]*|\/\*[\s\S]*?\*\//.source

const stringOrComment = new RegExp(`(${string})|${comment}`, 'g')

const stringOrTrailingComma = new RegExp(`(${string})|(?<![[{,:]\\s*),(?=\\s*[}\\]])`, 'g')

/** JSONC as JSON, by regular expressions alone: it shares no code with the parser that edits. */
function stripJsonc(text: string): string {
  const keepString = (_match: string, kept: string | undefined) => kept ?? ' '
  return text.replace(stringOrComment, keepString).replace(stringOrTrailingComma, keepString)
}

/** What a client takes as JSON. */
export interface Dialect {
  readonly name: 'JSON' | 'JSONC'
  /** Whether comments and trailing commas are allowed. */
  readonly relaxed: boolean
  /** What a text holds. Throws SyntaxError for what is not valid. */
  readonly read: (text: string) => Value
}

/** As JSON.parse takes it. */
const strict: Dialect = { name: 'JSON', relaxed: false, read: remembered(parseOrEmpty) }

/** As most editors and their extensions take it. */
const relaxed: Dialect = {
  name: 'JSONC',
  relaxed: true,
  read: remembered((text) => parseOrEmpty(stripJsonc(text))),
}

function parseOrEmpty(text: string): Value {
  return text.trim() === '' ? {} : JSON.parse(text)
}

/**
 * Strict JSON: what JSON.parse refuses is refused, because a client that reads it that way skips the whole file.
 *
 * An empty text opens as an empty object. It is the one text that does not come back when the key that was first
 * set is unset again: `{}` and a line end stay, since a text `{}` has to come back as well.
 */
export const jsonFormat: Format = formatOf(strict)

/** JSON with comments and trailing commas; all else is as in `jsonFormat`. A text of comments alone is empty too. */
export const jsoncFormat: Format = formatOf(relaxed)

function formatOf(dialect: Dialect): Format {
  const editor: Editor<JsonTree> = {
    parse: (text, file) => parseJson(text, file, dialect),
    get: getJson,
    set: setJson,
    unset: unsetJson,
    spelling: spellingOfJson,
    after: editedTree,
  }
  return {
    open: (text, file) => openSpliced(text, file, editor),
    parseStrict: (text) => dialect.read(withoutMark(text)),
  }
}

/** The value at a path; undefined where there is none. A text without a value counts as an empty object. */
export function getJson({ data }: JsonTree, path: KeyPath): Value | undefined {
  return data.get(path)
}

/** The tree of an edited text: what it holds is what the edit says, and is not read again. */
export function editedTree(
  { file, data: before }: JsonTree,
  text: string,
  path: KeyPath,
  value: Value | undefined,
): JsonTree {
  const data = before.copy()
  data.set(path, value === undefined ? undefined : asRead(value))
  return { text, file, root: rootOf(text), data }
}

/** JSON has one zero, and no objects without a prototype. */
function asRead(value: Value): Value {
  return JSON.parse(JSON.stringify(value))
}

/** A value that already reads as the wanted one is not written again, so `1.0` stays when 1 is wanted. */
export function setJson(tree: JsonTree, path: KeyPath, value: Value): Splice[] {
  const { text, root } = tree
  const style = jsonStyleOf(text, root)
  if (root === undefined) return [firstObject(text, style, nest(path, value))]
  const found = descend(text, root, path)
  if (found.rest.length === 0) return replaceValue(tree, path, found, style, value)
  const lines = found.property === undefined || startsLine(text, found.property.start)
  const inner = nest(found.rest.slice(1), value)
  const name = entryNameOf(found.rest[0] ?? '')
  if (name)
    return addEntry(text, listAt(text, found.value.start), style, lines, (indent) =>
      renderJson(named(inner, name), style, indent),
    )
  if (!isObjectAt(text, found.value.start)) throw pathTaken(tree, path, found)
  return addEntry(text, holderAt(text, found.value.start), style, lines, (indent) => {
    return `${JSON.stringify(found.rest[0])}:${style.gap}${renderJson(inner, style, indent)}`
  })
}

/** Where the value at a path stands; undefined where there is none. */
export function spellingOfJson({ text, root }: JsonTree, path: KeyPath): Span | undefined {
  const found = root && descend(text, root, path)
  return found?.rest.length === 0 ? found.value : undefined
}

/** What takes the entry at a path out, with its comma and its line; nothing where there is none. */
export function unsetJson({ text, root }: JsonTree, path: KeyPath): Splice[] {
  if (root === undefined) return []
  const { property, holder, rest } = descend(text, root, path)
  if (rest.length > 0 || holder === undefined) return []
  return removeEntry(text, holder, holder.entries.indexOf(property as Entry), jsonStyleOf(text, root))
}

/** An object that was written on one line stays on one line. */
function replaceValue(
  { text, data }: JsonTree,
  path: KeyPath,
  { value: span, property }: Descent,
  style: BraceStyle,
  value: Value,
): Splice[] {
  // What is compared is what will be read.
  const wanted: Value = JSON.parse(renderJson(value, style, undefined))
  const old = data.get(path)
  if (property === undefined || sameValue(old, wanted)) return []
  const filled = typeof old === 'object' && old !== null && Object.keys(old).length > 0
  const oneLine = filled && !hasBreak(text.slice(span.start, span.end))
  const lines = !oneLine && startsLine(text, property.start)
  const indent = lines ? indentAt(text, property.start) : undefined
  return [{ ...span, text: renderJson(value, style, indent) }]
}

/** In a text that holds no value yet the object goes behind the comments and before the white space at the end. */
function firstObject(text: string, style: BraceStyle, value: Value): Splice {
  const comment = readTrivia(text, 0, trivia).findLast(({ kind }) => kind === 'comment')
  const at = comment?.end ?? 0
  const before = comment === undefined ? '' : style.newline
  const after = hasBreak(text.slice(at)) ? '' : style.newline
  return insertion(at, before + renderJson(value, style, '') + after)
}

function pathTaken({ text, file }: JsonTree, path: KeyPath, { value, rest }: Descent): UserError {
  const holder = path.slice(0, path.length - rest.length).join('.')
  return new UserError({
    code: 'path-taken',
    message: say('error.no-object', { file, holder, key: path.join('.') }),
    hint: say('error.no-object.hint'),
    where: whereAt(file, text, value.start),
  })
}

/** A valid text and what it holds. */
export interface JsonTree {
  readonly text: string
  readonly file: string
  /** Where the value stands; undefined when the text holds nothing but blanks (and comments). */
  readonly root: Span | undefined
  readonly data: EditedData
}

/** Reads a text without byte order mark. Throws UserError `does-not-parse` or `duplicate-key`. */
export function parseJson(text: string, file: string, dialect: Dialect): JsonTree {
  const data = readData(text, file, dialect)
  refuseDuplicates(text, file)
  knownShallow(data)
  return { text, file, root: rootOf(text), data: new EditedData(data) }
}

function readData(text: string, file: string, dialect: Dialect): Value {
  try {
    return dialect.read(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw doesNotParse(text, file, dialect)
    throw error
  }
}

/** Clients take the last of two equal keys, others may take the first: an edit of either could be without effect. */
function refuseDuplicates(text: string, file: string): void {
  /** The keys of each object that is open; undefined for a list. */
  const open: (Set<string> | undefined)[] = []
  let isKey = false
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = endOfToken(text, at)
    const char = text[at]
    if (char === '{') open.push(new Set())
    else if (char === '[') open.push(undefined)
    if (open.length > deepest + 1) throw tooDeep(file)
    if (char === '}' || char === ']') open.pop()
    if (char === '{' || char === ',') isKey = true
    else if (char === ':') isKey = false
    const keys = char === '"' && isKey ? open.at(-1) : undefined
    if (keys === undefined) continue
    const key = keyOf(text, at, end)
    if (keys.has(key)) throw duplicateKey(text, file, at)
    keys.add(key)
  }
}

/** What jsonc-parser 3.3 says is wrong, by the numbers of its `ParseErrorCode`. */
const reasons: readonly (SyntaxText | undefined)[] = [
  undefined,
  'syntax.other',
  'syntax.number',
  'syntax.key',
  'syntax.value',
  'syntax.colon',
  'syntax.comma',
  'syntax.bracket',
  'syntax.bracket',
  'syntax.end',
  'syntax.comment',
  'syntax.open-comment',
  'syntax.string',
  'syntax.number',
  'syntax.escape',
  'syntax.escape',
  'syntax.control',
]

/** The place is where jsonc-parser stumbles. */
function doesNotParse(text: string, file: string, dialect: Dialect): UserError {
  const errors: ParseError[] = []
  parseTree(text, errors, {
    disallowComments: !dialect.relaxed,
    allowTrailingComma: dialect.relaxed,
    allowEmptyContent: true,
  })
  const [error] = errors
  const reason = say((error && reasons[error.error]) ?? 'syntax.other')
  const where = whereAt(file, text, error?.offset ?? 0)
  const place = { where: formatWhere(where) }
  return new UserError({
    code: 'does-not-parse',
    message: say('error.does-not-parse', { file, format: dialect.name, reason }),
    hint: dialect.relaxed
      ? say('error.does-not-parse.hint', place)
      : say('error.does-not-parse.strict', place),
    where,
  })
}
