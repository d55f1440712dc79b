import type { Span } from '../../documents/splice.ts'
import type { FileKind } from './file-kind.ts'
import { candidateAt, type UrlCandidate } from './url-candidate.ts'

const scheme = /https?:(?:\\?\/){2}/gi
const bareUrl = /(?:\\\/|[^\s"'`<>|^(){}[\],;\\$])+/y

/**
 * Every http URL in a text. In quotes the blanks around it and inside it belong to it, since the client reads them as
 * well; a sentence that holds a URL gives just the URL.
 */
export function findUrls(text: string, { openValues, kind }: FileKind): UrlCandidate[] {
  const spans = [...text.matchAll(scheme)].map(({ index }) => spanOf(text, index, openValues))
  const candidates = spans.map((span) => candidateAt(text, span))
  return kind === 'code' ? candidates.filter(({ isQuoted }) => isQuoted) : candidates
}

function spanOf(text: string, at: number, openValues: boolean): Span {
  const whole = quotedSpan(text, at) ?? (openValues ? openSpan(text, at) : undefined)
  if (whole && isOneUrl(text.slice(whole.start, whole.end))) return whole
  bareUrl.lastIndex = at
  const found = bareUrl.exec(text)?.[0] ?? ''
  return { start: at, end: at + found.replace(/[.:!*]+$/, '').length }
}

/** What stands between the quote in front of the URL and the same quote behind it, in one line. */
function quotedSpan(text: string, at: number): Span | undefined {
  const start = at - (/[ \t]*$/.exec(text.slice(Math.max(0, at - 20), at))?.[0].length ?? 0)
  const quote = text[start - 1] ?? ''
  if (quote === '' || !`"'\``.includes(quote)) return undefined
  const end = text.indexOf(quote, at)
  return end === -1 || text.slice(at, end).includes('\n') ? undefined : { start, end }
}

/** From the URL to the end of its line, or to a comment. */
function openSpan(text: string, at: number): Span {
  const length = /^.*?(?=\s+#|\s*$)/m.exec(text.slice(at))?.[0].length ?? 0
  return { start: at, end: at + length }
}

/** No blanks but around it, or one gap that a URL would go on behind. */
function isOneUrl(content: string): boolean {
  const [first = '', second, ...more] = content.trim().split(/\s+/)
  if (/[{}<>$]/.test(content)) return false
  return second === undefined || (more.length === 0 && (/[/.]$/.test(first) || /^[/.]/.test(second)))
}
