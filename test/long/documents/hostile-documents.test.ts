import { describe, expect, it } from 'vitest'
import type { Format } from '../../../src/documents/document.ts'
import { type FormatId, formatIds, loadFormats } from '../../../src/documents/formats.ts'
import { type ScriptLanguage, scriptLanguages } from '../../../src/documents/script/script.ts'
import { readScript } from '../../../src/effect/shell-start.ts'
import { UserError } from '../../../src/errors.ts'

const formats = await loadFormats(formatIds)
const formatOf = (id: FormatId) => formats.get(id) as Format

const many = 100_000
const around = (open: string, close: string, inner = '1') => open.repeat(many) + inner + close.repeat(many)
const stairs = (line: string) =>
  Array.from({ length: 2000 }, (_, depth) => ' '.repeat(depth) + line).join('\n')
/** Nine of nine of nine ... of one: some kilobytes that stand for billions of values. */
const laughs = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi']
  .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`)
  .join('\n')}\n`

/** Texts that want the parser's whole stack, memory or time. */
const bombs: readonly (readonly [format: FormatId, what: string, text: string])[] = [
  ['json', 'arrays', `{"a":${around('[', ']')}}`],
  ['json', 'objects', around('{"a":', '}')],
  ['json', 'arrays that never close', '['.repeat(many)],
  ['jsonc', 'arrays', around('[', ']')],
  ['jsonc', 'objects with comments', around('{/**/"a":', '}')],
  ['toml', 'arrays', `a = ${around('[', ']')}\n`],
  ['toml', 'inline tables', `a = ${around('{a=', '}')}\n`],
  ['toml', 'dotted keys', `a${'.a'.repeat(many)} = 1\n`],
  ['toml', 'a dotted table', `[a${'.a'.repeat(many)}]\nx = 1\n`],
  ['yaml', 'flow lists', `a: ${around('[', ']')}\n`],
  ['yaml', 'flow lists that never close', `a: ${'['.repeat(many)}\n`],
  ['yaml', 'flow mappings', `a: ${around('{a: ', '}')}\n`],
  ['yaml', 'lists in a line', `${'- '.repeat(many)}x\n`],
  ['yaml', 'keys in a line', `${'? '.repeat(many)}x\n`],
  ['yaml', 'mappings by columns', stairs('a:')],
  ['yaml', 'lists by columns', stairs('-')],
  ['yaml', 'aliases of aliases', laughs],
]

describe.each(bombs)('%s: %s without an end', (id, _, text) => {
  it('opening ends with a typed error', () => {
    expect(() => formatOf(id).open(text, '/f')).toThrow(UserError)
  })

  it('reading ends with an error, and not with the stack', () => {
    expect(() => formatOf(id).parseStrict(text)).toThrow(/^(?!.*call stack)/)
  })
})

it.each(['json', 'jsonc', 'toml', 'yaml'] as const)('%s: 150 levels are no bomb', (id) => {
  const nested = '['.repeat(150) + ']'.repeat(150)
  const text = {
    json: `{"a":${nested}}`,
    jsonc: `{"a":${nested}}`,
    toml: `a = ${nested}\n`,
    yaml: `a: ${nested}\n`,
  }[id]
  const document = formatOf(id).open(text, '/f')
  document.set(['b'], 'x')
  expect(formatOf(id).parseStrict(document.toText())).toMatchObject({ b: 'x' })
})

describe('what YAML can hide', () => {
  it.each([
    ['a tag of a program', 'a: !!js/function "function () {}"\n'],
    ['a tag of Python', 'a: !!python/object/apply:os.system ["id"]\n'],
    ['a tag of one’s own', 'a: !evil x\n'],
    ['binary', 'a: !!binary aGVsbG8=\n'],
    ['an alias of itself', 'a: &a [*a]\n'],
  ])('%s is refused', (_, text) => {
    expect(() => formatOf('yaml').open(text, '/f')).toThrow(UserError)
  })

  it('a merge key is a key like any other, and stays', () => {
    const text = 'a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n'
    const document = formatOf('yaml').open(text, '/f')
    expect(document.get(['b', 'x'])).toBeUndefined()
    document.set(['c'], 'z')
    expect(document.toText()).toBe(`${text}c: z\n`)
  })

  it('an anchor that is given twice stays as it is', () => {
    const text = 'a: &x 1\nb: &x 2\nc: *x\n'
    const document = formatOf('yaml').open(text, '/f')
    document.set(['d'], 'z')
    expect([document.get(['c']), document.toText()]).toEqual([2, `${text}d: z\n`])
  })
})

