import { Composer, type Document, isScalar, type ParsedNode, Parser } from 'yaml'
import type { Value } from '../document.ts'
import { refuseDeepYaml } from './refuse-deep-yaml.ts'
import { refuseLoneReturn, refuseUnsupported } from './refuse-unsupported.ts'
import { doesNotParse, unsupportedYaml } from './yaml-errors.ts'

/** A text with one document that can be edited, and what it holds. */
export interface YamlTree {
  readonly text: string
  readonly file: string
  /** Undefined when the text holds nothing but blanks, comments and document marks. */
  readonly root: ParsedNode | undefined
  /** The whole document as plain data; an empty one is an empty mapping. */
  readonly data: Value
  /** Where the document ends: at its `...`, or at the end of the text. */
  readonly end: number
}

/**
 * Parses a text without byte order mark.
 * Throws UserError `does-not-parse`, `duplicate-key` or `unsupported-yaml` (see refuseUnsupported).
 */
export function parseYaml(text: string, file: string): YamlTree {
  refuseDeepYaml(text, file)
  refuseLoneReturn(text, file)
  const tokens = [...new Parser().parse(text)]
  const composer = new Composer<ParsedNode>({ keepSourceTokens: true, uniqueKeys: false, logLevel: 'silent' })
  const [document] = [...composer.compose(tokens, true, text.length)] as [Document.Parsed]
  const error = document.errors[0]
  if (error !== undefined) throw doesNotParse(text, file, error.pos[0], wordsOf(error.code))
  const [, second] = tokens.filter(({ type }) => type === 'document')
  if (second) throw unsupportedYaml(text, file, second.offset, 'holds more than one document')
  refuseUnsupported(document, text, file)
  const root = isEmpty(document.contents) ? undefined : document.contents
  const end = tokens.find(({ type }) => type === 'doc-end')?.offset ?? text.length
  return { text, file, root, data: plainData(document, text, file), end }
}

/** The package counts what aliases would grow to, and stops. */
function plainData(document: Document.Parsed, text: string, file: string): Value {
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {}
  } catch {
    throw unsupportedYaml(text, file, 0, 'repeats its anchors too often')
  }
}

function isEmpty(node: ParsedNode | null): node is null {
  return node === null || (isScalar(node) && node.range[0] === node.range[1] && !node.anchor && !node.tag)
}

/** `BAD_INDENT` as `bad indent`; the package's own messages can quote the file. */
function wordsOf(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ')
}
