import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quoteFish, quotePosix, quotePowershell } from '../../../../src/documents/shell/quote.ts'
import { maskText } from '../../../../src/secrets/mask-text.ts'
import { Secret } from '../../../../src/secrets/secret.ts'
import { randomCases } from '../../../support/random-cases.ts'

const key = `cr_${'0123456789abcdef'.repeat(4)}`
const shown = 'cr_…cdef'

const mask = (text: string, ...secrets: string[]) =>
  maskText(
    text,
    secrets.map((secret) => new Secret(secret)),
  )

/** How a value is written into a line of a file or a command. */
const spellings: Record<string, (value: string) => string> = {
  plain: (value) => value,
  json: JSON.stringify,
  'json, all by number': (value) =>
    [...value].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  url: encodeURIComponent,
  'url, all by number': (value) =>
    [...Buffer.from(value)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  posix: quotePosix,
  fish: quoteFish,
  powershell: quotePowershell,
  yaml: (value) => `'${value.replaceAll("'", "''")}'`,
  backslashes: (value) => value.replace(/\W/g, '\\$&'),
}

describe('maskText', () => {
  it('shows the first 3 and the last 4 characters', () => {
    expect(mask(`a ${key} b`, key)).toBe(`a ${shown} b`)
  })

  it('masks the longest first, so that a shorter one leaves no rest of it', () => {
    expect(mask('abcdefghijklmnopqrstuvwxyz', 'abcdefghijklmnop', 'abcdefghijklmnopqrstuvwxyz')).toBe(
      'abc…wxyz',
    )
  })

  it('masks what looks like a key, whoever owns it', () => {
    expect(mask(`token = "${key}"`)).toBe(`token = "${shown}"`)
    expect(mask('x=sk-ant-api03-0123456789abcdef')).toBe('x=sk-…cdef')
    expect(mask(`"line\\n${key}"`)).toBe(`"line\\n${shown}"`)
    expect(mask(`%22${key}`)).toBe(`%22${shown}`)
  })

  it.each(['cr_short', 'sk-learn', 'task-management-for-all-of-us', 'the disk-encryption-password-file'])(
    'leaves %s alone',
    (text) => expect(mask(text)).toBe(text),
  )

  it('masks a secret that has several lines', () => {
    const pem = '-----BEGIN-----\nMIIEpAIBAAKCAQEA\n-----END-----'
    expect(mask(JSON.stringify(pem), pem)).toBe('"---…----"')
    expect(mask(pem.replaceAll('\n', '\r\n    '), pem)).toBe('---…----')
  })

  it.each([64, 76])(
    'masks a key in base64 in lines of %i, wherever it begins, and keeps the lines',
    (width) => {
      for (let before = 0; before < 3 * width; before++) {
        const lines = broken(Buffer.from(`${'-'.repeat(before)}${key}.`).toString('base64'), width, '\n')
        const masked = mask(`data: |\n${lines}\nexport A=1\n`, key)
        const left = masked
          .split(/•+|cr_…cdef/)
          .flatMap((part) => readings(part.replaceAll('\n', ''), inBase64))
        expect(left.flatMap((part) => survivors(part, key))).toEqual([])
        expect(masked.split('\n')).toHaveLength(lines.split('\n').length + 3)
        expect(masked).toMatch(/^data: \|\n[\s\S]*\nexport A=1\n$/)
      }
    },
  )

  it('masks every part of a secret of any length', () => {
    const long = Array.from({ length: 4000 }, (_, index) => index.toString(36)).join('')
    expect(survivors(mask(`<${long}>`, long), long)).toEqual([])
  })

  it('takes the whole of a letter by number that is also the sign for that', () => {
    const byNumber = spellings['json, all by number'] ?? String
    expect(mask(`<${byNumber('!!!!!!u0')}>`, '!!!!!!u0')).toBe('<••••>')
    expect(mask(`<${byNumber('key-of-mine-u007')}>`, 'key-of-mine-u007')).toBe('<key…u007>')
  })

  it('ends soon on a text that nearly holds a secret of backslashes and quotes', () => {
    const secret = `${'\\a'.repeat(60)}${`'"\\`.repeat(60)}end`
    const near = JSON.stringify(secret).slice(1, -4)
    expect(mask(near, secret)).toBe(near)
  })

  it.each(Object.keys(spellings))('law: no 8 characters of a secret survive, spelled as %s', (name) => {
    const spell = spellings[name] ?? String
    fc.assert(
      fc.property(secrets, around, around, (secret, before, after) => {
        const masked = mask(before + spell(secret) + after, secret)
        expect(survivors(masked, spell(secret))).toEqual([])
        expect(survivors(masked, secret)).toEqual([])
      }),
      randomCases(400),
    )
  })

  it.each(Object.keys(disguises))('law: nothing of a key can be read back, sent as %s', (name) => {
    const { write, read } = disguises[name] as Disguise
    fc.assert(
      fc.property(secrets, words, words, (secret, before, after) => {
        fc.pre(secret.length >= 12)
        const text = write(before + secret + after)
        // The law is about what is there: without a mask it can be read.
        expect(read(text)).toContain(secret)
        const masked = mask(`<${text}>`, secret)
        const left = masked.split(/…|•+|[<>]/).flatMap((part) => readings(part, read))
        expect(left.flatMap((part) => survivors(part, secret))).toEqual([])
      }),
      randomCases(400),
    )
  })

  it('law: a text without secrets stays as it is', () => {
    fc.assert(
      fc.property(around, secrets, (text, secret) => {
        expect(mask(text, secret)).toBe(text)
      }),
      randomCases(400),
    )
  })
})

/** Random keys of printable ASCII; the text around them is Greek and signs, and so can hold no part of them. */
const secrets = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 8,
  maxLength: 90,
})
const words = fc.string({ unit: fc.constantFrom(...'αa b:'), maxLength: 7 })

