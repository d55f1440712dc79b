import type { CodeClient } from '../../catalog/code-client.ts'
import { escapePattern } from './escape-pattern.ts'
import type { FileKind } from './file-kind.ts'
import type { KeyReaders } from './key-readers.ts'
import type { LintContext } from './lint-context.ts'
import { baseUrlName, type UrlCandidate } from './url-candidate.ts'
import type { UrlReader } from './url-readers.ts'

/** How many lines above a URL may name the client that it is given to, and how many below. */
const above = 8
const below = 3

/** A file under lint. */
export interface LintFile {
  readonly path: string
  readonly text: string
  readonly kind: FileKind
  readonly keyReaders: KeyReaders
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
  const area = file.kind.kind === 'code' ? 'code' : 'config'
  const clients = context.codeClients.filter((client) => client.in === area)
  const nearest = nearbyTexts(url, file.text)
    .map(({ text, which }) => wordsIn(text, clients).at(which))
    .find((word) => word !== undefined)
  const client = nearest === undefined ? undefined : clients.find(({ words }) => words.includes(nearest))
  if (client) return [readerOf(client)]
  return area === 'code' ? onlyReader(file.text, clients) : []
}

/** Where to look for a word, the nearest place first, and whether its first or its last word is the nearest. */
function nearbyTexts({ start, end, line, lineStart, name }: UrlCandidate, text: string) {
  const inLine = [
    { text: text.slice(lineStart, start), which: -1 },
    { text: text.slice(end, lineStart + line.length), which: 0 },
  ]
  // A constant of another name may be for any client of the file.
  if (name !== undefined && !baseUrlName.test(name)) return inLine
  const before = text
    .slice(0, lineStart)
    .split('\n')
    .slice(-above - 1)
  const after = text.slice(lineStart + line.length + 1).split('\n')
  return [
    ...inLine,
    { text: before.filter(isNoImport).join('\n'), which: -1 },
    { text: after.slice(0, below).filter(isNoImport).join('\n'), which: 0 },
  ]
}

/** What is imported is not yet used. */
function isNoImport(line: string): boolean {
  return !/^\s*(?:import|from)\b|\brequire\(/.test(line)
}

function onlyReader(text: string, clients: readonly CodeClient[]): UrlReader[] {
  const named = clients.filter((client) => wordsIn(text, [client]).length > 0)
  const requests = new Set(named.map(({ endpoint }) => endpoint.protocol + endpoint.appends))
  return requests.size === 1 ? named.map(readerOf) : []
}

function readerOf({ tool, endpoint }: CodeClient): UrlReader {
  return { endpoint, ...(tool !== undefined && { tool }) }
}

/** Every word of these clients in the text, in order; whole words only. */
function wordsIn(text: string, clients: readonly CodeClient[]): string[] {
  const words = clients.flatMap((client) => client.words).sort((a, b) => b.length - a.length)
  const anyWord = words.map(escapePattern).join('|')
  const pattern = new RegExp(`(?<![\\w@/-])(?:${anyWord})(?![\\w-])`, 'g')
  return [...text.matchAll(pattern)].map(([word]) => word)
}
