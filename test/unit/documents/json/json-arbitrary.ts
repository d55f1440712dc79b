import fc from 'fast-check'

export const keys = ['a', 'b', 'c', 'x.y', '', 'ключ', '__proto__', 'constructor', 'quo"te\\', '//', '/*']

const literals = [
  'null',
  'true',
  '-0.0',
  '1.0',
  '1e400',
  '12345678901234567890123',
  '"plain"',
  '"https://api.qcode.cc/openai // not a comment, } ] /* nor this */"',
  '"\\u0041\\n\\\\"',
  '[]',
  '[1,2 ,\t3]',
]

/** Chooses one of several. */
export type Pick = <T>(choices: readonly T[]) => T

interface Look {
  readonly pick: Pick
  readonly comments: boolean
  readonly newline: string
}

/** A JSON text whose spacing, line ends and (for JSONC) comments and trailing commas stand anywhere they may. */
export function wildJson(comments: boolean): fc.Arbitrary<string> {
  return fc.gen().map((g) => wildJsonText(comments, (choices) => g(fc.constantFrom, ...choices) as never))
}

export function wildJsonText(comments: boolean, pick: Pick): string {
  const look: Look = { pick, comments, newline: pick(['\n', '\r\n']) }
  const mark = pick(['', '', '\ufeff'])
  return mark + space(look) + object(look, 3) + space(look)
}

/** A JSON text as programs write it: even indentation, and line ends of one kind. */
export const tidyJson: fc.Arbitrary<string> = fc
  .record({
    data: fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 }),
    indent: fc.constantFrom(undefined, 2, 4, '\t', 3),
    newline: fc.constantFrom('\n', '\r\n'),
    mark: fc.constantFrom('', '\ufeff'),
    finalNewline: fc.boolean(),
  })
  .map(({ data, indent, newline, mark, finalNewline }) => {
    const text = JSON.stringify(data, null, indent).replaceAll('\n', newline)
    return mark + text + (finalNewline ? newline : '')
  })

function object(look: Look, depth: number): string {
  const { pick } = look
  const names = [...new Set(Array.from({ length: pick([0, 0, 1, 2, 3]) }, () => pick(keys)))]
  if (names.length === 0) return `{${space(look)}}`
  const entries = names.map((name) => {
    const key = space(look) + JSON.stringify(name) + pick(['', '', space(look)])
    return `${key}:${pick(['', ' ', space(look)])}${value(look, depth - 1)}${pick(['', '', space(look)])}`
  })
  const trailing = look.comments && pick([true, false]) ? `,${space(look)}` : space(look)
  return `{${entries.join(',')}${trailing}}`
}

function value(look: Look, depth: number): string {
  if (depth === 0 || look.pick([true, false, false])) return look.pick(literals)
  return object(look, depth)
}

function space(look: Look): string {
  const { pick, newline } = look
  const plain = ['', ' ', '\t', newline, `${newline}  `, `${newline}\t`, `  ${newline}${newline}    `]
  if (!look.comments) return pick(plain)
  const comment = pick(['/* c */', `// c "}${newline}`, `/* c${newline} , */`, `  // c${newline}  `, '/**/'])
  return pick([...plain, pick(plain) + comment + pick(plain)])
}
