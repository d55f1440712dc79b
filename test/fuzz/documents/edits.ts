import fc from 'fast-check'
import type { Value } from '../../../src/documents/document.ts'
import { canary } from './canary.ts'

/** Leads along a document's own keys where `known` says so, and else to one of the odd ones. */
export type Walk = readonly { readonly known: boolean; readonly index: number }[]

export interface Edit {
  readonly verb: 'set' | 'unset' | 'get'
  readonly walk: Walk
  readonly value: Value
}

/** Keys that parsers, writers and objects of JavaScript stumble over. */
export const oddKeys = [
  'a',
  'b',
  'new',
  'base_url',
  'A_NAME',
  'source',
  '',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'a.b',
  '.',
  '..',
  'two words',
  ' ',
  '"',
  "'",
  '\\',
  '#',
  ':',
  '- x',
  '*',
  '&a',
  '{',
  '[',
  '=',
  '<<',
  'ключ',
  '键',
  '🔑',
  'é',
  'e\u0301',
  '\u2028',
  '\ufeff',
  '\0',
  '\n',
  '\t',
  '\r',
  '\u0085',
  '\u007f',
  '\ud800',
  '1',
  '-1',
  '0x10',
  '1e3',
  'true',
  'null',
  'no',
  '~',
  '2020-01-01',
  '.inf',
  'k'.repeat(300),
]

const scalar = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(...`yesNOtruefal~01:.#-[]{}, \n"'\\$\`=*&!|>%@\t\r`), maxLength: 8 }),
  fc.constantFrom(
    '',
    ' ',
    canary,
    'x y',
    "it's",
    '"',
    '"""',
    "'''",
    '\\',
    '\\\\',
    '\0',
    '\r\n',
    '\n\n',
    '\u2028',
    '\u0085',
    '\ufeff',
    '\ud800',
    '\udfff\ud800',
    '`$(id)`',
    `$\{HOME}`,
    '%PATH%',
    '# no comment',
    '/* no */',
    '--- ',
    '...',
    '- a',
    '? b',
    'a: b',
    '!!binary x',
    '*a',
    '<<',
    '2020-01-01',
    '012',
    '1:30',
    'NaN',
    '‘’',
    '“',
    'x'.repeat(3000),
  ),
  fc.constantFrom(
    0,
    -0,
    1,
    -1,
    0.1,
    1e21,
    1e-7,
    2 ** 53,
    2 ** 63,
    5e-324,
    1.7976931348623157e308,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
)

const deep = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.boolean())
  .map(([depth, isArray]) =>
    Array.from({ length: depth }).reduce<Value>((inner) => (isArray ? [inner] : { a: inner }), 'end'),
  )

export const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    { weight: 12, arbitrary: scalar },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    {
      weight: 2,
      arbitrary: fc
        .array(fc.tuple(fc.constantFrom(...oddKeys), tie('value')), { maxLength: 3 })
        .map((entries) => Object.fromEntries(entries)),
    },
    { weight: 1, arbitrary: deep },
  ),
})).value

const walk: fc.Arbitrary<Walk> = fc.array(fc.record({ known: fc.boolean(), index: fc.nat(200) }), {
  minLength: 1,
  maxLength: 4,
})

const verb = fc.constantFrom('set' as const, 'set' as const, 'unset' as const, 'get' as const)

/** Edits of structured documents. */
export const anyEdits: fc.Arbitrary<readonly Edit[]> = fc.array(fc.record({ verb, walk, value: anyValue }), {
  minLength: 1,
  maxLength: 4,
})

/** Edits of files that hold names and texts: mostly such. */
export const flatEdits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.record({
    verb,
    walk: fc.oneof({ weight: 9, arbitrary: walk.map((steps) => steps.slice(0, 1)) }, walk),
    value: fc.oneof(
      { weight: 9, arbitrary: scalar.map((value) => (typeof value === 'string' ? value : String(value))) },
      {
        weight: 2,
        arbitrary: fc
          .array(
            fc.oneof(
              fc.constantFrom('qcode-setup', 'key', 'get', '-', "it's", 'a b', '', '$(x)', ')'),
              fc.string({ maxLength: 4 }),
            ),
            { maxLength: 4 },
          )
          .map((command) => ({ command })),
      },
      anyValue,
    ),
  }),
  { minLength: 1, maxLength: 4 },
)

/** Edits of lists of patterns, whose only value is true. */
export const patternEdits: fc.Arbitrary<readonly Edit[]> = flatEdits.map((edits) =>
  edits.map((edit) => ({ ...edit, value: edit.value === null || edit.walk.length < 2 ? true : edit.value })),
)
