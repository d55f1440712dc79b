import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { rememberKey } from '../../../src/secrets/mask-text.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { jsonText, writeText } from '../../../src/ui/write-text.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

/** Of no key's look, so that only who knows it can hide it. */
const odd = 'a"b\\c-of-another-look'
rememberKey(new Secret(odd))

function written(text: string, keys?: 'hidden' | 'shown'): string {
  const output = new PassThrough()
  const host = createTestHost('/nowhere')
  writeText({ terminal: { ...host.terminal, output } }, 'output', text, keys)
  return String(output.read())
}

describe('the gate to the screen', () => {
  it.each([
    [`There is no command "${testKey}".`, 'There is no command "cr_…cdef".'],
    [`a word${testKey}.`, 'a wordcr_…cdef.'],
    [`no ${odd.slice(2, 18)}, no ${odd.slice(-13)}`, 'no …er-l, no …k'],
    [`the key ${odd} is wrong`, 'the key a"b…look is wrong'],
  ])('hides the key in %j', (text, shown) => {
    expect(written(text)).toBe(shown)
    expect(written(text, 'shown')).toBe(text)
  })

  it('hides it in a document, which stays one', () => {
    const data = { message: `the key ${odd}`, list: [testKey], count: 1 }
    const text = written(jsonText(data))
    expect(JSON.parse(text)).toEqual({ message: 'the key a"b…look', list: ['cr_…cdef'], count: 1 })
    expect(JSON.parse(written(jsonText(data, 'shown'), 'shown'))).toEqual(data)
  })

  it('does not take a short word for a key', () => {
    rememberKey(new Secret('test'))
    expect(written('a test')).toBe('a test')
  })
})
