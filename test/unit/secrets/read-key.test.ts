import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { looksLikeKey, parseKey, readKey } from '../../../src/secrets/read-key.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

describe('parseKey', () => {
  it.each([testKey, ` ${testKey}`, `${testKey}\n`, `\t${testKey} \r\n`])(
    'trims blanks and one newline around it',
    (text) => {
      expect(Secret.reveal(parseKey(text, 'here'))).toBe(testKey)
    },
  )

  it.each(['', '\n', '  ', 'cr_a b', 'cr_a\nb', 'cr_a\n\n', 'cr_\u0007abc', 'cr_密钥', 'cr_é'])(
    'refuses %j and does not echo it',
    (text) => {
      try {
        parseKey(text, 'here')
        expect.unreachable()
      } catch (error) {
        expect(error).toMatchObject({ exit: 2 })
        const said = inspect(error).split('\n    at ')[0] ?? ''
        if (text.trim() !== '') expect(said).not.toContain(text.trim())
      }
    },
  )
})

describe('a Secret', () => {
  const secret = new Secret(testKey)

  it('shows itself only masked: as text, as JSON, in inspection and in an error', () => {
    const shown = [
      String(secret),
      JSON.stringify({ secret }),
      inspect({ secret }),
      `${secret}`,
      new Error(String(secret)).message,
    ]
    for (const text of shown) {
      expect(text).toContain('cr_…cdef')
      expect(text).not.toContain(testKey.slice(4, 30))
    }
    expect(Object.keys(secret)).toEqual([])
  })
})

describe('looksLikeKey', () => {
  it('knows the usual look', () => {
    expect(looksLikeKey(new Secret(testKey))).toBe(true)
    expect(looksLikeKey(new Secret('sk-other'))).toBe(false)
  })
})

describe('readKey', () => {
  it('takes standard input for -, else QCODE_API_KEY, else nothing', async () => {
    const host = createTestHost('/nowhere', { env: { QCODE_API_KEY: 'cr_from_env' } })
    expect(Secret.reveal((await readKey('-', host)) as Secret)).toBe(testKey)
    expect(Secret.reveal((await readKey(undefined, host)) as Secret)).toBe('cr_from_env')
    expect(await readKey(undefined, createTestHost('/nowhere', { env: {} }))).toBeUndefined()
  })

  it('names a key file that cannot be read', async () => {
    await expect(readKey('no-such-file', createTestHost('/nowhere'))).rejects.toMatchObject({
      code: 'key-file',
      exit: 2,
    })
  })
})
