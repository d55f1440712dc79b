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
import type { Ignore } from 'ignore'
import ignore from 'ignore'
import { hasCode } from '../../errors.ts'
import { readText } from '../../host/files-at.ts'
import type { LintContext } from './lint-context.ts'
import { fileKind } from './linted-text.ts'
import { baseUrlName, escapePattern } from './url-candidate.ts'

/** The rules of one .gitignore, and the folder that its paths start from. */
interface IgnoreFile {
  readonly folder: string
  readonly rules: Ignore
  /** Matches every name in small letters that a rule may be about by itself, and not by a folder above it. */
  readonly names: RegExp
}

const neverEntered = new Set(['.git', 'node_modules'])

/**
 * The paths of all source files below a folder, as git sees it: what a .gitignore leaves out is left out, also by
 * those of the folders above up to the repository's own. Links are not followed. A folder that cannot be
 * opened is given itself, and a pipe, a socket or a device by the name of a source; these are added to `odd`.
 */
export function walkSources(folder: string, odd = new Set<string>()): string[] {
  const found: string[] = []
  const rules = ignoreFilesAbove(folder)
  const above = rules.filter((rule) => rule.folder !== folder)
  walk(folder, { rules, isIgnored: isIgnored(folder + sep, above) }, found, odd)
  return found
}

/** The rules for a folder, the nearest file first, and whether the folder itself is left out: the search began there. */
interface Ignored {
  readonly rules: readonly IgnoreFile[]
  readonly isIgnored: boolean
}

function walk(folder: string, outer: Ignored, found: string[], odd: Set<string>): void {
  const entries = readFolder(folder)
  if (!entries) {
    odd.add(folder)
    found.push(folder)
    return
  }
  const own = entries.some(({ name }) => name === '.gitignore') ? readIgnoreFile(folder, '.gitignore') : []
  const rules = own.length > 0 ? [...own, ...outer.rules] : outer.rules
  const here = { ...outer, rules }
  for (const entry of entries) {
    const path = folder + sep + entry.name
    if (entry.isDirectory()) {
      if (neverEntered.has(entry.name) || isIgnored(path + sep, rules)) continue
      walk(path, { rules, isIgnored: false }, found, odd)
    } else if (!entry.isSymbolicLink() && fileKind(entry.name).isSource) {
      if (mayBeIgnored(entry.name, here) && isIgnored(path, rules)) continue
      if (!entry.isFile()) odd.add(path)
      found.push(path)
    }
  }
}

/** Rules know a path by all of it, which costs more than to read the file: most are about no name that is there. */
function mayBeIgnored(name: string, { rules, isIgnored }: Ignored): boolean {
  return isIgnored || rules.some(({ names }) => names.test(name.toLowerCase()))
}

function readFolder(folder: string): Dirent[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return undefined
  }
}

/** The nearest file that says something about the path decides, be it for or against. */
function isIgnored(path: string, rules: readonly IgnoreFile[]): boolean {
  for (const { folder, rules: own } of rules) {
    const { ignored, unignored } = own.test(path.slice(folder.length + 1).replaceAll(sep, '/'))
    if (ignored || unignored) return ignored
  }
  return false
}

/** None where the file is not there, or empty. */
function readIgnoreFile(folder: string, ...names: string[]): IgnoreFile[] {
  const text = readText(join(folder, ...names))
  return text ? [{ folder, rules: ignore().add(text), names: namesOf(text) }] : []
}

/** A rule that ends in a slash is about folders. Of another one the last part has to match the name; a hard one may match any. */
function namesOf(text: string): RegExp {
  const parts = text.split(/\r?\n/).flatMap((line) => {
    if (line === '' || line.startsWith('#') || line.endsWith('/')) return []
    const part = line.slice(line.lastIndexOf('/') + 1).replace(/^!/, '')
    return /^\*?[\w.-]+$/.test(part) ? escapePattern(part.toLowerCase()).replace('\\*', '.*') : '.*'
  })
  return parts.length > 0 ? new RegExp(`^(?:${parts.join('|')})$`) : /(?!)/
}

/** From the folder's parent up to the top of its repository, the nearest first. Outside of one there are none. */
function ignoreFilesAbove(folder: string): IgnoreFile[] {
  const found: IgnoreFile[] = []
  for (let at = folder; ; at = dirname(at)) {
    if (at !== folder) found.push(...readIgnoreFile(at, '.gitignore'))
    if (existsSync(join(at, '.git'))) return [...found, ...readIgnoreFile(at, '.git', 'info', 'exclude')]
    if (dirname(at) === at) return []
  }
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
