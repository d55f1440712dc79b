import type { Span } from '../../documents/splice.ts'
import type { LintedText } from './linted-text.ts'
import { candidateAt, type UrlCandidate } from './url-candidate.ts'

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
  const whole = quotedSpan(text, at, rest) ?? (kind.openValues ? openSpan(at, rest) : undefined)
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

/** From the URL to the end of its line, or to a comment. */
function openSpan(at: number, rest: string): Span {
  const comment = /\s#/.exec(rest)?.index ?? rest.length
  return { start: at, end: at + rest.slice(0, comment).trimEnd().length }
}

/** No blanks but around it, or one gap that a URL would go on behind. */
function isOneUrl(content: string): boolean {
  const [first = '', second, ...more] = content.trim().split(/\s+/)
  if (/[{}<>$]/.test(content)) return false
  return second === undefined || (more.length === 0 && (/[/.]$/.test(first) || /^[/.]/.test(second)))
}
