import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  createWindowsMachine,
  done,
  filesWith,
  type RegistryKey,
  type RegistryValue,
  usual,
  type WindowsMachine,
} from '../../support/fake-registry.ts'
import { runInProcess } from '../../support/run-in-process.ts'
import { testKey } from '../../support/test-host.ts'
import { makeHome } from '../../unit/apply/make-home.ts'

let home = ''
beforeEach(() => {
  home = makeHome()
})

const setup = 'setup --tool openai-sdk --key-file - --yes --no-check'
const base = 'https://api.qcode.cc/openai/v1'

type Change = (user: RegistryKey) => void

/** What becomes of a variable of ours in other hands, and whether what is started then still has the gateway with its key. */
const changes: [state: string, change: Change, isWell: boolean][] = [
  [
    'an address that is another one',
    (user) => set(user, 'OPENAI_BASE_URL', 'https://llm.example.com/v1'),
    false,
  ],
  ['an address that is empty', (user) => set(user, 'OPENAI_BASE_URL', ''), false],
  ['an address that is gone', (user) => delete user.OPENAI_BASE_URL, false],
  [
    'an address that is a number',
    (user) => (user.OPENAI_BASE_URL = { kind: 'dword', hex: '01000000' }),
    false,
  ],
  ['an address of another kind', (user) => (user.OPENAI_BASE_URL = { expand: base }), true],
  ['an address in a name in other capitals', (user) => renamed(user, 'OPENAI_BASE_URL'), true],
  ['a key that is another one', (user) => set(user, 'OPENAI_API_KEY', `sk-proj-${'a1B2'.repeat(12)}`), false],
  ['a key that is empty', (user) => set(user, 'OPENAI_API_KEY', ''), false],
  ['a key that is gone', (user) => delete user.OPENAI_API_KEY, false],
  [
    'a key that is several texts',
    (user) => (user.OPENAI_API_KEY = { kind: 'hex(7)', hex: '610000000000' }),
    false,
  ],
]

function set(user: RegistryKey, name: string, text: string): void {
  user[name] = { sz: text }
}

function renamed(user: RegistryKey, name: string): void {
  const { [name]: value } = user
  delete user[name]
  if (value) user[name.toLowerCase()] = value
}

/** What a program has in its environment that is started now: texts alone, by names in capitals. */
function startedWith({ user }: WindowsMachine): Record<string, string> {
  const texts = Object.entries(user).flatMap(([name, value]) =>
    'sz' in value
      ? [[name.toUpperCase(), value.sz]]
      : 'expand' in value
        ? [[name.toUpperCase(), value.expand]]
        : [],
  )
  return Object.fromEntries(texts)
}

const well = { OPENAI_API_BASE: base, OPENAI_BASE_URL: base, OPENAI_API_KEY: testKey }

describe.each(changes)('after %s', (_, change, isWell) => {
  const tried = new Set<string>()
  const changed = async (root = home) => {
    const windows = createWindowsMachine(root, usual())
    await done(setup, windows)
    change(windows.user)
    return { windows, before: structuredClone(windows.user) }
  }

  it.each(['doctor --no-check', 'status --exit-code', 'check'])(
    '%s tells what is wrong with a command that ends it, and takes nothing out',
    async (line) => {
      const { windows, before } = await changed()
      const { exit, text } = await runInProcess(line, windows.host)
      expect(windows.user).toEqual(before)
      if (isWell) return expect(text).not.toContain('qcode-setup --tool')
      expect(exit).toBe(3)
      expect(text).not.toMatch(/Remove OPENAI_\w+ from/)
      const ways = new Set(text.match(/(?<=qcode-setup )--tool [\w -]+/g))
      expect(ways.size).toBeGreaterThan(0)
      for (const way of ways) {
        if (tried.has(way)) continue
        tried.add(way)
        const other = (await changed(makeHome())).windows
        await done(`setup ${way} --key-file - --yes --no-check`, other)
        expect(startedWith(other)).toMatchObject(well)
        await done('doctor --no-check', other)
        await done('undo --yes', other)
        expect(other.user).toEqual(before)
      }
    },
  )

  it.each([setup, 'switch eu --yes --no-check'])('%s puts it right or touches nothing', async (line) => {
    const { windows, before } = await changed()
    const { exit } = await runInProcess(line, windows.host)
    if (exit !== 0) {
      expect(exit).toBe(3)
      expect(windows.user).toEqual(before)
    }
    const overwriting = line.replace('--yes', '--on-conflict overwrite --yes')
    const again = await runInProcess(overwriting, windows.host)
    // `switch` has no key to write.
    if (again.exit !== 0) return expect(windows.user).toEqual(before)
    const url = line === setup ? base : base.replace('api', 'eu')
    expect(startedWith(windows)).toMatchObject({ ...well, OPENAI_API_BASE: url, OPENAI_BASE_URL: url })
  })

  it('remove leaves what is the user’s, and no key of ours', async () => {
    const { windows, before } = await changed()
    await done('remove --yes', windows)
    const isOurs = ([name, value]: [string, RegistryValue]) =>
      isWell ? !(name in usual()) : isDeepStrictEqual(value, { sz: well[name as keyof typeof well] })
    const theirs = Object.entries(before).filter((one) => !isOurs(one))
    expect(windows.user).toEqual(Object.fromEntries(theirs))
  })

  it('undo takes it back or touches nothing', async () => {
    const { windows, before } = await changed()
    const { exit } = await runInProcess('undo --yes', windows.host)
    expect(windows.user).toEqual(exit === 0 ? usual() : before)
    expect([0, 3]).toContain(exit)
  })
})

