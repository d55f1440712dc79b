import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { UserError } from '../../errors.ts'
import { type Format, type KeyPath, type Value, whereAt } from '../document.ts'
import { hasBreak, indentAt } from '../lines.ts'
import { insertion, type Span, type Splice } from '../splice.ts'
import { sameValue } from '../value.ts'
import { addEntry, type BraceStyle, readTrivia, removeEntry, startsLine } from './braces.ts'
import {
  bracesOf,
  type Descent,
  descend,
  jsonStyleOf,
  propertyKey,
  renderJson,
  spanOf,
  toValue,
  trivia,
} from './json-nodes.ts'
import { type Editor, nest, openSpliced, withoutMark } from './spliced-document.ts'

/**
 * Strict JSON: what JSON.parse refuses is refused, because a client that reads it that way skips the whole file.
 *
 * An empty text opens as an empty object. It is the one text that does not come back when the key that was first
 * set is unset again: `{}` and a line end stay, since a text `{}` has to come back as well.
 */
export const jsonFormat: Format = {
  open: (text, file) => openSpliced(text, file, editorFor({ name: 'JSON', relaxed: false })),
  parseStrict: (text) => parseOrEmpty(withoutMark(text)),
}

/** JSON with comments and trailing commas; all else is as in `jsonFormat`. A text of comments alone is empty too. */
export const jsoncFormat: Format = {
  open: (text, file) => openSpliced(text, file, editorFor({ name: 'JSONC', relaxed: true })),
  parseStrict: (text) => parseOrEmpty(stripJsonc(withoutMark(text))),
}

function editorFor(dialect: Dialect): Editor<JsonTree> {
  return {
    parse: (text, file) => parseJson(text, file, dialect),
    get: getJson,
    set: setJson,
    unset: unsetJson,
    spelling: spellingOfJson,
  }
}

function parseOrEmpty(text: string): Value {
  return text.trim() === '' ? {} : JSON.parse(text)
}

/** The value at a path; undefined where there is none. A text without a value counts as an empty object. */
export function getJson({ root }: JsonTree, path: KeyPath): Value | undefined {
  if (root === undefined) return path.length === 0 ? {} : undefined
  const { node, rest } = descend(root, path)
  return rest.length === 0 ? toValue(node) : undefined
}

/** A value that already reads as the wanted one is not written again, so `1.0` stays when 1 is wanted. */
export function setJson(tree: JsonTree, path: KeyPath, value: Value): Splice[] {
  const { text, root } = tree
  const style = jsonStyleOf(text, root)
  if (root === undefined) return [firstObject(text, style, nest(path, value))]
  const found = descend(root, path)
  if (found.rest.length === 0) return replaceValue(text, found, style, value)
  if (found.node.type !== 'object') throw pathTaken(tree, path, found)
  const lines = found.property === undefined || startsLine(text, found.property.offset)
  const inner = nest(found.rest.slice(1), value)
  return addEntry(text, bracesOf(found.node), style, lines, (indent) => {
    return `${JSON.stringify(found.rest[0])}:${style.gap}${renderJson(inner, style, indent)}`
  })
}

/** Where the value at a path stands; undefined where there is none. */
export function spellingOfJson({ root }: JsonTree, path: KeyPath): Span | undefined {
  const found = root && descend(root, path)
  return found?.rest.length === 0 ? spanOf(found.node) : undefined
}

/** What takes the entry at a path out, with its comma and its line; nothing where there is none. */
export function unsetJson({ text, root }: JsonTree, path: KeyPath): Splice[] {
  if (root === undefined) return []
  const { property, holder, rest } = descend(root, path)
  if (rest.length > 0 || holder === undefined) return []
  const index = (holder.children ?? []).indexOf(property as Node)
  return removeEntry(text, bracesOf(holder), index, jsonStyleOf(text, root))
}