interface Disguise {
  readonly write: (text: string) => string
  readonly read: (text: string) => string
}

const inBase64 = (text: string) => Buffer.from(text, 'base64').toString()

/** How a server that wants a key to be seen can send it back. */
const disguises: Readonly<Record<string, Disguise>> = {
  base64: { write: (text) => Buffer.from(text).toString('base64'), read: inBase64 },
  base64url: { write: (text) => Buffer.from(text).toString('base64url'), read: inBase64 },
  hex: {
    write: (text) => Buffer.from(text).toString('hex'),
    read: (text) => Buffer.from(text, 'hex').toString(),
  },
  'base64 in lines': inLines(10, '\n'),
  'base64 in lines, further in': inLines(7, '\r\n  '),
  'base64 in lines, in JSON': inLines(12, '\\n'),
  'base64 in lines, as Windows and JSON have them': inLines(13, '\\r\\n'),
  'hex in lines': {
    write: (text) => broken(Buffer.from(text).toString('hex'), 8, '\n'),
    read: (text) => Buffer.from(text.replaceAll('\n', ''), 'hex').toString(),
  },
  'hex in capitals': {
    write: (text) => Buffer.from(text).toString('hex').toUpperCase(),
    read: (text) => Buffer.from(text, 'hex').toString(),
  },
  'the other case': { write: otherCase, read: otherCase },
  backwards: { write: backwards, read: backwards },
  percent: {
    write: (text) => Buffer.from(text).toString('hex').replace(/../g, '%$&'),
    read: (text) => Buffer.from(text.replaceAll('%', ''), 'hex').toString(),
  },
}

function inLines(width: number, end: string): Disguise {
  return {
    write: (text) => broken(Buffer.from(text).toString('base64'), width, end),
    read: (text) => inBase64(text.replaceAll(end, '')),
  }
}

function broken(text: string, width: number, end: string): string {
  return (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(end)
}

function otherCase(text: string): string {
  return [...text].map((one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase())).join('')
}

function backwards(text: string): string {
  return [...text].reverse().join('')
}

/** What is left may begin anywhere in a group of characters that are read together. */
function readings(text: string, read: Disguise['read']): string[] {
  return [0, 1, 2, 3].map((start) => read(text.slice(start)))
}

const around = fc.string({ unit: fc.constantFrom(...'αβγδ \t\n'), maxLength: 30 })

/** Every stretch of 8 characters of `secret` that still stands in `text`. */
function survivors(text: string, secret: string): string[] {
  return Array.from({ length: Math.max(0, secret.length - 7) }, (_, start) =>
    secret.slice(start, start + 8),
  ).filter((part) => text.includes(part))
}

it('a secret with quotes at both ends was left where it stood twice in a row', () => {
  const quoted = "'aaaaaaaaaaaaaa'"
  expect(mask(quoted + quoted, quoted)).not.toContain(quoted)
  const escaped = `${'\\u0061'.repeat(15)}\\u005c`
  expect(mask(escaped + escaped, `${'a'.repeat(15)}\\`)).not.toContain('u0061')
})
