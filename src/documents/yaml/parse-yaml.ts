import {
  Composer,
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isNode,
  isScalar,
  type ParsedNode,
  Parser,
  visit,
  type YAMLMap,
} from 'yaml'
import { formatWhere, UserError } from '../../errors.ts'
import { type SyntaxText, say, type TextId } from '../../texts/message.ts'
import { duplicateKey, type KeyPath, remembered, type Value, whereAt } from '../document.ts'
import { applySplices, type Splice } from '../lines.ts'
import { deepest, refuseDeepBrackets, tooDeep } from '../too-deep.ts'
import { sameValue } from '../value.ts'
import { keyOf, startOfPair } from './yaml-nodes.ts'

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
  return { ...readTree(text, file), file }
}

/** One tree is kept, for it is far larger than its text. */
const readTree = remembered((text: string, file: string): Omit<YamlTree, 'file'> => {
  refuseDeepYaml(text, file)
  refuseLoneReturn(text, file)
  const tokens = [...new Parser().parse(text)]
  const composer = new Composer<ParsedNode>({ keepSourceTokens: true, uniqueKeys: false, logLevel: 'silent' })
  const [document] = [...composer.compose(tokens, true, text.length)] as [Document.Parsed]
  const error = document.errors[0]
  if (error !== undefined) throw doesNotParse(text, file, error.pos[0], reasons[error.code] ?? 'syntax.other')
  const [, second] = tokens.filter(({ type }) => type === 'document')
  if (second) throw unsupportedYaml(text, file, second.offset, 'yaml.documents')
  refuseUnsupported(document, text, file)
  const root = isEmpty(document.contents) ? undefined : document.contents
  const end = tokens.find(({ type }) => type === 'doc-end')?.offset ?? text.length
  return { text, root, data: plainData(document, text, file), end }
}, 1)

/** The package counts what aliases would grow to, and stops. */
function plainData(document: Document.Parsed, text: string, file: string): Value {
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {}
  } catch {
    throw unsupportedYaml(text, file, 0, 'yaml.anchors')
  }
}

function isEmpty(node: ParsedNode | null): node is null {
  return node === null || (isScalar(node) && node.range[0] === node.range[1] && !node.anchor && !node.tag)
}

/** What yaml 2.9 says is wrong, by its codes: its own messages can quote the file. */
const reasons: { readonly [code in ErrorCode]?: SyntaxText } = {
  ALIAS_PROPS: 'syntax.alias',
  BAD_ALIAS: 'syntax.alias',
  BAD_COLLECTION_TYPE: 'syntax.tag',
  BAD_DQ_ESCAPE: 'syntax.escape',
  BAD_INDENT: 'syntax.indent',
  BAD_PROP_ORDER: 'syntax.alias',
  BAD_SCALAR_START: 'syntax.value',
  BLOCK_AS_IMPLICIT_KEY: 'syntax.key',
  KEY_OVER_1024_CHARS: 'syntax.key',
  MISSING_CHAR: 'syntax.character',
  MULTILINE_IMPLICIT_KEY: 'syntax.key',
  MULTIPLE_ANCHORS: 'syntax.alias',
  MULTIPLE_TAGS: 'syntax.tag',
  TAB_AS_INDENT: 'syntax.tab',
  TAG_RESOLVE_FAILED: 'syntax.tag',
}

const coreTag = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/

/**
 * Refuses what readers of YAML do not agree on, or what cannot be compared after an edit: tags beyond the core
 * schema, keys that are no scalars, and values that contain themselves. Equal keys and aliases without an anchor are
 * errors.
 */
export function refuseUnsupported(document: Document.Parsed, text: string, file: string): void {
  visit(document, (_, node, above) => {
    if (!isNode(node)) return
    const offset = node.range?.[0] ?? 0
    if (isAlias(node)) {
      const meant = node.resolve(document)
      if (meant === undefined) throw doesNotParse(text, file, offset, 'syntax.alias')
      if (above.includes(meant)) throw unsupportedYaml(text, file, offset, 'yaml.cycle')
    } else if (node.tag !== undefined && !coreTag.test(node.tag)) {
      throw unsupportedYaml(text, file, offset, 'yaml.tag')
    } else if (isMap(node)) {
      refuseKeys(node as YAMLMap.Parsed, text, file)
    }
  })
}

