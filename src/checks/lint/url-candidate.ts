import type { Span } from '../../documents/lines.ts'
import { escapePattern, type LintedText, nameBesideValue, type TextLine } from './linted-text.ts'

/** A text in a file that may be a base URL. */
export interface UrlCandidate extends Span {
  /** What stands in the span, escapes undone. */
  readonly text: string
  /** The span's line. */
  readonly line: TextLine
  /** The name of the value, such as `base_url`; undefined when it has none. */
  readonly name: string | undefined
  /** The code goes on to build a longer URL of it. */
  readonly isPart: boolean
  readonly isQuoted: boolean
}

/** A name that says what the value is. */
export const baseUrlName = /base[_-]?(?:url|path)|api[_-]?(?:base|url)/i

/** How far in front of a value its name is looked for: lines of generated files are endless. */
const longestName = 200

const nameBefore =
  /([A-Za-z_][\w-]*)["'`]?(?:\s*\]|\s*:\s*(?:string|str|Final(?:\[str\])?)(?=\s*=))?\s*(?::-|:=|\?\?=?|\|\|=?|[=:,]|\s)\s*[rbu]?["'`]?\s*$/

/** Makes a candidate of a span; the line and the name are found around it. */
export function candidateAt(lines: LintedText, { start, end }: Span): UrlCandidate {
  const { text } = lines
  const line = lines.lineAt(start)
  const quote = text[start - 1] ?? ''
  const isQuoted = quote !== '' && `"'\``.includes(quote) && text[end] === quote
  const name = nameBefore.exec(text.slice(Math.max(line.start, start - longestName), start))?.[1]
  return {
    start,
    end,
    text: unescapeText(text.slice(start, end)),
    line,
    name: name?.toLowerCase() === 'value' ? (nameBesideValue(text, start, end, longestName) ?? name) : name,
    isPart: isContinued(text.slice(end, end + 20), isQuoted),
    isQuoted,
  }
}

/** Something is put behind the URL: `${path}`, `" + path`, `{}`, `%s`. */
function isContinued(behind: string, isQuoted: boolean): boolean {
  return /^(?:\$\{|\$\w|\{|<|%[sdv(])/.test(behind) || (isQuoted && /^["'`]\s*(?:\+|\.concat\()/.test(behind))
}

/** The escapes that JSON, TOML, YAML and program texts share. */
function unescapeText(written: string): string {
  const named: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '/': '/' }
  return written.replace(/\\(?:u([0-9a-f]{4})|([nrt/]))/gi, (_, code: string | undefined, letter: string) =>
    code === undefined ? (named[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  )
}

/** Longer is no base URL; it is not looked at, or a line of nothing but URLs would be read once for each. */
const longestUrl = 2000

const scheme = /https?:(?:\\?\/){2}/gi
const bareUrl = /(?:\\\/|[^\s"'`<>|^(){}[\],;\\$]){1,2000}/y

/**
 * Every http URL in a text. In quotes the blanks around it and inside it belong to it, since the client reads them as
 * well; a sentence that holds a URL gives just the URL.
 */
export function findUrls(lines: LintedText): UrlCandidate[] {
  const spans = [...lines.text.matchAll(scheme)].map(({ index }) => spanOf(lines, index))
  const candidates = spans
    .filter(({ start, end }) => end - start < longestUrl)
    .map((span) => candidateAt(lines, span))
  return lines.kind.kind === 'code' ? candidates.filter(({ isQuoted }) => isQuoted) : candidates
}

function spanOf(lines: LintedText, at: number): Span {
  const { text, kind } = lines
  const { end } = lines.lineAt(at)
  const rest = text.slice(at, Math.min(end, at + longestUrl + 1))
  // To the end of the line, or to a comment.
  const open = { start: at, end: at + (rest.split(/\s#/)[0] ?? '').trimEnd().length }
  const whole = quotedSpan(text, at, rest) ?? (kind.openValues ? open : undefined)
  if (whole && isOneUrl(text.slice(whole.start, whole.end))) return whole
  bareUrl.lastIndex = at
  const found = bareUrl.exec(text)?.[0] ?? ''
  return { start: at, end: at + found.replace(/[.:!*]+$/, '').length }
}

/** What stands between the quote in front of the URL and the same quote behind it, in one line. */
function quotedSpan(text: string, at: number, rest: string): Span | undefined {
  const start = at - (/[ \t]*$/.exec(text.slice(Math.max(0, at - 20), at))?.[0].length ?? 0)
  const quote = text[start - 1] ?? ''
  if (quote === '' || !`"'\``.includes(quote)) return undefined
  const length = rest.indexOf(quote)
  return length === -1 ? undefined : { start, end: at + length }
}

/** No blanks but around it, or one gap that a URL would go on behind. */
function isOneUrl(content: string): boolean {
  const [first = '', second, ...more] = content.trim().split(/\s+/)
  if (/[{}<>$]/.test(content)) return false
  return second === undefined || (more.length === 0 && (/[/.]$/.test(first) || /^[/.]/.test(second)))
}

const anyValue = '"[^"\\n]*"|\'[^\'\\n]*\'|[^\\s"\'`;,)}\\]#]*'

/**
 * The values of these names, and of all that say `base URL` in one way or another, that are no http URL: empty,
 * without a scheme, or with a wrong one.
 */
export function findHalfUrls(lines: LintedText, names: readonly string[]): UrlCandidate[] {
  const { text, kind } = lines
  return [...text.matchAll(assignmentOf(names))].flatMap(({ 0: whole, 1: value = '', index }) => {
    const quotes = /^["']/.test(value) ? 1 : 0
    const end = index + whole.length
    const candidate = candidateAt(lines, { start: end - value.length + quotes, end: end - quotes })
    if (/^\s*https?:\/\/\S/i.test(candidate.text) || (kind.kind === 'code' && quotes === 0)) return []
    return [candidate]
  })
}

/** `NAME = value`, `"NAME": value`, `set -gx NAME value`, `"name": "NAME", "value": value` and the like. */
function assignmentOf(names: readonly string[]): RegExp {
  const name = [...names.map(escapePattern), `(?:[A-Za-z_][\\w-]*)?(?:${baseUrlName.source})`].join('|')
  const inPair = '\\s*,?\\s*["\']?value["\']?[ \\t]*[:=][ \\t]*'
  const between = `["'\`]?\\]?(?:[ \\t]*(?:=(?!=)|:(?!=))[ \\t]*|[ \\t]+(?=["'\\w])|${inPair})`
  return new RegExp(`(?<![\\w-])(?:${name})${between}(${anyValue})`, 'gi')
}
