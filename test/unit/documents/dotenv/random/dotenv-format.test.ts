import { parse } from 'dotenv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dotenvFormat } from '../../../../../src/documents/dotenv/dotenv-format.ts'
import { quoteDotenv } from '../../../../../src/documents/shell/quote.ts'
import { UserError } from '../../../../../src/errors.ts'
import { randomCases } from '../../../../support/random-cases.ts'
import { refusalOf } from '../../../../support/refusal-of.ts'
import { fileOf, hostileText, rubble } from '../../shell/arbitraries.ts'
import { expectLaws, runs, setIn, unsetIn } from '../../shell/laws.ts'
import { environmentAsJson, inEachShell, useScratchFolder } from '../../shell/run-shell.ts'

useScratchFolder()

const mark = '\uFEFF'

/** Texts that `.env` readers agree on. */
const carried = hostileText.filter((text) => {
  try {
    return quoteDotenv(text) !== undefined
  } catch (error) {
    if (error instanceof UserError) return false
    throw error
  }
})

const assignment = fc
  .tuple(
    fc.constantFrom('', 'export ', '  ', '\texport  '),
    fc.constantFrom('A', 'B', 'b.c-d'),
    fc.constantFrom('=', ' = ', '= ', '\t='),
    fc.oneof(
      carried.map(quoteDotenv),
      fc.constantFrom(
        '',
        "it's",
        'a b',
        '"a\nB=no\n"',
        "'\nA=no'",
        '"a\\nb"',
        '`a"b\n`',
        '"a\\"\nA=no"',
        "'a\\'b'",
        `"a # b"`,
      ),
    ),
    fc.constantFrom('', ' ', ' # note', " # it's"),
  )
  .map((parts) => parts.join(''))
const lines = fc.oneof(
  assignment,
  fc.constantFrom('', '  ', '# comment', "# it's", '#X=no', 'no assignment', 'A'),
)

describe('dotenvFormat', () => {
  it('keeps the laws of a document on files of any writer', () => {
    expectLaws(dotenvFormat, ['X'], fileOf(lines), carried)
  })

  it('keeps the laws on broken texts', () => {
    expectLaws(dotenvFormat, ['A'], rubble('A=', 'export A=', '`', 'B'), carried)
  })

  it('puts any value back that the file had, to the byte', () => {
    fc.assert(
      fc.property(fileOf(lines), fc.constantFrom('A', 'B'), carried, (text, name, value) => {
        // Beside a byte order mark nothing is written, so the line that moved stays moved.
        fc.pre(!text.startsWith(mark))
        const original = dotenvFormat.open(text, 'file')
        fc.pre(original.get([name]) !== undefined)
        const document = dotenvFormat.open(setIn(dotenvFormat, text, [name], value), 'file')
        document.restore?.([name], original)
        expect(document.toText()).toBe(text)
      }),
      runs,
    )
  })

  it('reads what node dotenv reads, and changes one name only', () => {
    fc.assert(
      fc.property(fileOf(lines), fc.constantFrom('A', 'X'), carried, (text, name, value) => {
        const before = dotenvFormat.parseStrict(text) as Record<string, string>
        expect(dotenvFormat.open(text, '.env').get([])).toEqual(before)
        expect(dotenvFormat.parseStrict(setIn(dotenvFormat, text, [name], value))).toEqual({
          ...before,
          [name]: value,
        })
        delete before[name]
        expect(dotenvFormat.parseStrict(unsetIn(dotenvFormat, text, [name]))).toEqual(before)
      }),
      runs,
    )
  })

  it.each([
    ['bare', 'A=old\nB=2\n', 'A=new\nB=2\n'],
    ['export and blanks', '  export A = old  \r\n', '  export A = new  \r\n'],
    ['a comment behind', 'A="old" # mine', 'A=new # mine'],
    ['a comment without a blank', 'A=old# mine', 'A=new # mine'],
    ['a comment and no value', 'A= # mine', 'A=new # mine'],
    ['more than one line', 'A="old\nB=1\n" # mine\nC=2', 'A=new # mine\nC=2'],
    ['a quote behind a backslash', 'A="old\\"\nB=1"\nC=2', 'A=new\nC=2'],
    ['backticks', 'A=`old`\n', 'A=new\n'],
    ['the last one of two', 'A=1\nA=2\n', 'A=1\nA=new\n'],
    ['not one that stands in another value', 'B="\nA=1\n"\n', 'B="\nA=1\n"\nA=new\n'],
    ['not a comment', '#A=1\n', '#A=1\nA=new\n'],
  ])('sets a value in place: %s', (_title, text, expected) => {
    expect(setIn(dotenvFormat, text, ['A'], 'new')).toBe(expected)
  })

  it.each([
    ['all of them', 'A=1\nB=2\n export A = 3 # x\n', 'B=2\n'],
    ['with all its lines', 'B=2\nA="1\n2"\nC=3', 'B=2\nC=3'],
    ['the last line', 'B=2\r\nA=1', 'B=2'],
    ['nothing that looks alike', 'AA=1\nA.B=2\n#A=3', 'AA=1\nA.B=2\n#A=3'],
  ])('takes a name out: %s', (_title, text, expected) => {
    expect(unsetIn(dotenvFormat, text, ['A'])).toBe(expected)
  })

  it.each([
    ['an empty file gets a line', '', 'A=new\n'],
    ['a new name goes below the mark', mark, `${mark}\nA=new`],
    ['a new name goes to the end', `${mark}B=1\n`, `${mark}B=1\nA=new\n`],
    ['a name beside the mark comes out of its shade', `${mark}A=1\r\nB=1\r\n`, `${mark}\r\nA=new\r\nB=1\r\n`],
  ])('with a byte order mark: %s', (_title, text, expected) => {
    expect(setIn(dotenvFormat, text, ['A'], 'new')).toBe(expected)
    expect(setIn(dotenvFormat, expected, ['A'], 'new')).toBe(expected)
  })

  it('writes no line before the byte order mark', () => {
    expect(unsetIn(dotenvFormat, `${mark}A=1\r\nB=2\r\n`, ['A'])).toBe(`${mark}\r\nB=2\r\n`)
  })

  it.each([
    ['A=1\nB="open\nC=3\n', 2],
    ["A=1\nB='open\nC='x'\n", 2],
    ['A=`open', 1],
    ['A="open \\"\'B=1\nC="2"3"\n', 1],
  ])('does not open a file with a quote that is not closed: %j', (text, line) => {
    const error = refusalOf(() => dotenvFormat.open(text, '/home/me/.env'))
    expect(error).toMatchObject({ code: 'does-not-parse', where: { file: '/home/me/.env', line, column: 3 } })
    expect(error.message + error.hint).not.toContain('open\n')
  })
})