/** Readers do not agree whether a carriage return alone ends a line (PyYAML 6.0: yes; yaml 2.9: no). */
export function refuseLoneReturn(text: string, file: string): void {
  const offset = text.search(/\r(?!\n)/)
  if (offset !== -1) throw unsupportedYaml(text, file, offset, 'syntax.return')
}

function refuseKeys(map: YAMLMap.Parsed, text: string, file: string): void {
  const seen = new Set<string>()
  for (const pair of map.items) {
    const offset = startOfPair(pair)
    if (!isScalar(pair.key)) throw unsupportedYaml(text, file, offset, 'yaml.key')
    if (seen.has(keyOf(pair))) throw duplicateKey(text, file, offset)
    seen.add(keyOf(pair))
  }
}

/** A line indented so far, or with so many `-` and `?` at its beginning, that it may be nested too deeply. */
const deepLine = new RegExp(`^(?: {${2 * deepest}}| *(?:[-?:][ \\t]+){${deepest}})`, 'm')

/** Throws UserErrors `too-deep` and `too-many-values` before a text is parsed: each level takes a bracket, a column or a mark. */
export function refuseDeepYaml(text: string, file: string): void {
  refuseDeepBrackets(text, file)
  if (countUpTo(mostMarks, /[\n[{,]/g, text) === mostMarks) throw tooManyValues(file)
  if (deepLine.test(text)) throw tooDeep(file)
}

/** Each begins a value, for which the parser takes up to 2 KiB: twice as many and Node has no memory left (yaml 2.9). */
const mostMarks = 600_000

function countUpTo(most: number, pattern: RegExp, text: string): number {
  let count = 0
  for (const _ of text.matchAll(pattern)) if (++count === most) break
  return count
}

function tooManyValues(file: string): UserError {
  return new UserError({
    code: 'too-many-values',
    message: say('error.too-many-values', { file }),
    hint: say('error.too-deep.hint'),
    where: { file },
  })
}

/** UserError `does-not-parse`, for a place by its offset; the reason quotes nothing of the file. */
export function doesNotParse(text: string, file: string, offset: number, reason: SyntaxText): UserError {
  const where = whereAt(file, text, offset)
  return new UserError({
    code: 'does-not-parse',
    message: say('error.does-not-parse', { file, format: 'YAML', reason: say(reason) }),
    hint: say('error.does-not-parse.hint', { where: formatWhere(where) }),
    where,
  })
}

/** What keeps valid YAML from being edited. */
type YamlText = Extract<TextId, `yaml.${string}`>

/** Valid YAML that cannot be edited without the risk of changing something else. */
export function unsupportedYaml(
  text: string,
  file: string,
  offset: number,
  reason: SyntaxText | YamlText,
): UserError {
  return new UserError({
    code: 'unsupported-yaml',
    message: say('error.unsupported-yaml', { file, reason: say(reason) }),
    hint: say('error.unsupported-yaml.hint'),
    where: whereAt(file, text, offset),
  })
}

/** UserError `path-taken`: a value stands where a mapping has to be; `rest` are the keys below it. */
export function pathTaken(
  text: string,
  file: string,
  offset: number,
  path: KeyPath,
  rest: KeyPath,
): UserError {
  const holder = path.slice(0, path.length - rest.length).join('.')
  return new UserError({
    code: 'path-taken',
    message: say('error.no-object', { file, holder, key: path.join('.') }),
    hint: say('error.no-object.hint'),
    where: whereAt(file, text, offset),
  })
}

/**
 * Hands the splices back if they lead to the wanted data. In YAML a line can give its neighbours another meaning: a
 * comment that follows a removed key can become text of a block scalar above it.
 */
export function verifyEdit(tree: YamlTree, splices: Splice[], wanted: Value | undefined): Splice[] {
  const { text, file } = tree
  if (sameValue(readBack(applySplices(text, splices), file), wanted)) return splices
  throw unsupportedYaml(text, file, splices[0]?.start ?? 0, 'yaml.neighbours')
}

function readBack(text: string, file: string): Value | undefined {
  try {
    return parseYaml(text, file).data
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
