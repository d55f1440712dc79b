import {
  closeSync,
  constants,
  type Dirent,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
} from 'node:fs'
import { dirname, join, sep } from 'node:path'
import type { Ignore, Options } from 'ignore'
import ignore from 'ignore'
import { hasCode } from '../../errors.ts'
import { readText } from '../../host/files-at.ts'
import type { LintContext } from './lint-context.ts'
import { escapePattern, fileKind } from './linted-text.ts'
import { baseUrlName } from './url-candidate.ts'

/** What git leaves out below a folder: the rules of every .gitignore on the way to it, the nearest last. */
interface Ignored {
  /** Where the paths start that the rules know: the top of the repository; outside of one, where the search began. */
  readonly top: string
  readonly rules: Ignore
  /** Each matches every name in small letters that a rule may be about by itself, and not by a folder above it. */
  readonly names: readonly RegExp[]
}

const neverEntered = new Set(['.git', 'node_modules'])

/**
 * The paths of all source files below a folder, as git sees it: what a .gitignore leaves out is left out, also by
 * those of the folders above up to the repository's own. Links are not followed. A folder that cannot be
 * opened is given itself, and a pipe, a socket or a device by the name of a source; these are added to `odd`.
 */
export function walkSources(folder: string, odd = new Set<string>()): string[] {
  const found: string[] = []
  const above = ignoredAbove(folder)
  // What is left out with its folder, no rule below takes back.
  if (folder === above.top || !isIgnored(folder + sep, above)) walk(folder, above, found, odd)
  return found
}

function walk(folder: string, outer: Ignored, found: string[], odd: Set<string>): void {
  const entries = readFolder(folder)
  if (!entries) {
    odd.add(folder)
    found.push(folder)
    return
  }
  const hasRules = entries.some((entry) => entry.name === '.gitignore' && entry.isFile())
  const ignored = hasRules ? withRules(outer, folder, '.gitignore') : outer
  for (const entry of entries) {
    const path = folder + sep + entry.name
    if (entry.isDirectory()) {
      if (neverEntered.has(entry.name) || isIgnored(path + sep, ignored)) continue
      walk(path, ignored, found, odd)
    } else if (!entry.isSymbolicLink() && fileKind(entry.name).isSource) {
      if (mayBeIgnored(entry.name, ignored) && isIgnored(path, ignored)) continue
      if (!entry.isFile()) odd.add(path)
      found.push(path)
    }
  }
}

/** Rules know a path by all of it, which costs more than to read the file: most are about no name that is there. */
function mayBeIgnored(name: string, { names }: Ignored): boolean {
  return names.some((pattern) => pattern.test(name.toLowerCase()))
}

function isIgnored(path: string, { top, rules, names }: Ignored): boolean {
  return names.length > 0 && rules.ignores(path.slice(top.length + 1).replaceAll(sep, '/'))
}

function readFolder(folder: string): Dirent[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return undefined
  }
}

/** With the rules of a file, which start from `folder`; as before where it is not there, or empty. */
function withRules(outer: Ignored, folder: string, ...names: string[]): Ignored {
  const text = readText(join(folder, ...names))
  if (!text) return outer
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
  const from = folder
    .slice(outer.top.length)
    .replaceAll(sep, '/')
    .replace(/[\\*?[\]]/g, '\\$&')
  const rules = ignore(caseOf(outer.top))
    .add(outer.rules)
    .add(lines.flatMap((line) => ruleFrom(from, line)))
  return { top: outer.top, rules, names: [...outer.names, namesOf(lines)] }
}

/** A rule with a slash in it starts from its folder; of another one the name may lie at any depth below. */
function ruleFrom(folder: string, line: string): string[] {
  const [, not = '', rule = ''] = /^(!?)(.*)$/s.exec(line) ?? []
  if (line.startsWith('#') || /^\/? *$/.test(rule)) return []
  if (folder === '') return [line]
  const isAnchored = rule.replace(/\/? *$/, '').includes('/')
  return [`${not}${folder}${isAnchored ? '' : '/**'}/${rule.replace(/^\//, '')}`]
}

/** A rule that ends in a slash is about folders. Of another one the last part has to match the name; a hard one may match any. */
function namesOf(lines: readonly string[]): RegExp {
  const parts = lines.flatMap((line) => {
    if (line === '' || line.startsWith('#') || line.endsWith('/')) return []
    const part = line.slice(line.lastIndexOf('/') + 1).replace(/^!/, '')
    return /^\*?[\w.-]+$/.test(part) ? escapePattern(part.toLowerCase()).replace('\\*', '.*') : '.*'
  })
  return parts.length > 0 ? new RegExp(`^(?:${parts.join('|')})$`) : /(?!)/
}

