import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../../src/ui/render-table.ts'
import { plainStyle, styleFor } from '../../../src/ui/style.ts'
import { jsonText, sanitizeForTerminal } from '../../../src/ui/write-text.ts'
import { createTestHost } from '../../support/test-host.ts'

const { terminal } = createTestHost('/')
const coloured = { terminal: { ...terminal, color: { stdout: true, stderr: false } } }
const names = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan'] as const

/** All of Unicode's controls, invisible formats and line separators, but for line ends and tabs. */
const commanding = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/u
const everyCharacter = Array.from({ length: 0xe0080 }, (_, code) =>
  code >= 0xd800 && code <= 0xdfff ? '' : String.fromCodePoint(code),
).join('')

describe('text for a terminal', () => {
  it.each([
    ['clears the screen', '\x1b[2J'],
    ['names the window', '\x1b]0;owned\x07'],
    ['writes to the clipboard', '\x1b]52;c;ZXZpbA==\x1b\\'],
    ['asks the terminal for an answer', '\x1b[6n'],
    ['hides what follows', '\x1b[8m'],
    ['makes a link of it', '\x1b]8;;https://evil.example\x07'],
    ['an 8-bit CSI', '\x9b2J'],
    ['an 8-bit OSC', '\x9d0;owned\x9c'],
    ['goes back in the line', 'rm -rf ~\rls'],
    ['backspace', 'evil\b\b\b\bgood'],
    ['turns the direction', '\u202ecod.exe'],
    ['isolates a direction', '\u2066abc\u2069'],
    ['zero width', 'ad\u200bmin'],
    ['a byte order mark', '\ufeff#'],
    ['a line separator', 'a\u2028b'],
    ['tag characters', '\u{e0041}'],
    ['a style in pieces', '\x1b\x1b[1m[2J'],
    ['a style of the kind that we use', '\x1b[1m'],
    ['our colours', '\x1b[31mred\x1b[39m'],
    ['our ends of styles', '\x1b[22m\x1b[39m'],
    ['a guess at how our own are told', '\x1b[1234;5678;31m'],
  ])('%s: written out, also inside of our own style', (_, text) => {
    expect(sanitizeForTerminal(`a${text}z`)).not.toMatch(commanding)
    expect(sanitizeForTerminal(`a${text}z`)).toMatch(/\\x[0-9a-f]{2}|\\u\{[0-9a-f]+\}/)
    const { bold, red } = styleFor(coloured, 'stdout')
    expect(sanitizeForTerminal(bold(red(text)))).toBe(
      `\x1b[1m\x1b[31m${sanitizeForTerminal(text)}\x1b[39m\x1b[22m`,
    )
  })

  it('holds for every character there is', () => {
    expect(sanitizeForTerminal(everyCharacter)).not.toMatch(commanding)
  })

  it('keeps what people write, and our own styles where colours are on', () => {
    const plain = 'tab\t, next\nline, 中文 é 👍 -> ✔'
    expect(sanitizeForTerminal(plain)).toBe(plain)
    const own = styleFor(coloured, 'stdout')
    const usual = picocolors.createColors(true)
    for (const outer of names) {
      for (const inner of names) {
        const text = own[outer](`a ${own[inner]('b')} c ${own[inner]('d')}`)
        expect(sanitizeForTerminal(text)).toBe(usual[outer](`a ${usual[inner]('b')} c ${usual[inner]('d')}`))
        expect(displayWidth(text)).toBe(7)
      }
    }
    expect(styleFor(coloured, 'stderr')).toBe(plainStyle)
  })
})

describe('JSON for a terminal', () => {
  it('escapes every such character, and means the same', () => {
    const every = [...everyCharacter].filter((character) => commanding.test(character)).join('')
    const text = jsonText({ [every]: every })
    expect(text).not.toMatch(commanding)
    expect(JSON.parse(text)).toEqual({ [every]: every })
    expect(every.length).toBeGreaterThan(200)
  })
})
