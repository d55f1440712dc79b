import fc from 'fast-check'
import type { AssignedValue } from '../../../../src/documents/shell/quote.ts'

const hostileUnits = fc.constantFrom(
  ...`'"\`\\$#!%&|;<>(){}[]*?~=,.^@-_/ aZ0`,
  '\t',
  '‘',
  '’',
  '‚',
  '‛',
  '“',
  '”',
  'é',
  '键',
  '🔑',
  '\u00A0',
  '$(id)',
  `$\{HOME}`,
  '%PATH%',
  "'\\''",
  ' -x',
)

/** One-line texts that are hard to quote. */
export const hostileText = fc
  .oneof(
    fc.string({ unit: hostileUnits, maxLength: 12 }),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.string({ unit: 'binary', maxLength: 6 }),
  )
  .filter((text) => !/[\0\r\n]/.test(text))

/** What a variable of a shell can be set to: a text, or the output of a command. */
export const assignedValue: fc.Arbitrary<AssignedValue> = fc.oneof(
  hostileText,
  fc.record({ command: fc.array(hostileText, { minLength: 1, maxLength: 4 }) }, { noNullPrototype: true }),
)

/** Files made of the given lines: LF, CRLF or both, with and without a byte order mark and a last line end. */
export function fileOf(line: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const lineEnds = fc.oneof(
    fc.constant(fc.constant('\n')),
    fc.constant(fc.constant('\r\n')),
    fc.constant(fc.constantFrom('\n', '\r\n')),
  )
  return lineEnds
    .chain((lineEnd) => fc.array(fc.tuple(line, lineEnd), { maxLength: 8 }))
    .chain((lines) => {
      const text = lines.flat().join('')
      return fc.constantFrom(text, text.replace(/\r?\n$/, ''), `\uFEFF${text}`)
    })
}

/** Texts of broken pieces, of which only the bytes are of interest. */
export function rubble(...pieces: string[]): fc.Arbitrary<string> {
  return fc.string({
    unit: fc.constantFrom('\n', '\r', '\r\n', "'", '"', '\\', '#', '=', ' ', '\uFEFF', 'A', ...pieces),
    maxLength: 14,
  })
}
