import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Document } from '../../../src/documents/document.ts'
import { type FormatId, formatIds, loadFormats } from '../../../src/documents/formats.ts'
import { type FuzzTarget, fuzzTarget } from '../fuzz-target.ts'
import { assertPlace, refusalOf } from './typed-error.ts'

/** What grows: `open` and `close` are repeated around `middle`. */
interface Growth {
  readonly open: string
  readonly middle: string
  readonly close: string
  /** The most repetitions: some shapes are dear by nature, such as a thousand lines in which each key is looked up. */
  readonly most: number
}

const growth = (open: string, middle = '', close = '', most = 20_000): Growth => ({
  open,
  middle,
  close,
  most,
})

const shapes: readonly Growth[] = [
  growth('[', '', ']'),
  growth('{"a":', '1', '}'),
  growth('a = [', '1', ']'),
  growth('a = {b = ', '1', '}'),
  growth('a.', 'b = 1'),
  growth('- ', 'a'),
  growth('{a: ', 'b', '}'),
  growth('a: [', 'b', ']'),
  growth('? ', 'a', '\n: b'),
  growth('\n', 'a'),
  growth(' ', 'a: 1'),
  growth('\t', 'a=1'),
  growth('#', '\n'),
  growth("'", 'a'),
  growth('"', 'a'),
  growth('\\', 'a'),
  growth('`', 'a'),
  growth('A="', 'x'),
  growth("A='", 'x'),
  growth("export A='b' ", "'"),
  growth("'\\''", ' x'),
  growth('x', "A='1'"),
  growth('//', '{}'),
  growth('/*', '{}', '*/'),
  growth('{},', ''),
  growth('"a":1,', ''),
  growth('*a ', 'b'),
  growth('&a ', 'b'),
  growth('# >>> qcode-setup >>>\n', ''),
  growth('\r', '\n'),
  growth('\r\n', 'a'),
  growth('🔑', ' = 1'),
]

/** Shapes whose repetitions differ by a number: many keys, many tables, aliases of aliases. */
const counted: readonly ((index: number) => string)[] = [
  (index) => `a${index} = ${index}\n`,
  (index) => `[t${index}]\nx = 1\n`,
  (index) => `a${index}: ${index}\n`,
  (index) => `a${index}: &a${index} [*a${index - 1}, *a${index - 1}]\n`,
  (index) => `A${index}='${index}'\n`,
  (index) => `export A${index}='it'\\''s'\n`,
  (index) => `set -gx A${index} 'x'\n`,
  (index) => `$env:A${index} = 'x'\n`,
  (index) => `${index === 0 ? '{' : ','}"a${index}":{}`,
]

const size = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 20_000 }))
const text = fc.oneof(
  fc.tuple(fc.constantFrom(...shapes), size).map(([{ open, middle, close, most }, count]) => {
    const times = Math.min(count, most)
    return open.repeat(times) + middle + close.repeat(times)
  }),
  fc
    .tuple(fc.constantFrom(...counted), fc.integer({ min: 1, max: 600 }), fc.constantFrom('', '}'))
    .map(([line, count, end]) => Array.from({ length: count }, (_, index) => line(index)).join('') + end),
)

const formats = await loadFormats(formatIds)
const hugeCase = fc.record({ format: fc.constantFrom(...formatIds), text })

/** A text of any size and depth comes to an end: refused, or edited and read again. */
function holdSizeLaws({ format: id, text: whole }: { format: FormatId; text: string }): void {
  const format = formats.get(id)
  assert.ok(format)
  let document: Document | undefined
  const refusal = refusalOf(() => {
    document = format.open(whole, 'the file')
  })
  if (refusal) assertPlace(refusal, 'the file', whole)
  const path = [id.endsWith('profile') ? 'source' : 'NEW_NAME']
  if (!document || refusalOf(() => document?.set(path, 'x'))) return
  assert.equal(format.open(document.toText(), 'the file').get(path), 'x')
  format.parseStrict(document.toText())
}

export const hugeTargets: readonly FuzzTarget[] = [
  fuzzTarget({ name: 'sizes', share: 0.1, cases: hugeCase, run: holdSizeLaws }),
]
