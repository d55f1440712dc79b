import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Format } from '../../../src/documents/document.ts'
import {
  fishEnvFormat,
  posixEnvFormat,
  powershellEnvFormat,
} from '../../../src/documents/shell/env-formats.ts'
import { type AssignedValue, type ShellId, shellLine } from '../../../src/documents/shell/quote.ts'
import { randomCases } from '../../support/random-cases.ts'
import { refusalOf } from '../../support/refusal-of.ts'
import { assignedValue, fileOf, hostileText, rubble } from '../../unit/documents/shell/arbitraries.ts'
import { expectLaws, runs, setIn, unsetIn } from '../../unit/documents/shell/laws.ts'
import { environmentAsJson, inEachShell, useScratchFolder } from '../../unit/documents/shell/run-shell.ts'

useScratchFolder()

const formats = [
  ['posix', posixEnvFormat, 'export '],
  ['fish', fishEnvFormat, 'set -gx '],
  ['powershell', powershellEnvFormat, '$env:'],
] as const

/** Lines that the given shell understands, comments among them. */
function lineOf(shell: ShellId): fc.Arbitrary<string> {
  const assignment = fc
    .tuple(fc.constantFrom('A', 'B', '_b1'), assignedValue, fc.constantFrom('', ' ', ' # note', '  #'))
    .map(([name, value, tail]) => shellLine(shell, name, value) + tail)
  return fc.oneof(
    assignment,
    fc.constantFrom('', '  ', '# comment', "# it's", `# ${shellLine(shell, 'X', 'no')}`, 'true'),
  )
}

describe.each(formats)('the file of assignments for %s', (shell, format, verb) => {
  it('keeps the laws of a document on files of that shell', () => {
    expectLaws(format, ['X'], fileOf(lineOf(shell)), assignedValue)
  })

  it('keeps the laws on broken texts', () => {
    expectLaws(format, ['A'], rubble(verb, 'A=', `${shellLine(shell, 'A', 'v')}`), assignedValue)
  })

  it('writes what the second reader reads, and leaves the other names as they were', () => {
    // A comment beside a byte order mark is a command to a shell.
    const texts = fileOf(lineOf(shell)).map((text) => text.replace(/^\uFEFF/, '\uFEFF\n'))
    fc.assert(
      fc.property(texts, fc.constantFrom('A', 'X'), assignedValue, (text, name, value) => {
        const before = format.parseStrict(text) as Record<string, AssignedValue>
        expect(format.open(text, 'file').get([])).toEqual(before)
        expect(format.parseStrict(setIn(format, text, [name], value))).toEqual({ ...before, [name]: value })
        delete before[name]
        expect(format.parseStrict(unsetIn(format, text, [name]))).toEqual(before)
      }),
      runs,
    )
  })

  it('changes one line when the name is there', () => {
    const lines = ['# first', shellLine(shell, 'A', 'old'), `${shellLine(shell, 'A', 'last')} # mine`, 'true']
    const [first, kept, , foreign] = lines
    expect(setIn(format, lines.join('\n'), ['A'], "it's")).toBe(
      [first, kept, `${shellLine(shell, 'A', "it's")} # mine`, foreign].join('\n'),
    )
  })

  it('refuses what is no text, and what is no plain name', () => {
    const document = format.open('', 'env')
    expect(refusalOf(() => document.set(['A'], 1)).code).toBe('value-not-writable')
    expect(refusalOf(() => document.set(['A'], { command: [] })).code).toBe('value-not-writable')
    expect(refusalOf(() => document.set(['A'], { command: ['a', 1] })).code).toBe('value-not-writable')
    expect(refusalOf(() => document.set(['A'], { command: ['a'], as: 'b' })).code).toBe('value-not-writable')
    expect(refusalOf(() => document.set(['A'], { command: ['a', 'b\nc'] })).code).toBe('value-not-writable')
    expect(refusalOf(() => document.set(['A'], 'a\nb')).code).toBe('value-not-writable')
    expect(refusalOf(() => document.set(['A;id'], 'a')).code).toBe('name-not-writable')
    expect(refusalOf(() => document.set(['A', 'B'], 'a')).code).toBe('path-taken')
    expect(refusalOf(() => document.set([], 'a')).code).toBe('path-taken')
    expect(document.get(['A', 'B'])).toBeUndefined()
    expect(document.toText()).toBe('')
  })
})