const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']

describe.each(['json', 'jsonc', 'toml', 'yaml'] as const)('%s and names of Object.prototype', (id) => {
  it.each(names)('%s is written, read and taken out as a name', (name) => {
    const format = formatOf(id)
    const before = format.open('', '/f')
    expect([before.get([name]), before.get([name, 'polluted'])]).toEqual([undefined, undefined])
    for (const path of [
      [name, 'polluted'],
      ['x', name, 'polluted'],
      [name, 'prototype', 'polluted'],
    ]) {
      const document = format.open('', '/f')
      document.set(path, 'yes')
      expect(document.get(path)).toBe('yes')
      const again = format.open(document.toText(), '/f')
      expect(again.get(path)).toBe('yes')
      expect(JSON.stringify(format.parseStrict(document.toText()))).toContain(JSON.stringify(name))
      again.unset(path)
      expect(again.get(path)).toBeUndefined()
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect((() => {}) as unknown as Record<string, unknown>).not.toHaveProperty('polluted')
  })
})

describe.each(['dotenv', 'posix-env', 'fish-env', 'powershell-env'] as const)(
  '%s and names of Object.prototype',
  (id) => {
    it.each(['__proto__', 'constructor', 'prototype'])(
      '%s is a variable like any other, or refused',
      (name) => {
        const document = formatOf(id).open('', '/f')
        expect(document.get([name])).toBeUndefined()
        try {
          document.set([name], 'yes')
          expect(document.get([name])).toBe('yes')
          expect(Object.entries(formatOf(id).parseStrict(document.toText()) as object)).toEqual([
            [name, 'yes'],
          ])
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
        }
        expect(({} as Record<string, unknown>).yes).toBeUndefined()
      },
    )
  },
)

/** What a profile may hold at worst, in the words of every shell. */
const scripts: readonly (readonly [what: string, text: string])[] = [
  ['a long text in quotes', `A="${'a'.repeat(300_000)}"`],
  ['a long text in single quotes', `A='${'a'.repeat(300_000)}'`],
  ['a long word', `A=${'a'.repeat(300_000)}`],
  ['brackets', around('(', ')')],
  ['brackets that never close', '('.repeat(many)],
  ['substitutions', around('$(', ')')],
  ['substitutions in quotes', `"${around('$(', ')')}"`],
  ['defaults', around('${a:-', '}')],
  ['conditions', `${'if true; then\n'.repeat(many)}${'fi\n'.repeat(many)}`],
  ['groups', around('{ ', '; }', 'true')],
  ['arithmetic', around('$((', '))')],
  ['not', '! '.repeat(many)],
  ['pipes', 'a|'.repeat(many)],
  ['a condition around many lines', `if true; then\n${'A=1\n'.repeat(200_000)}fi\n`],
  ['functions', around('f() { ', '; }', 'true')],
]

describe.each(scriptLanguages)('a profile of %s', (language: ScriptLanguage) => {
  it.each(scripts)('%s: it is read, whatever is made of it', (_, text) => {
    expect(() => readScript(text, language)).not.toThrow()
  })

  it('the value behind a long one in quotes is known', () => {
    const set = { bash: 'export ', zsh: 'export ', fish: 'set -gx ', powershell: '$env:', 'user-env': '' }[
      language
    ]
    const is = { bash: '=', zsh: '=', fish: ' ', powershell: ' = ', 'user-env': '=' }[language]
    const text = `${set}A${is}"${'a'.repeat(300_000)}"\n${set}B${is}"b"\n`
    expect(readScript(text, language).steps).toContainEqual(
      expect.objectContaining({ does: 'set', name: 'B', value: ['b'] }),
    )
  })
})
