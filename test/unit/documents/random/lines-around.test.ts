import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Document, KeyPath, Value } from '../../../../src/documents/document.ts'
import { type FormatId, loadFormats } from '../../../../src/documents/formats.ts'
import { randomCases } from '../../../support/random-cases.ts'

/** A kind of file: lines of a user's, and what this program writes. */
interface Kind {
  readonly id: FormatId
  /** Texts that may stand there before, as their lines. */
  readonly before: readonly (readonly string[])[]
  /** Lines that a user may add, wherever lines are. */
  readonly added: readonly (readonly string[])[]
  readonly values: readonly (readonly [KeyPath, Value])[]
  /** What is taken out at the end, the last that was set first. */
  readonly unset: readonly KeyPath[]
}

const kinds: readonly Kind[] = [
  {
    id: 'posix-profile',
    before: [[], ['a=1'], ['', 'a=1', ''], ['if true; then', '  a', 'fi', '', '# x'], ['', '']],
    added: [['export X=1'], ['# note', 'y'], ['if [ -r x ]; then', '  . x', 'fi']],
    values: [[['source'], '/home/me/.config/x.sh']],
    unset: [['source']],
  },
  {
    id: 'dotenv',
    before: [[], ['A=1'], ['# x', '', 'A="b"', ''], ['', '']],
    added: [['B=1'], ['# note', ''], [''], ['C=2', '', 'D=3']],
    values: [
      [['KEY'], 'v'],
      [['URL'], 'https://x/y'],
    ],
    unset: [['URL'], ['KEY']],
  },
  {
    id: 'toml',
    before: [
      [],
      ['[a]', 'x = 1'],
      ['# about a', '[a]', 'x = 1', ''],
      ['#:schema x', '', '[a]', 'x = 1'],
      ['# alone', '', '[a]', '', '[b]', 'y = 2'],
    ],
    added: [['# note'], ['# note', '# more']],
    values: [
      [['model_provider'], 'qcode'],
      [['model'], 'm'],
      [['model_providers', 'qcode', 'name'], 'n'],
      [['model_providers', 'qcode', 'base_url'], 'u'],
    ],
    unset: [['model_providers'], ['model'], ['model_provider']],
  },
  {
    id: 'yaml',
    before: [['a: 1'], ['# x', 'a: 1', '', 'b:', '  c: 2'], ['a:', '- 1', '# y']],
    added: [['# note'], [''], ['', '# note', '']],
    values: [
      [['model'], 'm'],
      [['env-file'], '/x'],
    ],
    unset: [['env-file'], ['model']],
  },
  {
    id: 'jsonc',
    before: [
      ['{', '  "a": 1', '}'],
      ['{', '  // x', '  "a": { "b": 1 },', '', '  "c": 2', '}'],
    ],
    added: [['  // note'], [''], ['  // note', '', '  /* more */']],
    values: [
      [['model'], 'm'],
      [['effort'], 'v'],
    ],
    unset: [['effort'], ['model']],
  },
  {
    id: 'toml',
    before: [[], ['[[list]]', 'name = "a"'], ['# about a', '[[list]]', 'name = "a"', '', '[z]', 'b = 1', '']],
    added: [['# note'], ['# note', '# more']],
    values: [
      [['model'], 'm'],
      [['list', '[name=qcode]', 'url'], 'u'],
      [['list', '[name=qcode]', 'key'], 'k'],
    ],
    unset: [['list', '[name=qcode]'], ['model']],
  },
  {
    id: 'yaml',
    before: [
      ['list:', '- name: a'],
      ['# x', 'list:', '  - name: a', '    b: 1', '', 'c: 2', ''],
    ],
    added: [['# note'], [''], ['', '# note', '']],
    values: [
      [['model'], 'm'],
      [['list', '[name=qcode]', 'url'], 'u'],
      [['list', '[name=qcode]', 'key'], 'k'],
    ],
    unset: [['list', '[name=qcode]'], ['model']],
  },
]

/** Where in the lines that stand now a line of the text before stands; the rest are ours. */
function ownLines(before: readonly string[], now: readonly string[]): (number | undefined)[] {
  let next = 0
  return now.map((line) => {
    const same = before[next] !== undefined && line.replace(/,$/, '') === before[next]?.replace(/,$/, '')
    return same ? next++ : undefined
  })
}

describe.each(kinds)('$id: lines that the user adds around ours stay, and no line of ours does', (kind) => {
  it.each([
    ['LF', '\n', ''],
    ['CRLF', '\r\n', ''],
    ['LF and a byte order mark', '\n', '\ufeff'],
    ['CRLF and a byte order mark', '\r\n', '\ufeff'],
  ])('in a text with %s', async (_, newline, mark) => {
    const format = (await loadFormats([kind.id])).get(kind.id)
    if (!format) throw new Error('no format')
    const open = (text: string) => format.open(text, 'file')
    const join = (lines: readonly string[]) => mark + lines.map((line) => line + newline).join('')
    const additions = fc.array(fc.tuple(fc.nat(20), fc.constantFrom(...kind.added)), {
      minLength: 1,
      maxLength: 1,
    })
    fc.assert(
      fc.property(fc.constantFrom(...kind.before), additions, (before, added) => {
        const written = open(join(before))
        const traces = kind.values.map(([path, value]) => setTraced(written, path, value))
        const now = written.toText().slice(mark.length).split(newline).slice(0, -1)
        const own = ownLines(before, now)
        const grown = now.flatMap((line, index) => [...linesAt(added, index), line])
        grown.push(...linesAt(added, now.length))
        const wanted = now.flatMap((_line, index) => [
          ...linesAt(added, index),
          ...(own[index] === undefined ? [] : [before[own[index]] ?? '']),
        ])
        wanted.push(...linesAt(added, now.length))
        let document: Document
        try {
          document = open(join(grown))
        } catch {
          return
        }
        // With lines in the middle of our block nobody can tell whose it is.
        if (!kind.values.every(([path]) => document.get(path) !== undefined)) return
        for (const path of kind.unset) {
          document.unset(
            path,
            traces.filter(([of]) => startsWith(of, path)).flatMap(([, trace]) => trace ?? []),
          )
        }
        expect(document.toText()).toBe(join(wanted))
      }),
      randomCases(300),
    )

    function linesAt(
      added: readonly (readonly [number, readonly string[]])[],
      index: number,
    ): readonly string[] {
      return added.flatMap(([at, lines]) => (at === index ? lines : []))
    }
  })
})

function setTraced(document: Document, path: KeyPath, value: Value): readonly [KeyPath, string | undefined] {
  document.set(path, value)
  return [path, document.trace?.()]
}

function startsWith(path: KeyPath, start: KeyPath): boolean {
  return start.every((key, index) => path[index] === key)
}