describe('assignments that a user wrote by hand', () => {
  const cases: [string, Format, string, AssignedValue | undefined][] = [
    ['bare', posixEnvFormat, 'export A=v-1 # note', 'v-1'],
    ['double quotes', posixEnvFormat, '  export A="a b"', 'a b'],
    ['pieces', posixEnvFormat, `export A='a'"b"c\\ d`, 'abc d'],
    ['a CR belongs to the word', posixEnvFormat, "export A='v'\r\n", 'v\r'],
    ['an expansion is left alone', posixEnvFormat, 'export A="$HOME"', undefined],
    [
      'bare words of a command',
      posixEnvFormat,
      'export A="$(cat a-b "c d")" # x',
      { command: ['cat', 'a-b', 'c d'] },
    ],
    ['a command with an expansion is left alone', posixEnvFormat, 'export A="$(cat $HOME)"', undefined],
    ['two commands are left alone', posixEnvFormat, 'export A="$(cat a; cat b)"', undefined],
    ['a pipe is left alone', posixEnvFormat, 'export A="$(cat a | sort)"', undefined],
    ['text beside a command is left alone', posixEnvFormat, 'export A=x"$(cat a)"', undefined],
    ['two on a line are left alone', posixEnvFormat, 'export A=1 B=2', undefined],
    ['flags the other way round', fishEnvFormat, 'set -xg A v', 'v'],
    ['double quotes', fishEnvFormat, 'set -gx A "a b"', 'a b'],
    ['a CR is a blank', fishEnvFormat, "set -gx A 'v'\r\n", 'v'],
    [
      'bare words of a command',
      fishEnvFormat,
      'set -gx A (cat a-b "c d") # x',
      { command: ['cat', 'a-b', 'c d'] },
    ],
    ['text beside a command is left alone', fishEnvFormat, 'set -gx A x(cat a)', undefined],
    ['two commands are left alone', fishEnvFormat, 'set -gx A (cat a; cat b)', undefined],
    ['a list is left alone', fishEnvFormat, 'set -gx A a b', undefined],
    ['double quotes', powershellEnvFormat, '$Env:A="a b"', 'a b'],
    ['a CR is a blank', powershellEnvFormat, "$env:A = 'v'\r\n", 'v'],
    ['a command', powershellEnvFormat, "$env:A = & 'a' 'it''s' # x", { command: ['a', "it's"] }],
    ['a command with an expansion is left alone', powershellEnvFormat, "$env:A = & 'a' $home", undefined],
    ['an expansion is left alone', powershellEnvFormat, '$env:A = "$home"', undefined],
  ]

  it.each(cases)('%s', (_title, format, text, value) => {
    expect(format.open(text, 'file').get(['A'])).toEqual(value)
    expect(format.parseStrict(text)).toEqual(value === undefined ? {} : { A: value })
  })
})

const variables = fc.dictionary(fc.stringMatching(/^V[A-Z0-9_]{0,4}$/), hostileText, {
  minKeys: 100,
  maxKeys: 150,
})

for (const [family, format] of [
  ['posix', posixEnvFormat],
  ['fish', fishEnvFormat],
] as const) {
  describe(`a written file in the real shells (${family})`, () => {
    for (const [title, start] of [
      ['LF', '# mine\n'],
      ['CRLF', '# mine\r\n'],
    ] as const) {
      inEachShell(family, `sets every value, also in a file with ${title}`, (run) => {
        fc.assert(
          fc.property(variables, (wanted) => {
            const document = format.open(start, 'file')
            for (const [name, value] of Object.entries(wanted)) {
              document.set([name], 'old')
              document.set([name], value)
            }
            const { stdout, stderr } = run(`${document.toText()}${environmentAsJson()}\n`)
            expect(stderr).toBe('')
            expect(JSON.parse(stdout)).toMatchObject(wanted)
          }),
          randomCases(3),
        )
      })

      inEachShell(
        family,
        `sets every value to what a command prints, also in a file with ${title}`,
        (run) => {
          const [wanted = {}] = fc.sample(variables, 1)
          const document = format.open(start, 'file')
          for (const [name, value] of Object.entries(wanted)) {
            document.set([name], { command: ['printf', '%s', value] })
          }
          const { stdout, stderr } = run(`${document.toText()}${environmentAsJson()}\n`)
          expect(stderr).toBe('')
          expect(JSON.parse(stdout)).toMatchObject(wanted)
        },
      )
    }
  })
}
