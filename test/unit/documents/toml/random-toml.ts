import fc from 'fast-check'
import type { Value } from '../../../../src/documents/document.ts'

/** A line or more of a random document. `path` is missing for comments and blank lines. */
export interface Block {
  readonly text: string
  readonly path?: readonly string[]
}

export interface RandomDocument {
  readonly text: string
  readonly blocks: readonly Block[]
}

const names = [
  'a',
  'b',
  'c',
  'model',
  'model_providers',
  'qcode',
  'x.y',
  'é',
  '',
  '__proto__',
  'constructor',
  'a b',
  'q"q',
  '1',
]
const name = fc.constantFrom(...names)

/** A path over few keys, so that it often meets something. */
export const path = fc.array(name, { minLength: 1, maxLength: 4 })

const scalar = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constantFrom('', 'qcode', "it's", '"', '\\', '\u007f\u0000\u001b', 2 ** 60, -0, Number.NaN),
)

/** A value to set. */
export const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value

const keyText = name.chain((key) => {
  const quoted = [JSON.stringify(key), ...(key.includes("'") ? [] : [`'${key}'`])]
  const forms = /^[A-Za-z0-9_-]+$/.test(key) ? [key, key, key, ...quoted] : quoted
  return fc.constantFrom(...forms).map((text) => ({ key, text }))
})

const keysText = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.array(keyText, { minLength: 1, maxLength: 1 }) },
      fc.array(keyText, { minLength: 2, maxLength: 3 }),
    ),
    fc.constantFrom('.', '.', ' . '),
  )
  .map(([keys, dot]) => ({ path: keys.map(({ key }) => key), text: keys.map(({ text }) => text).join(dot) }))

const plainLiteral = fc.constantFrom(
  '1',
  '1_000',
  '0xDEAD_beef',
  '-0',
  '+99',
  '9007199254740993',
  '6.02e23',
  '-inf',
  'nan',
  'true',
  '"text"',
  '"\\e \\x41 \\u00e9"',
  "'C:\\dir # no comment'",
  '"""\n[fake]\nmodel = 1\n# fake\n"""',
  "'''\n[[fake]]\n'''",
  '1979-05-27T07:32:00.123456-07:00',
  '1979-05-27 07:32:00z',
  '1979-05-27',
  '07:32',
  '[]',
  '[ 1,2 , 3 ]',
  '[\n  "a", # one\n\n  # two\n  "b",\n]',
  '[{ a = 1 }, [2]]',
)

const pairText = (literal: fc.Arbitrary<string>) =>
  fc
    .tuple(keysText, fc.constantFrom(' = ', '=', '\t=  '), literal)
    .map(([keys, equals, text]) => ({ path: keys.path, text: keys.text + equals + text }))

/** Inline tables on one line, with and without spaces, and as TOML 1.1 allows them: many lines, comments, last comma. */
const inlineLiteral = fc
  .tuple(
    fc.uniqueArray(pairText(plainLiteral), { selector: (pair) => pair.path[0], maxLength: 3 }),
    fc.constantFrom(
      ['{ ', ', ', ' }'],
      ['{', ',', '}'],
      ['{ ', ' , ', ' , }'],
      ['{\n  ', ',\n  ', '\n}'],
      ['{ # one\n  ', ', # two\n  ', ', # three\n}'],
      ['{\n  # one\n  ', ' # two\n  , ', ' # three\n  }'],
    ),
  )
  .map(([pairs, [open = '', between = '', close = '']]) =>
    pairs.length > 0
      ? open + pairs.map(({ text }) => text).join(between) + close
      : open + close.replace(',', ''),
  )

const literal = fc.oneof({ weight: 4, arbitrary: plainLiteral }, inlineLiteral)
const tail = fc.constantFrom('', '', ' # behind', '  ')
const indent = fc.constantFrom('', '', '  ', '\t')
const trivia: fc.Arbitrary<Block> = fc
  .constantFrom('', '', '# comment', '  # [commented.out]', '# x = 1', '   ')
  .map((text) => ({ text }))

const pairBlock: fc.Arbitrary<Required<Block>> = fc
  .tuple(indent, pairText(literal), tail)
  .map(([space, pair, end]) => ({ text: space + pair.text + end, path: pair.path }))

const body = fc
  .array(fc.oneof(trivia, pairBlock), { maxLength: 5 })
  .map((blocks) => blocks.filter((block, at) => !block.path || at === firstWith(blocks, block.path[0])))

function firstWith(blocks: readonly Block[], first: string | undefined): number {
  return blocks.findIndex((block) => block.path && block.path[0] === first)
}

const table = fc
  .tuple(indent, keysText, tail, body, fc.constantFrom(false, false, false, true))
  .map(([space, keys, end, blocks, isArray]) => {
    const header = isArray ? `[[${keys.text}]]` : `[${keys.text}]`
    const inside = blocks.map((block) =>
      block.path ? { ...block, path: [...keys.path, ...block.path] } : block,
    )
    return { path: keys.path, blocks: [{ text: space + header + end, path: keys.path }, ...inside] }
  })

const newline = fc.constantFrom('\n', '\n', '\n', '\r\n', 'mixed')

/** Mostly valid TOML: a key can still be defined twice, which the caller has to leave out. */
export const randomDocument: fc.Arbitrary<RandomDocument> = fc
  .tuple(
    fc.constantFrom('', '', '', '\uFEFF'),
    fc.constantFrom('', '', '#:schema https://example.com\n', '# about this file\n\n'),
    body,
    fc.uniqueArray(table, { selector: ({ path: keys }) => JSON.stringify(keys), maxLength: 4 }),
    newline,
    fc.boolean(),
  )
  .map(([mark, lead, root, tables, style, isClosed]) => {
    const blocks = [...root, ...tables.flatMap((inner) => inner.blocks)]
    const text = lead + blocks.map((block) => block.text).join('\n') + (isClosed ? '\n' : '')
    const shape = (part: string) => (style === '\r\n' ? part.replaceAll('\n', '\r\n') : part)
    const mixed = style === 'mixed' ? text.replace('\n', '\r\n') : shape(text)
    return { text: mark + mixed, blocks }
  })
