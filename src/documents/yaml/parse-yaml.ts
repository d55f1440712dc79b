import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  type ParsedNode,
  Parser,
  visit,
  type YAMLMap,
} from 'yaml'
import { UserError } from '../../errors.ts'
import { type KeyPath, type Value, whereAt } from '../document.ts'
import { applySplices, type Splice } from '../lines.ts'
import { deepest, refuseDeepBrackets, tooDeep } from '../too-deep.ts'
import { remembered, sameValue } from '../value.ts'
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
  if (error !== undefined) throw doesNotParse(text, file, error.pos[0], wordsOf(error.code))
  const [, second] = tokens.filter(({ type }) => type === 'document')
  if (second) throw unsupportedYaml(text, file, second.offset, 'holds more than one document')
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
      if (meant === undefined) throw doesNotParse(text, file, offset, 'alias without anchor')
      if (above.includes(meant))
        throw unsupportedYaml(text, file, offset, 'holds a value that contains itself')
    } else if (node.tag !== undefined && !coreTag.test(node.tag)) {
      throw unsupportedYaml(text, file, offset, 'has a tag beyond the core schema')
    } else if (isMap(node)) {
      refuseKeys(node as YAMLMap.Parsed, text, file)
    }
  })
}

/** Readers do not agree whether a carriage return alone ends a line (PyYAML 6.0: yes; yaml 2.9: no). */
export function refuseLoneReturn(text: string, file: string): void {
  const offset = text.search(/\r(?!\n)/)
  if (offset !== -1) throw unsupportedYaml(text, file, offset, 'has a carriage return without a line feed')
}

function refuseKeys(map: YAMLMap.Parsed, text: string, file: string): void {
  const seen = new Set<string>()
  for (const pair of map.items) {
    const offset = startOfPair(pair)
    if (!isScalar(pair.key)) throw unsupportedYaml(text, file, offset, 'has a key that is no plain text')
    if (seen.has(keyOf(pair))) throw duplicateKey(text, file, offset)
    seen.add(keyOf(pair))
  }
}

/** A line indented so far, or with so many `-` and `?` at its beginning, that it may be nested too deeply. */
const deepLine = new RegExp(`^(?: {${2 * deepest}}| *(?:[-?:][ \\t]+){${deepest}})`, 'm')

/** Throws UserError `too-deep` before a text is parsed: each level takes a bracket, a column or a mark. */
export function refuseDeepYaml(text: string, file: string): void {
  refuseDeepBrackets(text, file)
  if (deepLine.test(text)) throw tooDeep(file)
}

/** UserError `does-not-parse`, for a place by its offset; the reason quotes nothing of the file. */
export function doesNotParse(text: string, file: string, offset: number, reason: string): UserError {
  return new UserError({
    code: 'does-not-parse',
    message: `The file is not valid YAML (${reason}), so it was left alone.`,
    hint: 'Correct it at that place, then run the same command again.',
    where: whereAt(file, text, offset),
  })
}

/** UserError `duplicate-key`: readers differ in which of the two they take. */
export function duplicateKey(text: string, file: string, offset: number): UserError {
  return new UserError({
    code: 'duplicate-key',
    message: 'The file has the same key twice in one mapping, so it is not clear which one counts.',
    hint: 'Take one of the two out, then run the same command again.',
    where: whereAt(file, text, offset),
  })
}

/** Valid YAML that cannot be edited without the risk of changing something else. */
export function unsupportedYaml(text: string, file: string, offset: number, what: string): UserError {
  return new UserError({
    code: 'unsupported-yaml',
    message: `The file ${what}, so it was left alone.`,
    hint: 'Write that place in plain YAML, then run the same command again.',
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
  const taken = path.slice(0, path.length - rest.length)
  const what = taken.length === 0 ? 'The file as a whole' : `"${taken.join('.')}"`
  return new UserError({
    code: 'path-taken',
    message: `${what} is no mapping, so "${path.join('.')}" cannot be set in it.`,
    hint: 'Make it a mapping ({}) or take it out, then run the same command again.',
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
  throw unsupportedYaml(
    text,
    file,
    splices[0]?.start ?? 0,
    'has lines around this place that the edit would change',
  )
}

function readBack(text: string, file: string): Value | undefined {
  try {
    return parseYaml(text, file).data
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
