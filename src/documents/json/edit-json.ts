import type { Node } from 'jsonc-parser'
import { UserError } from '../../errors.ts'
import { type KeyPath, type Value, whereAt } from '../document.ts'
import { sameValue } from '../same-value.ts'
import { insertion, type Span, type Splice } from '../splice.ts'
import { addEntry } from './add-entry.ts'
import { type BraceStyle, startsLine } from './braces.ts'
import { bracesOf, type Descent, descend, spanOf, toValue } from './json-nodes.ts'
import { jsonStyleOf, renderJson, trivia } from './json-style.ts'
import { hasBreak, indentAt } from './lines.ts'
import type { JsonTree } from './parse-json.ts'
import { removeEntry } from './remove-entry.ts'
import { nest } from './spliced-document.ts'
import { readTrivia } from './trivia.ts'

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
