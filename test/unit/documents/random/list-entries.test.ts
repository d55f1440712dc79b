import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KeyPath, Value } from '../../../../src/documents/document.ts'
import { type FormatId, loadFormats } from '../../../../src/documents/formats.ts'
import { randomCases } from '../../../support/random-cases.ts'

const ids = ['yaml', 'toml', 'jsonc'] as const satisfies readonly FormatId[]
const formats = await loadFormats(ids)

function formatOf(id: FormatId) {
  const format = formats.get(id)
  if (!format) throw new Error(id)
  return format
}

/** What a user's own entry is written as, in lines of each format; none of them is ours. */
interface Layout {
  readonly id: FormatId
  readonly head: readonly string[]
  readonly open: readonly string[]
  readonly entries: readonly (readonly string[])[]
  readonly close: readonly string[]
  readonly tail: readonly string[]
}

const layouts: readonly Layout[] = [
  {
    id: 'yaml',
    head: ['# top', 'a: 1', ''],
    open: ['list:'],
    entries: [
      ['- name: other # tail', '  x: "1"'],
      ['# above', '-   x: 1', '', '    name: "b"'],
      ['- plain'],
      ['- [1, 2]'],
      ['-', '  name: third', '  deep:', '  - name: qcode'],
    ],
    close: [],
    tail: ['', '# end', 'z: {name: qcode}'],
  },
  {
    id: 'yaml',
    head: ['---', 'a: 1'],
    open: ['list: ['],
    entries: [['  {name: other}, # tail'], ['  {x: 1,', '   name: b},'], ['  plain,'], ['  # note']],
    close: [']'],
    tail: ['z: 1'],
  },
  {
    id: 'toml',
    head: ['# top', 'a = 1', ''],
    open: [],
    entries: [
      ['[[list]] # tail', "name = 'other'"],
      ['', '# above', '[[list]]', 'x = 1', 'name = "b"', '[list.deep]', 'name = "qcode"'],
      ['[[list]]'],
      ['[q]', '[[q.list]]', 'name = "qcode"'],
    ],
    close: [],
    tail: ['', '# end', '[z]', 'name = "qcode"'],
  },
  {
    id: 'toml',
    head: ['a = 1'],
    open: ['list = ['],
    entries: [
      ['  { name = "other" }, # tail'],
      ['  # above', '  { x = 1, name = "b", deep = [{ name = "qcode" }] },'],
      ['  {},'],
    ],
    close: [']'],
    tail: ['[z]'],
  },
  {
    id: 'jsonc',
    head: ['{', '\t// top'],
    open: ['\t"list": ['],
    entries: [
      ['\t\t{ "name": "other" }, // tail'],
      ['\t\t// above', '\t\t{', '\t\t\t"x": 1,', '\t\t\t"name": "b"', '\t\t},'],
      ['\t\t"plain", /* a */ 2,'],
      ['\t\t[{ "name": "qcode" }],'],
    ],
    close: ['\t],'],
    tail: ['\t"z": { "name": "qcode" }', '}'],
  },
]

interface Given {
  readonly id: FormatId
  readonly text: string
}

const text: fc.Arbitrary<Given> = fc
  .constantFrom(...layouts)
  .chain(({ id, head, open, entries, close, tail }) =>
    fc
      .record({
        chosen: fc.shuffledSubarray([...entries], { minLength: 0 }),
        hasHead: fc.boolean(),
        hasTail: fc.boolean(),
        newline: fc.constantFrom('\n', '\r\n'),
        endsOpen: fc.boolean(),
      })
      .map(({ chosen, hasHead, hasTail, newline, endsOpen }) => {
        const isList = chosen.length > 0 || close.length > 0
        const isWhole = id === 'jsonc' || hasHead
        const lines = [
          ...(isWhole ? head : []),
          ...(isList ? [...open, ...chosen.flat(), ...close] : []),
          ...(id === 'jsonc' || hasTail ? tail : []),
        ]
        return { id, text: lines.join(newline) + (endsOpen || lines.length === 0 ? '' : newline) }
      }),
  )

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.string(),
  fc.boolean(),
  fc.integer(),
  fc.constant([{ name: 'm' }, { name: 'qcode' }]),
  fc.constant(['a', 'b']),
)

const values = fc.uniqueArray(fc.tuple(fc.constantFrom('type', 'api_base', 'models', 'x y'), value), {
  minLength: 1,
  selector: ([key]) => key,
})

const entry: KeyPath = ['list', '[name=qcode]']

/** A list in which nothing is ours is not there in any of the formats but with brackets. */
function madeBy(id: FormatId, text: string): KeyPath {
  return formatOf(id).open(text, 'f').get(['list']) === undefined ? ['list'] : entry
}

function withValues({ id, text }: Given, all: readonly (readonly [string, Value])[]): string {
  const document = formatOf(id).open(text, 'f')
  for (const [key, each] of all) document.set([...entry, key], each)
  return document.toText()
}

describe('an entry of ours in a list of the user’s', () => {
  it('reads as it was set, beside all that was there, and set again changes nothing', () => {
    fc.assert(
      fc.property(text, values, (given, all) => {
        const format = formatOf(given.id)
        const after = withValues(given, all)
        const list = format.open(given.text, 'f').get(['list']) ?? []
        const wanted = { name: 'qcode', ...Object.fromEntries(all) }
        expect(format.open(after, 'f').get(['list'])).toEqual([...(list as Value[]), wanted])
        const { list: _, ...others } = format.parseStrict(given.text) as Record<string, Value>
        expect(format.parseStrict(after)).toEqual({ ...others, list: [...(list as Value[]), wanted] })
        expect(withValues({ ...given, text: after }, all)).toBe(after)
      }),
      randomCases(3000),
    )
  })

  it('goes without a trace, in the same document or in one that is opened later', () => {
    fc.assert(
      fc.property(text, values, fc.boolean(), (given, all, reopens) => {
        const made = madeBy(given.id, given.text)
        const document = formatOf(given.id).open(given.text, 'f')
        for (const [key, each] of all) document.set([...entry, key], each)
        const later = reopens ? formatOf(given.id).open(document.toText(), 'f') : document
        later.unset(made)
        expect(later.toText()).toBe(given.text)
      }),
      randomCases(3000),
    )
  })

  it('changes and goes while every line of the user’s stays in its order', () => {
    fc.assert(
      fc.property(text, values, value, (given, all, other) => {
        const document = formatOf(given.id).open(withValues(given, all), 'f')
        const [[key] = ['type']] = all
        document.set([...entry, key], other)
        expect(document.get([...entry, key])).toEqual(other)
        document.unset([...entry, key])
        document.set([...entry, 'last'], 'x')
        document.unset(madeBy(given.id, given.text))
        expect(document.toText()).toBe(given.text)
      }),
      randomCases(2000),
    )
  })
})
