import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  quoteCmd,
  quoteFish,
  quotePosix,
  quotePowershell,
  shellLine,
} from '../../../../../src/documents/shell/quote.ts'
import { randomCases } from '../../../../support/random-cases.ts'
import { refusalOf } from '../../../../support/refusal-of.ts'
import { hostileText } from '../arbitraries.ts'
import { runs } from '../laws.ts'
import { environmentAsJson, inEachShell, useScratchFolder, wordsAsJson } from '../run-shell.ts'

useScratchFolder()

const known = [
  '',
  ' ',
  "'",
  "''",
  "it's",
  '\\',
  '\\\\',
  "\\'",
  'a\\',
  '$HOME `id` $(id) $x',
  '!!',
  '# no comment',
  '%PATH%',
  '~',
  '*',
  'é 键 🔑',
  '-n',
  'a"b',
]
const many = fc.array(hostileText, { minLength: 150, maxLength: 250 }).map((texts) => [...known, ...texts])
const batches = randomCases(4)

describe('quotePosix', () => {
  inEachShell('posix', 'comes back from the shell as it was', (run) => {
    fc.assert(
      fc.property(many, (texts) => {
        const { stdout, stderr } = run(wordsAsJson() + texts.map(quotePosix).join(' '))
        expect(stderr).toBe('')
        expect(JSON.parse(stdout)).toEqual(texts)
      }),
      batches,
    )
  })
})

describe('quoteFish', () => {
  inEachShell('fish', 'comes back from the shell as it was', (run) => {
    fc.assert(
      fc.property(many, (texts) => {
        const { stdout, stderr } = run(wordsAsJson() + texts.map(quoteFish).join(' '))
        expect(stderr).toBe('')
        expect(JSON.parse(stdout)).toEqual(texts)
      }),
      batches,
    )
  })
})

/** PowerShell is not at hand: its rule for verbatim strings, read from left to right. */
function readVerbatim(word: string): { text: string; rest: string } {
  const isQuote = (char: string | undefined) => char !== undefined && "'‘’‚‛".includes(char)
  const chars = [...word]
  if (!isQuote(chars.shift())) throw new Error('no verbatim string')
  let text = ''
  while (chars.length > 0) {
    const char = chars.shift()
    if (isQuote(char)) {
      if (!isQuote(chars[0])) return { text, rest: chars.join('') }
      text += chars.shift()
    } else {
      text += char
    }
  }
  throw new Error('the string does not end')
}

describe('quotePowershell', () => {
  it('is one verbatim string with the text, by an independent reading of the rule', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(readVerbatim(quotePowershell(text))).toEqual({ text, rest: '' })
      }),
      runs,
    )
  })

  it('does not let a typographic quote end the string', () => {
    expect(quotePowershell('a’; Remove-Item x')).toBe("'a’’; Remove-Item x'")
  })
})

describe('quoteCmd', () => {
  it('puts the text between double quotes', () => {
    expect(quoteCmd('A=b & c ^ <d> |')).toBe('"A=b & c ^ <d> |"')
  })

  it.each(['100%', 'a!b', 'a"b'])('refuses %s, which cmd would change', (text) => {
    expect(refusalOf(() => quoteCmd(text))).toMatchObject({ code: 'value-not-writable', exit: 2 })
  })
})

describe('every quoter', () => {
  const quoters = { quotePosix, quoteFish, quotePowershell, quoteCmd }
  const refused = Object.entries(quoters).flatMap(([name, quote]) =>
    ['\n', '\r', '\0'].map((char) => [name, JSON.stringify(char), () => quote(`cr_secret${char}x`)] as const),
  )

  it.each(refused)('%s refuses %s without showing the value', (_name, _char, quote) => {
    const error = refusalOf(quote)
    expect(error.code).toBe('value-not-writable')
    expect(error.message + error.hint).not.toContain('cr_secret')
  })
})

describe('shellLine', () => {
  it.each([
    ['posix', "export A_1='it'\\''s'"],
    ['fish', "set -gx A_1 'it\\'s'"],
    ['powershell', "$env:A_1 = 'it''s'"],
    ['cmd', `set "A_1=it's"`],
  ] as const)('%s: %s', (shell, line) => {
    expect(shellLine(shell, 'A_1', "it's")).toBe(line)
  })

  it.each(['', '1A', 'A-B', 'A B', 'A;id', 'É', 'A\n'])('refuses the name %j', (name) => {
    expect(refusalOf(() => shellLine('posix', name, 'x')).code).toBe('name-not-writable')
  })

  for (const family of ['posix', 'fish'] as const) {
    inEachShell(family, 'sets what a child process sees', (run) => {
      const values = known.map((value, index) => [`V${index}`, value] as const)
      const lines = values.map(([name, value]) => shellLine(family, name, value))
      const { stdout } = run([...lines, environmentAsJson()].join('\n'))
      expect(JSON.parse(stdout)).toMatchObject(Object.fromEntries(values))
    })
  }
})