/** An object that was written on one line stays on one line. */
function replaceValue(text: string, found: Descent, style: BraceStyle, value: Value): Splice[] {
  const { node, property } = found
  // JSON has one zero: what is compared is what will be read.
  const wanted: Value = JSON.parse(renderJson(value, style, undefined))
  if (property === undefined || sameValue(toValue(node), wanted)) return []
  const span = spanOf(node)
  const filled = (node.children ?? []).length > 0
  const oneLine = filled && !hasBreak(text.slice(span.start, span.end))
  const lines = !oneLine && startsLine(text, property.offset)
  const indent = lines ? indentAt(text, property.offset) : undefined
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

function pathTaken({ text, file }: JsonTree, path: KeyPath, { node, rest }: Descent): UserError {
  const taken = path.slice(0, path.length - rest.length)
  const what = taken.length === 0 ? 'The file as a whole' : `"${taken.join('.')}"`
  return new UserError({
    code: 'path-taken',
    message: `${what} is no object, so "${path.join('.')}" cannot be set in it.`,
    hint: 'Make it an object ({}) or take it out, then run the same command again.',
    where: whereAt(file, text, node.offset),
  })
}

/** What a client takes as JSON. */
export interface Dialect {
  readonly name: 'JSON' | 'JSONC'
  /** Whether comments and trailing commas are allowed. */
  readonly relaxed: boolean
}

/** A text that parses, and its tree; offsets in the tree are offsets in the text. */
export interface JsonTree {
  readonly text: string
  readonly file: string
  /** Undefined when the text holds nothing but blanks (and comments). */
  readonly root: Node | undefined
}

/** Parses a text without byte order mark. Throws UserError `does-not-parse` or `duplicate-key`. */
export function parseJson(text: string, file: string, dialect: Dialect): JsonTree {
  const errors: ParseError[] = []
  const root = parseTree(text, errors, {
    disallowComments: !dialect.relaxed,
    allowTrailingComma: dialect.relaxed,
    allowEmptyContent: true,
  })
  const error = errors[0]
  if (error !== undefined) throw doesNotParse(text, file, dialect, error)
  if (root !== undefined) refuseDuplicates(root, text, file)
  return { text, file, root }
}

/** Clients take the last of two equal keys, jsonc-parser the first: an edit of either could be without effect. */
function refuseDuplicates(node: Node, text: string, file: string): void {
  const seen = new Set<string>()
  for (const child of node.children ?? []) {
    if (child.type === 'property') {
      if (seen.has(propertyKey(child))) throw duplicateKey(text, file, child.offset)
      seen.add(propertyKey(child))
    }
    refuseDuplicates(child, text, file)
  }
}

function doesNotParse(text: string, file: string, dialect: Dialect, error: ParseError): UserError {
  const reason = printParseErrorCode(error.error).replace(/\B[A-Z]/g, ' $&')
  const strict = dialect.relaxed ? '' : ' The program that reads it takes no comments and no trailing commas.'
  return new UserError({
    code: 'does-not-parse',
    message: `The file is not valid ${dialect.name} (${reason.toLowerCase()}), so it was left alone.`,
    hint: `Correct it at that place, then run the same command again.${strict}`,
    where: whereAt(file, text, error.offset),
  })
}

function duplicateKey(text: string, file: string, offset: number): UserError {
  return new UserError({
    code: 'duplicate-key',
    message: 'The file has the same key twice in one object, so it is not clear which one counts.',
    hint: 'Take one of the two out, then run the same command again.',
    where: whereAt(file, text, offset),
  })
}

const string = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/.source

const comment = /\/\/[^\r\n]*|\/\*[\s\S]*?\*\//.source

const stringOrComment = new RegExp(`(${string})|${comment}`, 'g')

const stringOrTrailingComma = new RegExp(`(${string})|(?<![[{,:]\\s*),(?=\\s*[}\\]])`, 'g')

/** JSONC as JSON, by regular expressions alone: it shares no code with the parser that edits. */
export function stripJsonc(text: string): string {
  const keepString = (_match: string, kept: string | undefined) => kept ?? ' '
  return text.replace(stringOrComment, keepString).replace(stringOrTrailingComma, keepString)
}
