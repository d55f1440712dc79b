import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  gitignoreFormat,
  ignorePattern,
  patternIn,
} from '../../../../../src/documents/gitignore/gitignore-format.ts'
import { randomCases } from '../../../../support/random-cases.ts'
import { refusalOf } from '../../../../support/refusal-of.ts'
import { fileOf, hostileText, rubble } from '../../shell/arbitraries.ts'
import { expectLaws, runs, setIn, unsetIn } from '../../shell/laws.ts'

const lines = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '# note',
    '#/x',
    '*.log',
    '!keep.log',
    'a ',
    'a\\ ',
    'a\\',
    '/x',
    '/x ',
    '/x/',
    '**/y',
  ),
  hostileText,
)
const yes = fc.constant(true)

describe('gitignoreFormat', () => {
  it.each([
    ['a ', 'a'],
    ['a  b  ', 'a  b'],
    ['a\\ ', 'a\\ '],
    ['a\\  ', 'a\\ '],
    ['a\\\\ ', 'a\\\\'],
    ['a\\', 'a\\'],
    [' ', undefined],
    ['#a', undefined],
    ['a'.repeat(10_000_000), 'a'.repeat(10_000_000)],
  ])('takes a line for the pattern that git does', (line, pattern) => {
    expect(patternIn(line)).toBe(pattern)
  })

  it.each([['/x'], ['/a\\ '], ['a b']])('keeps the laws of a document with the line %j', (pattern) => {
    expectLaws(gitignoreFormat, [pattern], fileOf(lines), yes)
    expectLaws(gitignoreFormat, [pattern], rubble('/x', 'a b', '!'), yes)
  })

  it('reads as the second parser does, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fileOf(lines), rubble('/x', '!')), (text) => {
        expect(gitignoreFormat.open(text, 'file').get([])).toEqual(gitignoreFormat.parseStrict(text))
      }),
      runs,
    )
  })

  it.each([
    ['', '/x\n'],
    ['a\n', 'a\n/x\n'],
    ['a', 'a\n/x'],
    ['a\r\n', 'a\r\n/x\r\n'],
    ['a\r\nb', 'a\r\nb\r\n/x'],
    ['a\r', 'a\r\n\n/x'],
    ['\uFEFF', '\uFEFF\n/x'],
    ['\uFEFFa\n# /x\n', '\uFEFFa\n# /x\n/x\n'],
    ['/x/\n!/x\n', '/x/\n!/x\n/x\n'],
    ['/x  \n!/x\n', '/x  \n!/x\n'],
  ])('adds one line to %j: %j', (text, expected) => {
    expect(setIn(gitignoreFormat, text, ['/x'], true)).toBe(expected)
  })

  it('takes out every such line, and leaves what the user has added behind it', () => {
    expect(unsetIn(gitignoreFormat, 'a\n/x\nb\n/x ', ['/x'])).toBe('a\nb')
    expect(unsetIn(gitignoreFormat, '\uFEFF/x\nb\n', ['/x'])).toBe('\uFEFFb\n')
  })

  it.each([
    [['a\nb'], true],
    [['# a'], true],
    [['a '], true],
    [[''], true],
    [['a', 'b'], true],
    [['\ufeffa'], true],
    [['a'], 'yes'],
  ])('refuses what is no line: %j, %j', (path, value) => {
    expect(refusalOf(() => setIn(gitignoreFormat, 'x\n', path, value)).code).toBe('value-not-writable')
  })
})

describe('ignorePattern', () => {
  let folder = ''
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, ...args], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' })
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'qcode-ignore-'))
    git('init', '-q')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** The files that git would add, by name. */
  const untracked = () => git('ls-files', '-z', '--others', '--exclude-standard').split('\0').filter(Boolean)

  it.each([
    '.env',
    'a b.env',
    'ends in blanks  ',
    ' begins so',
    '#note',
    '!not',
    'star*.env',
    'one?.env',
    '[abc].env',
    'back\\slash',
    'ends in\\',
    'it\'s "so"',
    '$HOME `id`',
    'tab\there',
    '键/é/🔑.env',
    'deep/er/[x]/.env',
    '~',
    '{a,b}',
  ])('hides %j from git, and nothing else', (path) => {
    const others = ['other.env', 'abc.env', 'a.env', 'starry.env', 'ones.env', 'deep/er/x/.env']
    for (const one of [path, ...others]) {
      mkdirSync(dirname(join(folder, one)), { recursive: true })
      writeFileSync(join(folder, one), '')
    }
    expect(untracked()).toContain(path)
    const before = untracked()
    writeFileSync(
      join(folder, '.gitignore'),
      setIn(gitignoreFormat, 'unrelated', [ignorePattern(path) ?? ''], true),
    )
    const gone = before.filter((one) => !untracked().includes(one))
    expect(gone).toEqual([path])
    rmSync(join(folder, '.gitignore'))
  })

  it('law: of any names, git ignores those that have a line and no others', () => {
    const name = fc
      .string({ unit: fc.constantFrom(...' *?[]!#\\-~{}ab.键'), minLength: 1, maxLength: 5 })
      .filter((text) => !/^\.+$/.test(text))
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 12 }), (names) => {
        const hidden = names.slice(0, names.length / 2)
        const text = hidden.reduce(
          (before, one) => setIn(gitignoreFormat, before, [ignorePattern(one) ?? ''], true),
          '\uFEFF# mine\r\n',
        )
        writeFileSync(join(folder, '.gitignore'), text)
        const asked = ['check-ignore', '-z', '--no-index', '--stdin']
        const options = { cwd: folder, input: names.join('\0'), encoding: 'utf8' } as const
        const { stdout } = spawnSync('git', asked, options)
        expect(stdout.split('\0').filter(Boolean).sort()).toEqual([...hidden].sort())
      }),
      randomCases(40),
    )
    rmSync(join(folder, '.gitignore'))
  })

  it.each(['a\nb', 'a\r', 'a\0b'])('has no line for %j', (path) => {
    expect(ignorePattern(path)).toBeUndefined()
  })
})

it.each([
  ['a mark became the mark of the file', 'x\n\ufeffa\n', 'x', '\n\ufeffa\n'],
  ['a CR became a line end', 'a\r\r\nx', 'x', 'a\r\r\n'],
])('taking a line out changed the one beside it: %s', (_, text, pattern, left) => {
  expect(unsetIn(gitignoreFormat, text, [pattern])).toBe(left)
})
