import type { CodeClient } from '../../catalog/code-client.ts'
import type { Span } from '../../documents/splice.ts'
import { escapePattern } from './escape-pattern.ts'
import type { KeyReaders } from './key-readers.ts'
import type { LintContext } from './lint-context.ts'
import type { LintedText, TextLine } from './linted-text.ts'
import { baseUrlName, type UrlCandidate } from './url-candidate.ts'
import type { UrlReader } from './url-readers.ts'

/** How many lines above a URL may name the client that it is given to, and how many below. */
const above = 8
const below = 3

/** A file under lint. */
export interface LintFile {
  readonly path: string
  readonly lines: LintedText
  readonly keyReaders: KeyReaders
  /** Every word in it that names a client, in order. */
  readonly words: readonly ClientWord[]
}

/** A word that names a client, and where it stands. */
interface ClientWord extends Span {
  readonly word: string
}

/**
 * Who reads the URL: told by the variable's name, by the key in a tool's own file, or by the words around it. Empty when
 * nothing tells.
 */
export function chooseReaders(url: UrlCandidate, file: LintFile, context: LintContext): readonly UrlReader[] {
  const ofFile = asSetUp(file.keyReaders.get(url) ?? [], context)
  const ofVariable = [
    ...asSetUp(context.variables.get(url.name ?? '') ?? [], context),
    ...projectReaders(url, file, context),
  ]
  const both = ofVariable.filter(({ tool }) => ofFile.some((reader) => reader.tool === tool))
  const placed = [both, ofVariable, ofFile].find((readers) => readers.length > 0)
  return placed ?? namedReaders(url, file, context)
}

/** A library of this project that reads the variable as well. */
function projectReaders({ name = '' }: UrlCandidate, { path }: LintFile, context: LintContext): UrlReader[] {
  const clients = context.codeClients.filter(({ variables }) => variables.includes(name))
  const manifest = clients.length > 0 ? context.manifestBeside(path) : ''
  return clients.filter(({ words }) => words.some((word) => manifest.includes(`"${word}"`))).map(readerOf)
}

/** Of a tool with several variants, the one that it was set up as. */
function asSetUp(readers: readonly UrlReader[], { variantOf }: LintContext): readonly UrlReader[] {
  return readers.filter(({ tool, variant }) => {
    const known = tool === undefined ? undefined : variantOf.get(tool)
    const isThere = readers.some((reader) => reader.tool === tool && reader.variant === known)
    return !isThere || variant === known
  })
}

/** The client of the nearest word: in its line, above, below; else the only one that the file names. */
function namedReaders(url: UrlCandidate, file: LintFile, context: LintContext): UrlReader[] {
  const clients = clientsFor(file.lines, context)
  const nearest = nearestWord(url, file)
  const client = nearest && clients.find(({ words }) => words.includes(nearest))
  if (client) return [readerOf(client)]
  return file.lines.kind.kind === 'code' ? onlyReader(file, clients) : []
}

/** The words by which a file of this kind names its clients. */
function clientsFor({ kind }: LintedText, { codeClients }: LintContext): CodeClient[] {
  const area = kind.kind === 'code' ? 'code' : 'config'
  return codeClients.filter((client) => client.in === area)
}

function nearestWord(
  { start, end, line, name }: UrlCandidate,
  { lines, words }: LintFile,
): string | undefined {
  const inLine = lastWord(words, line.start, start) ?? firstWord(words, end, line.end)
  // A constant of another name may be for any client of the file.
  if (inLine !== undefined || (name !== undefined && !baseUrlName.test(name))) return inLine
  const around = lines.around(line.index, above, below)
  const wordIn = (one: TextLine, pick: typeof lastWord) =>
    lines.isImport(one) ? undefined : pick(words, one.start, one.end)
  return [
    ...around.above.toReversed().map((one) => wordIn(one, lastWord)),
    ...around.below.map((one) => wordIn(one, firstWord)),
  ].find((word) => word !== undefined)
}

function lastWord(words: readonly ClientWord[], from: number, to: number): string | undefined {
  const found = words[indexBefore(words, to)]
  return found && found.start >= from && found.end <= to ? found.word : undefined
}

function firstWord(words: readonly ClientWord[], from: number, to: number): string | undefined {
  const found = words[indexBefore(words, from) + 1]
  return found && found.end <= to ? found.word : undefined
}

/** Of the last word that begins in front of an offset; -1 where none does. */
function indexBefore(words: readonly ClientWord[], offset: number): number {
  let [low, high] = [-1, words.length]
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if ((words[middle]?.start ?? 0) < offset) low = middle
    else high = middle
  }
  return low
}

/** Of clients that all request alike. */
function onlyReader({ words }: LintFile, clients: readonly CodeClient[]): UrlReader[] {
  const there = new Set(words.map(({ word }) => word))
  const named = clients.filter((client) => client.words.some((word) => there.has(word)))
  const requests = new Set(named.map(({ endpoint }) => endpoint.protocol + endpoint.appends))
  return requests.size === 1 ? named.map(readerOf) : []
}

function readerOf({ tool, endpoint }: CodeClient): UrlReader {
  return { endpoint, ...(tool !== undefined && { tool }) }
}

/** Every word of a text that names a client of its kind of file, in order; whole words only. */
export function findClientWords(lines: LintedText, context: LintContext): ClientWord[] {
  const words = clientsFor(lines, context).flatMap((client) => client.words)
  const anyWord = words
    .sort((a, b) => b.length - a.length)
    .map(escapePattern)
    .join('|')
  const pattern = new RegExp(`(?<![\\w@/-])(?:${anyWord})(?![\\w-])`, 'g')
  return [...lines.text.matchAll(pattern)].map(({ 0: word, index }) => ({
    word,
    start: index,
    end: index + word.length,
  }))
}