describe('a value that a changed line could make longer', () => {
  const text = 'D=\'a\\\'\nE="b"\n'

  it('refuses an edit that would do so, and nothing is changed', () => {
    const document = dotenvFormat.open(text, '/home/me/.env')
    const error = refusalOf(() => document.set(['X'], '# y'))
    expect(error).toMatchObject({ code: 'value-not-writable', where: { file: '/home/me/.env' } })
    expect(document.toText()).toBe(text)
  })

  it('refuses no other edit', () => {
    expect(setIn(dotenvFormat, text, ['X'], 'https://eu.qcode.cc/api')).toBe(
      `${text}X=https://eu.qcode.cc/api\n`,
    )
  })

  it('refuses the removal of a line that kept it short', () => {
    const document = dotenvFormat.open("D='a\\'\nX='b'c\nY='# d'\n", '/home/me/.env')
    expect(refusalOf(() => document.unset(['X'])).code).toBe('value-not-writable')
    expect(document.get(['X'])).toBe("'b'c")
  })
})

describe('quoteDotenv', () => {
  it.each([
    ['https://api.qcode.cc/openai/v1', 'https://api.qcode.cc/openai/v1'],
    ['cr_0123abcd', 'cr_0123abcd'],
    ['a@b:c%20+d,e', 'a@b:c%20+d,e'],
    ['', "''"],
    ['a b#c', "'a b#c'"],
    ['$HOME', "'$HOME'"],
    ['C:\\dir', "'C:\\dir'"],
    ['say "hi"', `'say "hi"'`],
    ["it's", `"it's"`],
  ])('writes %j as %s', (value, written) => {
    expect(quoteDotenv(value)).toBe(written)
  })

  it.each(['a\nb', 'a\rb', 'a\0b', 'a\\\\b', 'ends\\', `$\{HOME}`, `both ' and "`, "it's $5", "`it's`"])(
    'refuses %j, on which readers disagree',
    (value) => {
      expect(refusalOf(() => quoteDotenv(value)).code).toBe('value-not-writable')
    },
  )

  it('writes what node dotenv reads, with other lines around it', () => {
    fc.assert(
      fc.property(carried, (value) => {
        const written = quoteDotenv(value)
        expect(parse(`B='1'\nA=${written} # it's\nC="2"`)).toEqual({ A: value, B: '1', C: '2' })
      }),
      runs,
    )
  })

  inEachShell('posix', 'writes what the shell reads', (run) => {
    const values = fc.dictionary(fc.stringMatching(/^V[A-Z0-9]{0,4}$/), carried, {
      minKeys: 80,
      maxKeys: 120,
    })
    fc.assert(
      fc.property(values, (wanted) => {
        const file = Object.entries(wanted).map(([name, value]) => `${name}=${quoteDotenv(value)}\n`)
        const { stdout, stderr } = run(`set -a\n${file.join('')}${environmentAsJson()}\n`)
        expect(stderr).toBe('')
        expect(JSON.parse(stdout)).toMatchObject(wanted)
      }),
      randomCases(3),
    )
  })
})

it('a variable named __proto__ was written, and lost by readers in JavaScript', () => {
  const document = dotenvFormat.open("__proto__='x'\n", '.env')
  expect(document.get([])).toEqual(dotenvFormat.parseStrict(document.toText()))
  expect(refusalOf(() => document.set(['__proto__'], 'y')).code).toBe('name-not-writable')
  expect(document.toText()).toBe("__proto__='x'\n")
})
