import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runKey } from '../../../src/commands/key.ts'
import type { Host } from '../../../src/host/host.ts'
import { createMemoryKeychain } from '../../../src/host/throw-away-host.ts'
import { en } from '../../../src/texts/en.ts'
import { createTestContext } from '../../support/test-context.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'
import { createAnsweringHost, ctrlC, enter, up } from '../wizard/answering-host.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'qcode-key-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const key = (host: Host, verb: string, ...switches: string[]) =>
  runKey(
    { values: {}, switches: new Set(switches), positionals: [verb] },
    createTestContext(host, { dryRun: switches.includes('dryRun') }),
  )

const storeOf = (host: Host) => host.keychain()

/** A person at a terminal of a machine with a keychain. */
function createPerson(changes: Partial<Host> = {}) {
  const store = createMemoryKeychain()
  return createAnsweringHost(home, { keychain: async () => store, ...changes })
}

const chinese = { LANG: 'zh_CN.UTF-8', PATH: '' }

describe('key set', () => {
  test('asks for the key masked, shows the change, asks, and stores it', async () => {
    const { host, answer, shown } = createPerson()
    const ending = key(host, 'set')
    await answer(en['ask.key'], `${testKey}${enter}`)
    await answer(en['ask.confirm'], enter)
    expect(await ending).toMatchObject({ exit: 0, data: { verb: 'set', changed: true, replaced: false } })
    expect(await (await storeOf(host)).get('default')).toBe(testKey)
    expect(shown()).toContain('cr_…cdef (new)')
    expect(shown()).not.toContain(testKey)
  })

  test('writes nothing when the answer is no or Ctrl-C', async () => {
    for (const [question, keys] of [
      [en['ask.confirm'], up + enter],
      [en['ask.confirm'], ctrlC],
    ] as const) {
      const { host, answer } = createPerson()
      const ending = key(host, 'set').catch((error) => error)
      await answer(en['ask.key'], `${testKey}${enter}`)
      await answer(question, keys)
      expect(await ending).toMatchObject({ code: 'cancelled', exit: 130 })
      expect(await (await storeOf(host)).list()).toEqual([])
    }
  })

  test('asks for no key where the keychain is out of reach', async () => {
    const { host, shown } = createPerson()
    const closed = { ...host, keychain: () => Promise.reject(new Error('not installed')) }
    await expect(key(closed, 'set')).rejects.toMatchObject({ code: 'keychain-unavailable', exit: 1 })
    expect(shown()).toBe('')
  })

  test('takes the key from QCODE_API_KEY, warns of an odd one, and names what is missing', async () => {
    const host = createTestHost(home, { env: { QCODE_API_KEY: 'sk-odd-looking-key', PATH: '' } })
    expect(await key(host, 'set', 'yes')).toMatchObject({ findings: [{ id: 'key-look', level: 'warning' }] })
    await expect(key(createTestHost(home), 'set', 'yes')).rejects.toMatchObject({
      code: 'key-missing',
      exit: 2,
    })
  })

  test('is recorded as a run, which undo undoes first', async () => {
    const host = createTestHost(home, { env: { QCODE_API_KEY: testKey, PATH: '' } })
    const { data, next } = await key(host, 'set', 'yes')
    expect(data.run).toMatch(/^\d{8}T\d{6}Z-/)
    expect(next?.join()).toContain('qcode-setup undo')
    expect(await key(host, 'set', 'yes')).toMatchObject({ data: { changed: false, run: null }, next: [] })
  })
})

describe('key get', () => {
  test('gives the key to a program and the masked one to a person', async () => {
    const host = createTestHost(home)
    await (await storeOf(host)).set('default', testKey)
    expect(await key(host, 'get')).toMatchObject({ report: testKey, showsKey: true, next: [], findings: [] })
    const seen = { ...host, terminal: { ...host.terminal, outputIsSeen: true } }
    expect(await key(seen, 'get')).toMatchObject({
      report: 'cr_…cdef',
      showsKey: false,
      next: [host.texts['key.get.whole']],
    })
  })

  test('works without any file of this program on the disk', async () => {
    const host = createTestHost(join(home, 'no', 'such', 'home'))
    await (await storeOf(host)).set('default', testKey)
    expect((await key(host, 'get')).report).toBe(testKey)
  })
})

describe('key forget', () => {
  async function twoKeys(host: Host): Promise<void> {
    const store = await storeOf(host)
    await store.set('default', testKey)
    await store.set('backup-20261123T121314Z-ab0001', 'an older key')
  }

  test('asks first, and Enter means No', async () => {
    const { host, answer } = createPerson()
    await twoKeys(host)
    const ending = key(host, 'forget').catch((error) => error)
    await answer("This can't be undone.", enter)
    expect(await ending).toMatchObject({ code: 'cancelled', exit: 130 })
    expect(await (await storeOf(host)).list()).toHaveLength(2)
  })

  test('takes every account once the answer is yes', async () => {
    const { host, answer } = createPerson()
    await twoKeys(host)
    const ending = key(host, 'forget')
    await answer("This can't be undone.", `y${enter}`)
    expect(await ending).toMatchObject({ exit: 0, data: { changed: true, copies: 1 } })
    expect(await (await storeOf(host)).list()).toEqual([])
  })

  test('needs --yes where nobody can answer, and leaves all in a dry run', async () => {
    const host = createTestHost(home)
    await twoKeys(host)
    await expect(key(host, 'forget')).rejects.toMatchObject({ code: 'confirmation-missing', exit: 2 })
    expect(await key(host, 'forget', 'dryRun')).toMatchObject({
      exit: 0,
      report: expect.stringContaining('would'),
    })
    expect(await (await storeOf(host)).list()).toHaveLength(2)
  })

  test('speaks Chinese where the machine does', async () => {
    const host = createTestHost(home, { env: chinese })
    await twoKeys(host)
    expect(await key(host, 'forget', 'yes')).toMatchObject({
      report: expect.stringMatching(/^已从系统钥匙串中删除密钥/),
    })
    expect(await key(host, 'forget', 'yes')).toMatchObject({ report: expect.stringMatching(/没有密钥/) })
  })
})
