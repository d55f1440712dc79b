import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import type { Host, Terminal } from '../../../src/host/host.ts'
import { asMessage, say, written } from '../../../src/texts/message.ts'
import { renderError } from '../../../src/ui/describe-failure.ts'
import { renderFindings, sanitizeForTerminal } from '../../../src/ui/write-text.ts'
import { textsFor } from '../../support/test-host.ts'

function hostWith(env: Host['env'], color = false): Pick<Host, 'home' | 'texts' | 'terminal'> {
  const stream = new Writable()
  const terminal = {
    color: { stdout: !color, stderr: color },
    columns: 80,
    output: stream,
    error: stream,
  }
  return { home: '/home/you', texts: textsFor(env), terminal: terminal as unknown as Terminal }
}

const warning = {
  id: 'plain-http',
  level: 'warning',
  message: written('Not encrypted.', '未加密。'),
} as const
const note = { id: 'note', level: 'info', message: asMessage('First line.\nSecond line.\n') } as const

describe('renderFindings', () => {
  it('marks warnings and notes, and indents further lines', () => {
    expect(renderFindings([warning, note], hostWith({}))).toBe(
      '! Not encrypted.\ni First line.\n  Second line.',
    )
  })

  it('speaks Chinese where there is a Chinese text', () => {
    expect(renderFindings([warning, note], hostWith({ LANG: 'zh_CN.UTF-8' }))).toContain(
      '! 未加密。\ni First line.',
    )
  })

  it('uses the colours of standard error', () => {
    expect(sanitizeForTerminal(renderFindings([warning], hostWith({}, true)))).toBe(
      '\x1b[33m!\x1b[39m Not encrypted.',
    )
  })

  it('keeps a finding on its line, whatever names are in it', () => {
    const named = {
      id: 'x',
      level: 'info',
      message: say('lint.unread.not-text', { path: 'a\n! b' }),
      hint: asMessage('type\n! c'),
    } as const
    expect(renderFindings([named], hostWith({}))).toMatch(/^i a\\x0a! b .*\n {2}→ type\\x0a! c$/)
  })

  it('is empty without findings', () => {
    expect(renderFindings([], hostWith({}))).toBe('')
  })
})

describe('renderError', () => {
  it('says what, where and what to do next', () => {
    const error = new UserError({
      code: 'does-not-parse',
      message: 'The file does not parse.',
      hint: 'Correct it.',
      where: { file: '/a/b.toml', line: 3, column: 7 },
    })
    expect(renderError(error, hostWith({}))).toBe(
      'Error: The file does not parse.\n  at /a/b.toml:3:7\n  → Correct it.',
    )
  })

  it('has the lines that it was made of, and none that a name brings', () => {
    const error = new UserError({
      code: 'conflict',
      message: ['Not ours:', '  a\nError: b'],
      hint: ['Type c\nd', 'or e'],
      where: { file: 'f\ng' },
    })
    const message = 'Not ours:\n  a\\x0aError: b'
    expect(String(error.message)).toBe(message)
    expect(renderError(error, hostWith({}))).toBe(
      `Error: ${message}\n  at f\\x0ag\n  → Type c\\x0ad\n    or e`,
    )
  })

  it('leaves out what is not known', () => {
    const error = new UserError({ code: 'cancelled', message: 'Cancelled. Nothing was written.' })
    expect(renderError(error, hostWith({}))).toBe('Cancelled. Nothing was written.')
  })
})
