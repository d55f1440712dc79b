import { escapePattern } from './escape-pattern.ts'
import type { LintedText } from './linted-text.ts'
import { baseUrlName, candidateAt, type UrlCandidate } from './url-candidate.ts'

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

/** `NAME = value`, `"NAME": value`, `set -gx NAME value` and their kin. */
function assignmentOf(names: readonly string[]): RegExp {
  const name = [...names.map(escapePattern), `(?:[A-Za-z_][\\w-]*)?(?:${baseUrlName.source})`].join('|')
  const between = '["\'`]?\\]?(?:[ \\t]*(?:=(?!=)|:(?!=))[ \\t]*|[ \\t]+(?=["\'\\w]))'
  return new RegExp(`(?<![\\w-])(?:${name})${between}(${anyValue})`, 'gi')
}