/** What else a user of Windows has and does; the life of a set-up is in test/unit/apply/user-env.test.ts. */
describe('variables on Windows', () => {
  it('show no key in a diff, and name each variable', async () => {
    const windows = createWindowsMachine(home)
    const text = await done(`${setup} --diff`, windows)
    expect(text).toContain('HKCU\\\\Environment\\\\OPENAI_API_KEY')
    expect(text).not.toContain(testKey)
    expect(text).toContain('only newly started programs')
  })

  it.each<[string, RegistryKey]>([
    ['a text', { OPENAI_BASE_URL: { sz: 'https://api.openai.com/v1' } }],
    ['a text with variables', { OPENAI_BASE_URL: { expand: 'https://%HOST%/v1' } }],
    ['a name in another case', { Openai_Base_Url: { expand: 'https://mine.example' } }],
    ['a key of another vendor', { OPENAI_API_KEY: { sz: `sk-${'x'.repeat(40)}` } }],
    ['a number', { OPENAI_BASE_URL: { kind: 'dword', hex: '00000001' } }],
    ['several texts', { Openai_Api_Key: { kind: 'hex(7)', hex: '610000000000' } }],
  ])('that the user has set as %s come back with remove and with undo', async (_, own) => {
    for (const back of ['remove --yes', 'undo --yes']) {
      const windows = createWindowsMachine(makeHome(), { ...usual(), ...own })
      await done(`${setup} --on-conflict overwrite`, windows)
      const [name = ''] = Object.keys(own)
      expect(Object.keys(windows.user).filter((each) => each.toUpperCase() === name.toUpperCase())).toEqual([
        name,
      ])
      await done(back, windows)
      expect(windows.user).toEqual({ ...usual(), ...own })
    }
  })

  it('keep the kind in which the user had one', async () => {
    const windows = createWindowsMachine(home, { OPENAI_BASE_URL: { expand: 'https://%HOST%/v1' } })
    await done(setup, windows)
    expect(windows.user.OPENAI_BASE_URL).toEqual({ expand: base })
  })

  it('that the user changed after us are theirs: a conflict for setup, switch and undo, and left by remove', async () => {
    const windows = createWindowsMachine(home)
    await done(setup, windows)
    windows.user.OPENAI_BASE_URL = { sz: 'https://mine.example/v1' }
    for (const line of [setup, 'switch eu --yes --no-check', 'undo --yes']) await done(line, windows, 3)
    expect(windows.user.OPENAI_BASE_URL).toEqual({ sz: 'https://mine.example/v1' })
  })

  it('of others may change meanwhile: undo and remove do not mind', async () => {
    const windows = createWindowsMachine(home, usual())
    await done(setup, windows)
    windows.user.Path = { expand: 'another' }
    await done('undo --yes', windows)
    expect(windows.user).toEqual({ ...usual(), Path: { expand: 'another' } })
  })

  it('get another key, and no copy of the old one is left', async () => {
    const windows = createWindowsMachine(home)
    await done(setup, windows)
    const other = `cr_${'f0'.repeat(32)}`
    const host = { ...windows.host, readStdin: async () => new TextEncoder().encode(other) }
    await done('key rotate --key-file - --yes --allow-problems --no-check', { ...windows, host })
    expect(windows.user.OPENAI_API_KEY).toEqual({ sz: other })
    expect(filesWith(home, testKey)).toEqual([])
    expect(JSON.stringify(windows.started)).not.toContain(other)
  })

  it('are told to Windows by the base URL, by full paths, with nothing secret', async () => {
    const windows = createWindowsMachine(home)
    await done(setup, windows)
    expect(windows.started).toContainEqual(['C:\\Windows\\System32\\setx.exe', 'OPENAI_API_BASE', base])
    windows.started.length = 0
    await done('remove --yes', windows)
    expect(windows.started.map(([program]) => program)).toContain(
      'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
    )
    expect(windows.started.every(([program = '']) => program.startsWith('C:\\Windows\\System32\\'))).toBe(
      true,
    )
  })

  it('stand in a profile where one is named, whatever reg.exe does', async () => {
    const windows = createWindowsMachine(home, usual())
    await done(`${setup} --shell powershell`, windows)
    expect(windows.user).toEqual(usual())
    expect(readFileSync(join(home, 'roaming/qcode-setup/env.ps1'), 'utf8')).toContain(base)
  })

  it('are refused by name with a key in the keychain, and stand in a profile without a name', async () => {
    const windows = createWindowsMachine(home)
    const line = setup.replace('--yes', '--key-store keychain --yes')
    await done(`${line} --shell windows`, windows, 2)
    await done(line, windows)
    expect(windows.user).toEqual({})
  })

  it.each([
    'PowerShell/profile.ps1',
    'PowerShell/Microsoft.PowerShell_profile.ps1',
    'PowerShell/Microsoft.VSCode_profile.ps1',
    'WindowsPowerShell/profile.ps1',
    'WindowsPowerShell/Microsoft.PowerShell_profile.ps1',
    'WindowsPowerShell/Microsoft.VSCode_profile.ps1',
  ])('are not what counts where %s sets one, and doctor says so', async (profile) => {
    const windows = createWindowsMachine(home)
    await done(setup, windows)
    write(join(home, 'Documents', profile), "$env:OPENAI_BASE_URL = 'https://api.openai.com/v1'\r\n")
    const ended = await runInProcess('doctor --no-check --json', windows.host)
    expect(ended.exit).toBe(3)
    expect(ended.text).toContain(profile.replaceAll('/', sep))
    expect(ended.text).toContain('https://api.openai.com/v1')
  })

  it('are exported and applied as they are set up, on another Windows too', async () => {
    const windows = createWindowsMachine(home)
    await done(setup, windows)
    const { report } = JSON.parse(await done('export', windows))
    expect(report).toContain('shell = "windows"')
    const other = createWindowsMachine(makeHome())
    const file = join(home, 'exported.toml')
    write(file, report)
    const env = { ...other.host.env, QCODE_API_KEY: testKey }
    await done(`apply ${file} --yes --no-check`, { ...other, host: { ...other.host, env } })
    expect(other.user).toEqual(windows.user)
  })

  it('of the machine are weaker than those of the user', async () => {
    const windows = createWindowsMachine(home)
    windows.machine.OPENAI_BASE_URL = { sz: 'https://api.openai.com/v1' }
    await done(setup, windows)
    await done('doctor --no-check', windows)
    windows.user.OPENAI_BASE_URL = { expand: 'https://api.openai.com/v1' }
    const ended = await runInProcess('doctor --no-check', windows.host)
    expect(ended.exit).toBe(3)
    expect(ended.text).toContain('HKCU')
  })

  it('stand in the profile that Windows reads where OneDrive has moved the documents', async () => {
    const windows = createWindowsMachine(home)
    windows.folders.Personal = { expand: '%USERPROFILE%/OneDrive/文档' }
    await done(`${setup} --shell powershell`, windows)
    const profile = join(home, 'OneDrive/文档/WindowsPowerShell/profile.ps1')
    expect(readFileSync(profile, 'utf8')).toContain('qcode-setup')
    await done('remove --yes', windows)
    expect(readdirSync(home)).not.toContain('OneDrive')
  })

  it('are added to a profile in UTF-16 in its own encoding, and taken out to the byte', async () => {
    const windows = createWindowsMachine(home)
    const profile = join(home, 'Documents/WindowsPowerShell/profile.ps1')
    const before = Buffer.from("\uFEFF# Мой 张伟\r\n$env:MY_TOKEN = 'abcdefghijklmnop'\r\n", 'utf16le')
    write(profile, before)
    const text = await done(`${setup} --shell powershell --diff`, windows)
    expect(text).toContain('Мой 张伟')
    expect(text).not.toContain('abcdefghijklmnop')
    const after = readFileSync(profile)
    expect(after.subarray(0, before.length)).toEqual(before)
    expect(after.toString('utf16le')).toMatch(/qcode-setup[\s\S]*env\.ps1[\s\S]*\r\n$/)
    await done('remove --yes', windows)
    expect(readFileSync(profile)).toEqual(before)
  })

  it.each([
    ['nothing is set', {}, true],
    [
      'the user allows it',
      { 'HKCU\\SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell': 'RemoteSigned' },
      false,
    ],
    [
      'a policy forbids what the user allows',
      {
        'HKCU\\SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell': 'RemoteSigned',
        'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell': 'AllSigned',
      },
      true,
    ],
  ])('in a profile that PowerShell does not load are told where %s', async (_, policies, isTold) => {
    const windows = createWindowsMachine(home)
    for (const [key, value] of Object.entries(policies)) windows.asked[`${key}\\ExecutionPolicy`] = value
    for (const line of [`${setup} --shell powershell`, 'doctor --no-check']) {
      expect((await runInProcess(line, windows.host)).text.includes('execution policy')).toBe(isTold)
    }
    expect(await done(setup, createWindowsMachine(makeHome()))).not.toContain('execution policy')
  })
})

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}
