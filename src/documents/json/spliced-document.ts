import type { Document, KeyPath, Value } from '../document.ts'
import { applySplices, type Splice } from '../splice.ts'

/** One language: reads a text into a tree that knows its offsets, and words an edit as splices of that text. */
export interface Editor<Tree> {
  /** The text has no byte order mark. Throws UserError `does-not-parse`. */
  parse(text: string, file: string): Tree
  get(tree: Tree, path: KeyPath): Value | undefined
  set(tree: Tree, path: KeyPath, value: Value): readonly Splice[]
  unset(tree: Tree, path: KeyPath): readonly Splice[]
}

const byteOrderMark = '\ufeff'

/**
 * A document whose edits are splices of its text, which is parsed anew after each. A byte order mark stays in front.
 * Errors: UserError where the text does not parse; RangeError for an edit without a key.
 */
export function openSpliced<Tree>(text: string, file: string, editor: Editor<Tree>): Document {
  const mark = text.startsWith(byteOrderMark) ? byteOrderMark : ''
  let body = withoutMark(text)
  let tree = editor.parse(body, file)
  const apply = (path: KeyPath, splices: () => readonly Splice[]) => {
    if (path.length === 0) throw new RangeError('an edit needs a key')
    body = applySplices(body, splices())
    tree = editor.parse(body, file)
  }
  return {
    get: (path) => editor.get(tree, path),
    set: (path, value) => apply(path, () => editor.set(tree, path, value)),
    unset: (path) => apply(path, () => editor.unset(tree, path)),
    toText: () => mark + body,
  }
}

/** The text without a byte order mark, which parsers take for a character. */
export function withoutMark(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(1) : text
}

/** The value wrapped in one object for each key; a key such as `__proto__` becomes a plain key. */
export function nest(keys: KeyPath, value: Value): Value {
  return keys.reduceRight<Value>((inner, key) => Object.fromEntries([[key, inner]]), value)
}
