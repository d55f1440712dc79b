import type { FileKind } from './file-kind.ts'
import { candidateAt, type UrlCandidate } from './url-candidate.ts'

/** A value that is no http URL, though it should be: empty, without a scheme, or with a wrong one. */
export interface HalfUrl extends UrlCandidate {
  readonly name: string
}

const anyName =
  '[A-Za-z_][\\w-]*(?:base[_-]?(?:url|path)|api[_-]?(?:base|url))|base[_-]?(?:url|path)|api[_-]?base'
const assigned = new RegExp(
  `(?<![\\w-])(${anyName})["'\`]?\\]?(?:[ \\t]*(?:=(?!=)|:(?!=))[ \\t]*|[ \\t]+(?=["'\\w]))("[^"\\n]*"|'[^'\\n]*'|[^\\s"'\`;,)}\\]#]*)`,
  'gi',
)

/** The values of all names that say `base URL` in one way or another and that do not begin with http://. */
export function findHalfUrls(text: string, { kind }: FileKind): HalfUrl[] {
  return [...text.matchAll(assigned)].flatMap(([whole, name = '', value = ''], index, all) => {
    const at = all[index]?.index ?? 0
    const quoted = /^["']/.test(value)
    const start = at + whole.length - value.length + (quoted ? 1 : 0)
    const span = { start, end: at + whole.length - (quoted ? 1 : 0) }
    const candidate = candidateAt(text, span)
    if (/^\s*https?:\/\/\S/i.test(candidate.text) || (kind === 'code' && !quoted)) return []
    return [{ ...candidate, name }]
  })
}
