import { basename } from 'node:path'
import type { FormatId } from '../../documents/formats.ts'

/** One line of a text; only a line feed ends it. */
export interface TextLine {
  /** Counts from 0. */
  readonly index: number
  readonly text: string
  readonly start: number
  /** In front of the line feed. */
  readonly end: number
}

/** Code that makes the request itself, or that joins the URL itself. */
const ownRequest =
  /\b(?:fetch|axios|got|ky|urlopen|urljoin|URL)\b[\w.]{0,80}\s{0,20}\(|\bcurl\b|\bwget\b|\b(?:requests|httpx|http|https|session|client)\.(?:get|post|put|request|stream)\s{0,20}\(|Invoke-(?:RestMethod|WebRequest)/

/**
 * A text under lint. What is worked out of a line is kept, so that each line is read a few times however many URLs
 * stand in it: generated files have one line, and thousands of them.
 */
export class LintedText {
  readonly text: string
  readonly kind: FileKind
  readonly #starts: readonly number[]
  readonly #commentStarts = new Map<number, number>()
  readonly #requests = new Map<number, boolean>()
  readonly #imports = new Map<number, boolean>()

  constructor(text: string, kind: FileKind) {
    this.text = text
    this.kind = kind
    this.#starts = startsOfLines(text)
  }

  /** The line that holds an offset. */
  lineAt(offset: number): TextLine {
    const index = lastAtMost(this.#starts, offset)
    const start = this.#starts[index] ?? 0
    const next = this.#starts[index + 1]
    const end = next === undefined ? this.text.length : next - 1
    return { index, start, end, text: this.text.slice(start, end) }
  }

  /** The lines above and below a line, as many of them as there are. */
  around(index: number, above: number, below: number): { above: TextLine[]; below: TextLine[] } {
    const lines = (from: number, to: number) =>
      this.#starts.slice(Math.max(0, from), Math.max(0, to)).map((start) => this.lineAt(start))
    return { above: lines(index - above, index), below: lines(index + 1, index + 1 + below) }
  }

  /** Whether a place in a line is in a comment. */
  inComment(offset: number): boolean {
    const line = this.lineAt(offset)
    const start = remember(this.#commentStarts, line.index, () => commentStart(line.text, this.kind.comments))
    return start < offset - line.start
  }

  /** Whether the line, counted from 0, makes a request itself. */
  makesRequest(index: number): boolean {
    const start = this.#starts[index]
    if (start === undefined) return false
    return remember(this.#requests, index, () => ownRequest.test(this.lineAt(start).text))
  }

  /** Whether the line imports something: what is imported is not yet used. */
  isImport({ index, text }: TextLine): boolean {
    return remember(this.#imports, index, () => /^\s*(?:import|from)\b|\brequire\(/.test(text))
  }
}

/** Where the last of some rising numbers stands that is not above a number; 0 where all are. */
function lastAtMost(rising: readonly number[], most: number): number {
  let [low, high] = [0, rising.length]
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if ((rising[middle] ?? 0) <= most) low = middle
    else high = middle
  }
  return low
}

function startsOfLines(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function remember<Known>(known: Map<number, Known>, index: number, find: () => Known): Known {
  const found = known.get(index) ?? find()
  known.set(index, found)
  return found
}

/**
 * Where a line's comment begins: at one of the markers, which must not stand in quotes. The beginning of a line inside a
 * block comment is known by its `*`. Infinite where there is none.
 */
function commentStart(line: string, markers: readonly string[]): number {
  if (markers.includes('/*') && /^\s*\*/.test(line)) return -1
  let quote: string | undefined
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? ''
    if (character === '\\') at++
    else if (quote !== undefined) quote = character === quote ? undefined : quote
    else if (beginsComment(line, at, markers)) return at
    else if (`"'\``.includes(character)) quote = character
  }
  return Number.POSITIVE_INFINITY
}

/** A marker counts at the beginning of a line or behind a blank or a separator: `a#b` and `https://` begin none. */
function beginsComment(line: string, at: number, markers: readonly string[]): boolean {
  const free = at === 0 || /[\s;,{}()[\]]/.test(line[at - 1] ?? '')
  return free && markers.some((marker) => line.startsWith(marker, at))
}

/**
 * What a file is to lint, by its name. `code`: a URL counts in quotes only. `variables`: assignments of a shell or a
 * `.env` file. `config`: everything else.
 */
export interface FileKind {
  readonly kind: 'code' | 'variables' | 'config'
  /** What begins a comment. */
  readonly comments: readonly string[]
  /** A value without quotes goes on to the end of its line. */
  readonly openValues: boolean
  /** One of the endings that source trees are searched for. */
  readonly isSource: boolean
  /** What it has to parse as, where that is known by its name alone: comments in JSON are left to its reader. */
  readonly format?: FormatId
}

const hash = ['#']

const slashes = ['//', '/*']

const shells: FileKind = {
  kind: 'variables',
  comments: hash,
  openValues: false,
  isSource: true,
  format: 'posix-profile',
}

const dotenv: FileKind = { ...shells, openValues: true, format: 'dotenv' }

const other: FileKind = { kind: 'config', comments: hash, openValues: false, isSource: false }

const byEnding: ReadonlyMap<string, FileKind> = new Map(
  Object.entries({
    ...endings(['ts', 'tsx', 'mts', 'cts', 'js', 'mjs', 'cjs', 'jsx'], {
      kind: 'code',
      comments: slashes,
      openValues: false,
      isSource: true,
    }),
    ...endings(['py'], { kind: 'code', comments: hash, openValues: false, isSource: true }),
    ...endings(['json', 'jsonc'], {
      kind: 'config',
      comments: slashes,
      openValues: false,
      isSource: true,
      format: 'jsonc',
    }),
    ...endings(['yaml', 'yml'], {
      kind: 'config',
      comments: hash,
      openValues: true,
      isSource: true,
      format: 'yaml',
    }),
    ...endings(['toml'], { ...other, isSource: true, format: 'toml' }),
    ...endings(['sh', 'bash', 'zsh'], shells),
    ...endings(['fish'], { ...shells, format: 'fish-profile' }),
    ...endings(['ps1'], { ...shells, format: 'powershell-profile' }),
    ...endings(['env'], dotenv),
  }),
)

/** Judges a file by its name alone. */
export function fileKind(path: string): FileKind {
  const name = basename(path).toLowerCase()
  if (/^\.env(\.|$)/.test(name)) return dotenv
  if (/^\.(bash|zsh|z?profile|zlogin)/.test(name)) return shells
  return byEnding.get(name.slice(name.lastIndexOf('.') + 1)) ?? other
}

/** An example that people copy and fill in: empty values are right there. */
export function isExample(path: string): boolean {
  return /\b(example|sample|template|dist)\b/i.test(basename(path))
}

function endings(names: readonly string[], kind: FileKind): Record<string, FileKind> {
  return Object.fromEntries(names.map((name) => [name, kind]))
}

/** A text as a regular expression that matches just it. */
export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

const pairBefore =
  /(?<![\w-])["']?name["']?\s*[:=]\s*["']?([A-Za-z_]\w*)["']?\s*,?\s*["']?value["']?\s*[:=]\s*["'`]?\s*$/i

const pairBehind = /^["'`]?\s*,?\s*["']?name["']?\s*[:=]\s*["']?([A-Za-z_]\w*)/i

/**
 * The other half of a pair, as lists of variables have them in editors and in Kubernetes: `"name": "X", "value": "…"`. No
 * name is longer than `longest`: lines of generated files are endless.
 */
export function nameBesideValue(
  text: string,
  start: number,
  end: number,
  longest: number,
): string | undefined {
  const before = text.slice(Math.max(0, start - longest), start)
  return (pairBefore.exec(before) ?? pairBehind.exec(text.slice(end, end + longest)))?.[1]
}
