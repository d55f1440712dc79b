import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { UserError } from '../../errors.ts'
import { whereAt } from '../document.ts'
import { propertyKey } from './json-nodes.ts'

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
