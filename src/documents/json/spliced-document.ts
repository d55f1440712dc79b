import { UserError } from '../../errors.ts'
import type { Document, KeyPath, Value } from '../document.ts'
import { applySplices, type Span, type Splice } from '../lines.ts'
import { entryNameOf, named, refuseUnclearEntry } from '../list-entry.ts'
import { sameValue } from '../value.ts'

/** One language: reads a text into a tree that knows its offsets, and words an edit as splices of that text. */
export interface Editor<Tree> {
  /** The text has no byte order mark. Throws UserError `does-not-parse`. */
  parse(text: string, file: string): Tree
  get(tree: Tree, path: KeyPath): Value | undefined
  set(tree: Tree, path: KeyPath, value: Value): readonly Splice[]
  unset(tree: Tree, path: KeyPath): readonly Splice[]
  /** The tree of the text that an edit has led to; `undefined` is the value of an `unset`. */
  after(tree: Tree, text: string, path: KeyPath, value: Value | undefined): Tree
  /** Where a value stands whose spelling can be put in another one's place; undefined for any other. */
  spelling(tree: Tree, path: KeyPath): Span | undefined
}

const byteOrderMark = '\ufeff'

/**
 * A document whose edits are splices of its text. A byte order mark stays in front.
 * Errors: UserError where the text does not parse; RangeError for an edit without a key.
 */
export function openSpliced<Tree>(text: string, file: string, editor: Editor<Tree>): Document {
  const mark = text.startsWith(byteOrderMark) ? byteOrderMark : ''
  let body = withoutMark(text)
  let tree = editor.parse(body, file)
  const apply = (path: KeyPath, wanted: Value | undefined) => {
    if (path.length === 0) throw new RangeError('an edit needs a key')
    refuseUnclearEntry(path, (above) => editor.get(tree, above), file)
    const value = wanted === undefined ? undefined : named(wanted, entryNameOf(path.at(-1) ?? ''))
    const splices = value === undefined ? editor.unset(tree, path) : editor.set(tree, path, value)
    if (splices.length === 0) return
    body = applySplices(body, splices)
    tree = editor.after(tree, body, path, value)
  }
  const respell = (path: KeyPath, original: Document) => {
    const text = withoutMark(original.toText())
    const [own, old] = [editor.spelling(tree, path), editor.spelling(editor.parse(text, file), path)]
    if (!own || !old) return
    const respelled = applySplices(body, [{ ...own, text: text.slice(old.start, old.end) }])
    const reread = parseIfValid(respelled, file, editor)
    if (reread === undefined || !sameValue(editor.get(reread, path), original.get(path))) return
    body = respelled
    tree = reread
  }
  return {
    get: (path) => editor.get(tree, path),
    restore: (path, original) => {
      const value = original.get(path)
      if (value === undefined) return
      apply(path, value)
      respell(path, original)
    },
    set: apply,
    unset: (path) => apply(path, undefined),
    toText: () => mark + body,
  }
}

/** A spelling of one place may be none of another: in YAML a plain `a, b` between braces. */
function parseIfValid<Tree>(text: string, file: string, editor: Editor<Tree>): Tree | undefined {
  try {
    return editor.parse(text, file)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

/** The text without a byte order mark, which parsers take for a character. */
export function withoutMark(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(1) : text
}

/** The value wrapped in one object for each key, or one list for each entry; a key such as `__proto__` becomes a plain key. */
export function nest(keys: KeyPath, value: Value): Value {
  return keys.reduceRight<Value>((inner, key) => {
    const name = entryNameOf(key)
    return name ? [named(inner, name)] : Object.fromEntries([[key, inner]])
  }, value)
}
