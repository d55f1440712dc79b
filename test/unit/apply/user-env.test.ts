import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readLedger } from '../../../src/apply/ledger-store.ts'
import { readRegistry } from '../../../src/apply/user-env.ts'
import { userEnvFormat } from '../../../src/documents/shell/env-formats.ts'
import { importFile, textOfExport } from '../../../src/documents/shell/user-env.ts'
import {
  createWindowsMachine,
  done,
  filesWith,
  type RegistryKey,
  usual,
} from '../../support/fake-registry.ts'
import { testKey } from '../../support/test-host.ts'
import { makeHome } from './make-home.ts'

let home = ''
beforeEach(() => {
  home = makeHome()
})

const setup = 'setup --tool openai-sdk --key-file - --yes --no-check'
const base = 'https://api.qcode.cc/openai/v1'

describe('the text of a key of the registry', () => {
  it.each<[string, RegistryKey]>([
    ['what people have', usual()],
    ['nothing', {}],
    ['an empty value', { EMPTY: { sz: '' }, E: { expand: '' } }],
    ['a text over two lines', { TWO: { sz: 'one\r\ntwo' } }],
  ])('of %s comes back value by value from what reg.exe exported', async (_, values) => {
    const { host, user } = createWindowsMachine(home, structuredClone(values))
    await readRegistry(host)
    const text = String(host.registry?.get('HKCU\\Environment'))
    const document = userEnvFormat.open(text, 'HKCU\\Environment')
    expect(userEnvFormat.parseStrict(text)).toEqual(document.get([]))
    const other = createWindowsMachine(makeHome())
    const file = join(home, 'all.reg')
    for (const line of text.split('\n').filter(Boolean)) {
      writeFileSync(file, importFile('HKCU\\Environment', line.split('=')[0] ?? '', line))
      await other.host.run('C:\\Windows\\System32\\reg.exe', ['import', file])
    }
    expect(other.user).toEqual(user)
  })

  it('is read without the keys below it, and with data over several lines as one', () => {
    const text =
      '[HKEY_CURRENT_USER\\Environment]\r\n"P"=hex(2):25,00,\\\r\n  41,00,00,00\r\n\r\n[HKEY_X]\r\n"Q"="1"\r\n'
    expect(
      textOfExport(Buffer.from(`\uFEFFWindows Registry Editor Version 5.00\r\n\r\n${text}`, 'utf16le')),
    ).toBe('P=REG_EXPAND_SZ:"%A"\n')
  })

  it('finds a variable in any case, keeps its spelling and its kind, and takes out the right one', () => {
    const document = userEnvFormat.open('Path=REG_EXPAND_SZ:"a"\nPathExt="b"\n', 'x')
    document.set(['PATH'], 'c')
    expect(document.toText()).toBe('Path=REG_EXPAND_SZ:"c"\nPathExt="b"\n')
    document.unset(['PATH'])
    expect(document.toText()).toBe('PathExt="b"\n')
  })
})

describe('variables on Windows', () => {
  it('are set in the registry, found as they should be the second time, moved and taken out again', async () => {
    const windows = createWindowsMachine(home, usual())
    const { user, started } = windows
    await done(setup, windows)
    expect(user).toEqual({
      ...usual(),
      OPENAI_API_BASE: { sz: base },
      OPENAI_BASE_URL: { sz: base },
      OPENAI_API_KEY: { sz: testKey },
    })
    expect(await done(`${setup} --json`, windows)).toContain('"changed":false')
    await done('status', windows)
    await done('switch eu --yes --no-check', windows)
    expect(user.OPENAI_BASE_URL).toEqual({ sz: base.replace('api', 'eu') })
    await done('undo --yes', windows)
    expect(user.OPENAI_BASE_URL).toEqual({ sz: base })
    await done('remove --yes', windows)
    expect(user).toEqual(usual())
    expect(readLedger(windows.host).entries).toEqual([])
    expect(JSON.stringify(started)).not.toContain(testKey)
    expect(readdirSync(join(home, 'local/qcode-setup')).filter((name) => name.endsWith('.reg'))).toEqual([])
  })

  it('leave nothing on a machine that is only looked at, or planned on', async () => {
    const windows = createWindowsMachine(home, usual())
    for (const line of ['status', 'doctor --no-check', `${setup} --dry-run --diff`]) await done(line, windows)
    expect(windows.user).toEqual(usual())
    expect(readdirSync(join(home, 'local'))).toEqual([])
  })

  it('that somebody changes while they are written are a conflict, and nothing is written', async () => {
    const windows = createWindowsMachine(home, usual())
    let exports = 0
    windows.faults.before = (_, verb) => {
      if (verb === 'export' && ++exports === 4) windows.user.OPENAI_BASE_URL = { sz: 'mine' }
    }
    await done(setup, windows, 3)
    expect(windows.user).toEqual({ ...usual(), OPENAI_BASE_URL: { sz: 'mine' } })
  })

  it.each([
    ['is not there', { absent: true }],
    ['may not write', { denied: true }],
  ])('are not written where reg.exe %s, and that is said', async (_, fault) => {
    const windows = createWindowsMachine(home, usual())
    Object.assign(windows.faults, fault)
    const text = await done(setup, windows, 1)
    expect(text).toMatch(/HKCU\\Environment/)
    expect(windows.user).toEqual(usual())
    expect(filesWith(home, testKey)).toEqual([])
    await done('doctor --no-check', windows)
  })

  it('that a killed program had exported are deleted by the next start of any command', async () => {
    const windows = createWindowsMachine(home)
    const folder = join(home, 'local/qcode-setup')
    mkdirSync(folder)
    writeFileSync(join(folder, 'export-4.reg'), testKey)
    await done('status', windows)
    expect(readdirSync(folder)).toEqual([])
  })
})
