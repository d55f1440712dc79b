import fc from 'fast-check'
import { canary } from './canary.ts'

/** One change of a text; places are taken modulo its length. */
interface Mutation {
  readonly kind:
    | 'insert'
    | 'delete'
    | 'duplicate'
    | 'replace'
    | 'splice'
    | 'truncate'
    | 'crlf'
    | 'lf'
    | 'cr'
    | 'repeat'
  readonly at: number
  readonly length: number
  readonly piece: string
}

const longest = 20_000

/** What every format may stumble over. */
const everywhere = [
  '\r',
  '\n',
  '\r\n',
  '\ufeff',
  '\0',
  '\t',
  ' ',
  '\u2028',
  '\u0085',
  '\u00a0',
  '\ufffd',
  '\v',
  '\f',
  '\x1b[31m',
  '\x7f',
  '"',
  "'",
  '`',
  '\\',
  '#',
  '=',
  ':',
  ',',
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  '"""',
  "'''",
  '//',
  '/*',
  '*/',
  '&a ',
  '*a',
  '!!str ',
  '<<: ',
  '- ',
  '? ',
  '| \n',
  '>-\n',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '$',
  '${',
  '$(',
  'export ',
  'set -gx A ',
  '$env:A = ',
  '\\u',
  '\\ud800',
  '\\x',
  '0x',
  '1e999',
  '-0',
  'nan',
  'null',
  'true',
  '__proto__',
  'constructor',
  '🔑',
  '键',
  '[[a]]\n',
  '[a.b]\n',
  'a.b = 1\n',
  'a = 1\n',
  'a: 1\n',
  '"a": 1,',
  "A='1'\n",
  `${canary}`,
  `# ${canary}\n`,
]

/** A text that was damaged in a few places; `others` give the pieces that are spliced in. */
export function mutated(
  texts: fc.Arbitrary<string>,
  others: readonly string[],
  pieces: readonly string[] = [],
): fc.Arbitrary<string> {
  const mutation: fc.Arbitrary<Mutation> = fc.record({
    kind: fc.constantFrom(
      'insert',
      'insert',
      'insert',
      'delete',
      'duplicate',
      'replace',
      'splice',
      'truncate',
      'crlf',
      'lf',
      'cr',
      'repeat',
    ),
    at: fc.nat(longest),
    length: fc.oneof(fc.nat(8), fc.nat(400)),
    piece: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...everywhere, ...pieces) },
      fc.constantFrom(...others, ''),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
  })
  return fc
    .tuple(texts, fc.array(mutation, { maxLength: 5 }))
    .map(([text, mutations]) => wellFormed(mutations.reduce(mutate, text)))
}

function mutate(text: string, { kind, at, length, piece }: Mutation): string {
  const start = at % (text.length + 1)
  const end = Math.min(text.length, start + length)
  const [before, cut, after] = [text.slice(0, start), text.slice(start, end), text.slice(end)]
  switch (kind) {
    case 'insert':
      return before + piece.slice(0, 40) + cut + after
    case 'delete':
      return before + after
    case 'duplicate':
      return before + cut + cut + after
    case 'replace':
      return before + piece.slice(0, length) + after
    case 'splice':
      return (before + piece.slice(at % (piece.length + 1)).slice(0, 2 * length) + cut + after).slice(
        0,
        longest,
      )
    case 'truncate':
      return at % 2 === 0 ? before : cut + after
    case 'crlf':
      return text.replaceAll(/\r?\n/g, '\r\n')
    case 'lf':
      return before + cut.replaceAll('\r\n', '\n') + after
    case 'cr':
      return before + cut.replaceAll('\n', '\r') + after
    case 'repeat':
      return (before + piece.slice(0, 20).repeat(length % 120) + cut + after).slice(0, longest)
  }
}

/** As a text that was read from a file: no half characters. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}