/** The rules from the top of the repository down to the folder's parent. Outside of a repository there are none. */
function ignoredAbove(folder: string): Ignored {
  const above: string[] = []
  for (let at = folder; ; at = dirname(at)) {
    if (at !== folder) above.unshift(at)
    if (existsSync(join(at, '.git'))) {
      const none = { top: at, rules: ignore(caseOf(at)), names: [] }
      const own = withRules(none, at, '.git', 'info', 'exclude')
      return above.reduce((outer, each) => withRules(outer, each, '.gitignore'), own)
    }
    if (dirname(at) === at) return { top: folder, rules: ignore(), names: [] }
  }
}

/** As `git init` finds out whether names that differ in case alone are the same here. */
function caseOf(top: string): Options {
  return { ignorecase: existsSync(join(top, '.GIT')) }
}

/** What a file holds, or why that is not known. */
export type Source =
  | {
      readonly text: string
      /** Such a text goes back to the same bytes; a fix of any other would lose some. */
      readonly isUtf8: boolean
    }
  | { readonly unread: UnreadReason }

/** Why a file was not read, as findings word it. */
export type UnreadReason =
  | 'not-regular'
  | 'is-folder'
  | 'too-large'
  | 'not-text'
  | 'too-long'
  | 'not-readable'

/** A larger file is no source; it is looked at for a word of the gateway's even so, up to the second number. */
const largestSource = 1024 * 1024

const largestSearched = 256 * 1024 * 1024

const piece = 1024 * 1024

/** Longer than what the pattern matches, so that nothing gets lost where two pieces meet. */
const overlap = 4096

const buffer = Buffer.allocUnsafe(piece)

/**
 * The text of a file in which a base URL for the gateway may stand, or why it was not read; undefined when its bytes rule
 * that out. A pipe, a socket or a device is not opened: it might never answer. `isFile`: its folder says that it is none.
 */
export function readSource(
  path: string,
  worthReading: RegExp,
  largest = largestSource,
  isFile = false,
): Source | undefined {
  try {
    const stat = isFile ? undefined : statSync(path)
    if (stat && !stat.isFile()) return { unread: stat.isDirectory() ? 'is-folder' : 'not-regular' }
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const isStill = isFile || fstatSync(file).isFile()
      return isStill ? readOpen(file, worthReading, largest) : { unread: 'not-regular' }
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    return { unread: hasCode(error, 'ENAMETOOLONG') ? 'too-long' : 'not-readable' }
  }
}

function readOpen(file: number, worthReading: RegExp, largest: number): Source | undefined {
  const first = readPiece(file, buffer)
  if (first.length < piece) return readBytes(first, worthReading)
  const { size } = fstatSync(file)
  if (size > largest) return searchLarge(file, size, worthReading)
  const rest = Buffer.allocUnsafe(largest)
  return readBytes(Buffer.concat([first, readPiece(file, rest)]), worthReading)
}

/** From where the file was read up to. */
function readPiece(file: number, into: Buffer): Buffer {
  let length = 0
  for (let more = -1; more !== 0 && length < into.length; length += more) {
    more = readSync(file, into, length, into.length - length, null)
  }
  return into.subarray(0, length)
}

function readBytes(bytes: Buffer, worthReading: RegExp): Source | undefined {
  const wide = wideEncoding(bytes)
  if (wide !== undefined) {
    const text = new TextDecoder(wide, { ignoreBOM: true }).decode(bytes)
    return worthReading.test(text) ? { text, isUtf8: false } : undefined
  }
  if (!worthReading.test(bytes.toString('latin1'))) return undefined
  if (bytes.includes(0)) return { unread: 'not-text' }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  return { text, isUtf8: !text.includes('\uFFFD') }
}

/** Of a text with a byte order mark of two bytes, as editors on Windows leave it. */
function wideEncoding([first, second]: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined
}

/** Nothing is known of a large file but whether it names the gateway at all; `buffer` holds its first piece. */
function searchLarge(file: number, size: number, worthReading: RegExp): Source | undefined {
  if (size > largestSearched) return { unread: 'too-large' }
  let before = ''
  for (let length = piece; length > 0; length = readPiece(file, buffer).length) {
    const text = before + buffer.toString('latin1', 0, length)
    if (worthReading.test(text)) return { unread: 'too-large' }
    before = text.slice(-overlap)
  }
  return undefined
}

/** Matches every text that lint has to look at: an address of the gateway, or a name of a base URL. */
export function worthReadingPattern({ gateway, knownOrigins, variables }: LintContext): RegExp {
  const origins = [...gateway.regions.map(({ origin }) => origin), ...knownOrigins]
  const hosts = origins.map((origin) => origin.replace(/^https?:\/\//, ''))
  // Of a name its middle is enough, so that another ending is met as well.
  const parts = hosts.flatMap((host) => (/^[\d.]+$/.test(host) ? host : host.split('.').slice(-2, -1)))
  const needed = [...new Set([...parts, ...variables.keys()])].map(escapePattern)
  return new RegExp([...needed, baseUrlName.source].join('|'), 'i')
}
