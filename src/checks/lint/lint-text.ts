import type { CodeClient } from '../../catalog/steps.ts'
import type { Document } from '../../documents/document.ts'
import { loadFormats } from '../../documents/formats.ts'
import type { Span } from '../../documents/lines.ts'
import {
  hostIn,
  judgeForClients,
  meansGateway,
  missesRoute,
  pathIn,
  regionMeant,
} from '../../gateway/judge-base-url.ts'
import { maskUrl, urlRules } from '../../gateway/url-faults.ts'
import { distinctEndpoints, type LintContext, type LintFinding, type LintProblem } from './lint-context.ts'
import { escapePattern, fileKind, isExample, LintedText, type TextLine } from './linted-text.ts'
import { baseUrlName, findHalfUrls, findUrls, type UrlCandidate } from './url-candidate.ts'
import type { UrlKey, UrlReader } from './url-readers.ts'

/** Every broken rule of every base URL for the gateway in one file's text, in the file's order. */
export async function lintText(path: string, text: string, context: LintContext): Promise<LintProblem[]> {
  const lines = new LintedText(text, fileKind(path))
  const urls = findUrls(lines).filter((url) => isForGateway(url.text, context))
  const keys = context.keysOf(path)
  const halves = findHalfUrls(lines, [...context.variables.keys(), ...keys.map(nameOf)]).filter(
    (half) => hasNoHost(half.text) || isForGateway(half.text, context),
  )
  const candidates = [...urls, ...halves]
    .filter(({ start }) => !lines.inComment(start))
    .sort((one, other) => one.start - other.start)
  const keyReaders = await findKeyReaders(text, keys, candidates)
  const words = candidates.length > 0 ? findClientWords(lines, context) : []
  const file = { path, lines, keyReaders, words }
  return candidates.flatMap((url) => judgeInFile(url, file, context))
}

function nameOf({ keyPath }: UrlKey): string {
  return keyPath.at(-1) ?? ''
}

function judgeInFile(url: UrlCandidate, file: LintFile, context: LintContext): LintProblem[] {
  const readers = chooseReaders(url, file, context)
  const isWanted =
    file.keyReaders.has(url) ||
    (hasNoHost(url.text)
      ? isReadEmpty(url, file, context)
      : isMeant(url, readers.length > 0, file.lines, context))
  if (!isWanted) return []
  const { start, end, line } = url
  const text = file.lines.text.slice(start, end)
  const column = start - line.start + 1
  const place = {
    file: file.path,
    line: line.index + 1,
    column: column + text.length - text.trimStart().length,
    level: null,
  }
  const findings = judge(url.text, place, readers, context)
  return findings.map((finding) => ({ finding, span: { start, end, text, column } }))
}

/** A private relay, or a host that is the gateway's or nearly. */
function isForGateway(text: string, { knownOrigins, gateway }: LintContext): boolean {
  if (knownOrigins.some((origin) => text.trim().startsWith(origin))) return true
  return meansGateway(hostIn(text) ?? '', gateway)
}

/**
 * An empty variable counts where a client is known to read it. In YAML and in programs a variable without a value, or
 * with an empty one, often has a meaning of its own.
 */
function isReadEmpty(url: UrlCandidate, { path, lines }: LintFile, context: LintContext): boolean {
  if (!context.variables.has(url.name ?? '') || lines.kind.kind === 'code' || isExample(path)) return false
  return url.isQuoted || lines.kind.kind === 'variables'
}

/** One variable of the environment. */
export function lintValue(
  name: string,
  value: string,
  readers: readonly UrlReader[],
  context: LintContext,
): LintProblem[] {
  if (!hasNoHost(value) && !isForGateway(value, context)) return []
  const place = { file: `$${name}`, line: 1, column: 1, level: 'environment' } as const
  return judge(value, place, readers, context).map((finding) => ({ finding, span: undefined }))
}

