import type { Span } from '../../documents/splice.ts'
import type { LintedText, TextLine } from './linted-text.ts'

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
  return {
    start,
    end,
    text: unescapeText(text.slice(start, end)),
    line,
    name: nameBefore.exec(text.slice(Math.max(line.start, start - longestName), start))?.[1],
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
