import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import { readBounded } from '../../../src/host/standard-streams.ts'
import { looksLikeKey, parseKey, readKey } from '../../../src/secrets/read-key.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { parsePastedKey } from '../../../src/wizard/ask-key.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

describe('parseKey', () => {
  it.each([
    testKey,
    ` ${testKey}`,
    `${testKey}\n`,
    `\t${testKey} \r\n`,
    `\n\n${testKey}\n\n\n`,
    `\r\n  \r\n${testKey}\r\n\r\n`,
    `\uFEFF${testKey}\n`,
    `"${testKey}"`,
    `'${testKey}'\n`,
    ` " ${testKey} " `,
  ])('takes the key out of %j', (text) => {
    expect(Secret.reveal(parseKey(text, 'here'))).toBe(testKey)
  })

  it.each([
    ['', 'no key in here'],
    ['\n', 'no key in here'],
    ['  ', 'no key in here'],
    ['""', 'no key in here'],
    ['\uFEFF', 'no key in here'],
    ['cr_a b', 'a space'],
    ['cr_a\nb', 'lines 1, 2'],
    ['\ncr_a\n\ncr_b\n', 'lines 2, 4'],
    ['zq9\r'.repeat(9), 'lines 1, 2, 3, 4, 5, …'],
    ['cr_\u0007abc', 'control character'],
    ['cr_密钥', 'plain ASCII'],
    ['cr_é', 'plain ASCII'],
    ['export QCODE_API_KEY=cr_abc', 'starts with a name'],
    ['QCODE_API_KEY="cr_abc"', 'starts with a name'],
    ["$env:QCODE_API_KEY='cr_abc'", 'starts with a name'],
  ])('refuses %j, says why, and does not echo it', (text, why) => {
    try {
      parseKey(text, 'here')
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ exit: 2, message: expect.stringContaining(why) })
      const said = inspect(error).split('\n    at ')[0] ?? ''
      for (const piece of text.split(/[\s"'=]+/).filter((each) => /cr_|zq9/.test(each)))
        expect(said).not.toContain(piece)
    }
  })

  it('leaves a key of another look as it is', () => {
    for (const key of ['YWJjZA==', 'a=b', `tok"en'`, 'x:y', '"half'])
      expect(Secret.reveal(parseKey(key, 'here'))).toBe(key)
  })
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

  it('takes an empty QCODE_API_KEY for none', async () => {
    expect(
      await readKey(undefined, createTestHost('/nowhere', { env: { QCODE_API_KEY: '' } })),
    ).toBeUndefined()
  })

  it('names a key file that cannot be read', async () => {
    await expect(readKey('no-such-file', createTestHost('/nowhere'))).rejects.toMatchObject({
      code: 'key-file',
      exit: 2,
    })
  })

  const folder = mkdtempSync(join(tmpdir(), 'qcode-keys-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const host = createTestHost(folder)
  const utf16 = Buffer.from(`${testKey}\r\n`, 'utf16le')

  it.each([
    ['UTF-8 with its mark', Buffer.from(`\uFEFF${testKey}\r\n`)],
    ['UTF-16 of Windows', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    ['UTF-16 the other way', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()])],
    ['UTF-16 without its mark', utf16],
    ['UTF-16 the other way without its mark', Buffer.from(utf16).swap16()],
    ['blank lines', Buffer.from(`\n\n${testKey}\n\n`)],
  ])('reads a key from a file in %s, and from standard input', async (_, bytes) => {
    writeFileSync(join(folder, 'key'), bytes)
    expect(Secret.reveal((await readKey('key', host)) as Secret)).toBe(testKey)
    const piped = createTestHost(folder, { readStdin: async () => bytes })
    expect(Secret.reveal((await readKey('-', piped)) as Secret)).toBe(testKey)
  })

  it('reads no more of what never ends than a key could be', async () => {
    writeFileSync(join(folder, 'huge'), 'cr_'.repeat(100_000))
    for (const endless of ['/dev/zero', 'huge'])
      await expect(readKey(endless, host)).rejects.toMatchObject({ code: 'key-file', exit: 2 })
    const piped = createTestHost(folder, { readStdin: async (limit) => Buffer.alloc(limit + 1, 'a') })
    await expect(readKey('-', piped)).rejects.toThrow('longer than 64 KiB')
    const silent = createTestHost(folder, { readStdin: async () => 'silent' })
    await expect(readKey('-', silent)).rejects.toThrow('sent nothing for')
  })

  it('reads a named pipe, whoever comes first, and gives up on one that stays silent', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const late = spawn('sh', ['-c', 'sleep 0.2; printf "%s" "$1" > "$2"', 'sh', testKey, pipe])
    const gone = once(late, 'exit')
    expect(Secret.reveal((await readKey(pipe, host)) as Secret)).toBe(testKey)
    await gone
    expect(await readBounded(pipe, 100, 100)).toBe('silent')
    const endless = spawn('sh', ['-c', 'exec yes > "$1"', 'sh', pipe], { stdio: 'ignore' })
    await expect(readKey(pipe, host)).rejects.toThrow('longer than 64 KiB')
    endless.kill()
    const script = 'exec 3<>"$1"; while echo >&3; do sleep 0.01; done'
    const drops = spawn('sh', ['-c', script, 'sh', pipe], { stdio: 'ignore' })
    expect(await readBounded(pipe, 1, 10_000)).toBe('too-long')
    expect(await readBounded(pipe, 100_000, 200)).toBe('endless')
    drops.kill()
    const dropping = createTestHost(folder, { readStdin: async () => 'endless' })
    await expect(readKey('-', dropping)).rejects.toThrow('did not end within 300 seconds')
  })
})

describe('parsePastedKey', () => {
  it.each([
    [testKey, []],
    [`  ${testKey} `, []],
    [`"${testKey}"`, ['"…"']],
    [`'${testKey}'`, ["'…'"]],
    [`export ANTHROPIC_AUTH_TOKEN=${testKey}`, ['export ANTHROPIC_AUTH_TOKEN=']],
    [`export KEY='${testKey}';`, ['export KEY=', "'…'"]],
    [`set OPENAI_API_KEY=${testKey}`, ['set OPENAI_API_KEY=']],
    [`setx OPENAI_API_KEY ${testKey}`, ['setx OPENAI_API_KEY']],
    [`$env:QCODE_API_KEY = "${testKey}"`, ['$env:QCODE_API_KEY =', '"…"']],
    [`QCODE_API_KEY=${testKey}`, ['QCODE_API_KEY=']],
    [`Bearer ${testKey}`, ['Bearer']],
    [`"Authorization: Bearer ${testKey}"`, ['"…"', 'Authorization: Bearer']],
    [`x-api-key: ${testKey}`, ['x-api-key:']],
  ])('%#: finds the key in what was pasted, and names what stood around it', (text, around) => {
    const pasted = parsePastedKey(text)
    expect(Secret.reveal(pasted.key)).toBe(testKey)
    expect(pasted.around).toEqual(around)
  })

  it.each(['abcDEF0123456789==', 'sk_live=', 'aB_c='])(
    'takes %s as it is: a key may end in equals signs',
    (text) => {
      expect(parsePastedKey(text)).toEqual({ key: new Secret(text), around: [] })
    },
  )

  it.each(['', 'export A_KEY=', 'two words', `${testKey} ${testKey}`])('refuses %j', (text) => {
    expect(() => parsePastedKey(text)).toThrow(UserError)
  })
})