function judge(
  url: string,
  place: Pick<LintFinding, 'file' | 'line' | 'column' | 'level'>,
  readers: readonly UrlReader[],
  { gateway, knownOrigins, endpoints }: LintContext,
): LintFinding[] {
  const own = distinctEndpoints(readers.map(({ endpoint }) => endpoint))
  const judgement = judgeForClients(url, own.length > 0 ? own : endpoints, gateway, { knownOrigins })
  return judgement.problems.map(({ rule, message }) => ({
    rule,
    severity: urlRules[rule].severity,
    tool: toolsOf(readers),
    ...place,
    url: maskUrl(url.trim()),
    requests: judgement.requests === undefined ? null : maskUrl(judgement.requests),
    status: missesRoute(judgement) ? 404 : null,
    message,
    fix: judgement.fix ?? null,
  }))
}

function toolsOf(readers: readonly UrlReader[]): string | null {
  const tools = new Set(readers.flatMap(({ tool }) => tool ?? []))
  return tools.size === 0 ? null : [...tools].join(',')
}

/** Empty, or nothing but the beginning of a URL. */
export function hasNoHost(text: string): boolean {
  return /^\s*(?:https?)?:?\/{0,2}\s*$/i.test(text)
}

/** Names of values that are no base URL. */
const otherName = /origin|host|domain|server|gateway|region|docs?|site|home|console|portal|link|href|status/i

/** Whether a URL with a host like the gateway's is a base URL, by what stands around it. */
export function isMeant(
  url: UrlCandidate,
  isRead: boolean,
  lines: LintedText,
  context: LintContext,
): boolean {
  if (url.isPart) return false
  if (context.variables.has(url.name ?? '') || baseUrlName.test(url.name ?? '')) return true
  if (!isRead && !isLikely(url.text, context)) return false
  if (lines.makesRequest(url.line.index) || lines.makesRequest(url.line.index - 1)) return false
  if (otherName.test(url.name ?? '')) return false
  return isRead || !(isRoute(url.text, context) || isBareOrigin(url))
}

/** A host that nobody has counts only with a path like that of a base URL. */
function isLikely(text: string, { gateway, endpoints, knownOrigins }: LintContext): boolean {
  if (knownOrigins.some((origin) => text.trim().startsWith(origin))) return true
  return (
    regionMeant(hostIn(text) ?? '', gateway) !== undefined ||
    endpoints.some(({ prefix }) => text.includes(prefix))
  )
}

/** An address in a list or in a sentence, which nothing gives to a client. */
function isBareOrigin({ name, text }: UrlCandidate): boolean {
  return name === undefined && pathIn(text) === ''
}

/** A whole route is right where a program makes its requests itself. */
function isRoute(text: string, { gateway }: LintContext): boolean {
  const routes = [
    gateway.modelsRoute,
    ...gateway.otherModelsRoutes,
    ...gateway.protocols.flatMap((protocol) => protocol.routes),
  ]
  return routes.some((route) => text.trim().endsWith(route))
}

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
 * Who reads the URL: known by the variable's name, by the key in a tool's own file, or by the words around it. Empty when
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

/** Who reads a candidate, where it stands at the very key from which a tool reads its base URL. */
export type KeyReaders = ReadonlyMap<UrlCandidate, readonly UrlReader[]>

/**
 * Finds the candidates that stand at a tool's own keys: the first one behind the names of the key path that has the
 * value which the file's parser gives. A file that does not parse has none: that is not lint's to judge.
 */
export async function findKeyReaders(
  text: string,
  keys: readonly UrlKey[],
  candidates: readonly UrlCandidate[],
): Promise<KeyReaders> {
  const document = await openFile(text, keys[0])
  const readers = new Map<UrlCandidate, readonly UrlReader[]>()
  if (!document) return readers
  for (const { keyPath, reader } of keys) {
    const value = document.get(keyPath)
    const behind = keyPath.reduce((from, key) => text.indexOf(key, from), 0)
    const found = candidates.find((candidate) => candidate.start > behind && candidate.text === value)
    if (found) readers.set(found, [...(readers.get(found) ?? []), reader])
  }
  return readers
}

async function openFile(text: string, key: UrlKey | undefined): Promise<Document | undefined> {
  if (!key) return undefined
  try {
    return (await loadFormats([key.format])).get(key.format)?.open(text, key.path)
  } catch {
    return undefined
  }
}
