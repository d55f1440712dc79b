import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashValue } from '../../../src/plan/document-set.ts'
import { isAsLastWritten, isSameInProfile, pathInProfile } from '../../../src/plan/profile-path.ts'

const host = { home: '/home/me', env: {}, platform: 'linux' as const }
const windows = {
  home: '/c/Users/张三',
  env: { APPDATA: '/c/Users/张三/AppData/Roaming' },
  platform: 'win32' as const,
}

describe('a file in a profile', () => {
  it.each([
    ['posix-profile', host, '/home/me/.config/qcode-setup/env.sh', '$HOME/.config/qcode-setup/env.sh'],
    ['fish-profile', host, '/home/me/.config/x.fish', '$HOME/.config/x.fish'],
    ['powershell-profile', host, '/home/me/.config/x.ps1', '$HOME/.config/x.ps1'],
    ['posix-profile', { ...host, home: '/home/me/' }, '/home/me/.config/env.sh', '$HOME/.config/env.sh'],
    [
      'posix-profile',
      { ...host, home: '/home/it\'s "$me" 键' },
      '/home/it\'s "$me" 键/env.sh',
      '$HOME/env.sh',
    ],
    ['posix-profile', host, '/home/me/..odd/env.sh', '$HOME/..odd/env.sh'],
    ['posix-profile', host, '/home/me2/env.sh', '/home/me2/env.sh'],
    ['posix-profile', host, '/srv/config/env.sh', '/srv/config/env.sh'],
    ['posix-profile', { ...host, home: '/' }, '/.config/env.sh', '/.config/env.sh'],
    [
      'posix-profile',
      windows,
      '/c/Users/张三/AppData/Roaming/env.sh',
      '/c/Users/张三/AppData/Roaming/env.sh',
    ],
    ['powershell-profile', windows, '/c/Users/张三/AppData/Roaming/q/env.ps1', '$env:APPDATA/q/env.ps1'],
    ['powershell-profile', windows, '/c/Users/张三/xdg/env.ps1', '$env:USERPROFILE/xdg/env.ps1'],
    ['powershell-profile', { ...windows, env: {} }, '/c/Users/张三/a.ps1', '$env:USERPROFILE/a.ps1'],
    ['powershell-profile', windows, '/d/env.ps1', '/d/env.ps1'],
  ] as const)('in a %s of %o, %s is %s', (format, machine, path, written) => {
    expect(pathInProfile(path, format, machine)).toBe(written)
    expect(pathInProfile(written, format, machine)).toBe(written)
    expect(isSameInProfile(path, written, format, machine)).toBe(true)
    for (const value of [path, written])
      for (const last of [path, written]) {
        const entry = { hash: hashValue(last), format } as Parameters<typeof isAsLastWritten>[1]
        expect(
          isAsLastWritten(value, entry, { ...machine, home: machine.home.replace(/(.)\/$/, '$1') }),
        ).toBe(true)
      }
  })

  it('of another home, or in a file that is no profile, is another one', () => {
    expect(isSameInProfile('/home/you/env.sh', '$HOME/env.sh', 'posix-profile', host)).toBe(false)
    expect(isSameInProfile('$HOME/other.sh', '$HOME/env.sh', 'posix-profile', host)).toBe(false)
    expect(isSameInProfile('/home/me/env.sh', '$HOME/env.sh', 'posix-env', host)).toBe(false)
    expect(isSameInProfile(1, '$HOME/env.sh', 'posix-profile', host)).toBe(false)
  })
})

describe('a home that is a link', () => {
  let root = ''
  beforeAll(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-home-')))
    mkdirSync(join(root, 'disk/me'), { recursive: true })
    symlinkSync('disk', join(root, 'home'))
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  it.each([
    ['home/me', 'home/me/.config/env.sh'],
    ['home/me', 'disk/me/.config/env.sh'],
    ['disk/me', 'home/me/.config/env.sh'],
  ])('%s has %s below it', (home, path) => {
    const machine = { ...host, home: join(root, home) }
    expect(pathInProfile(join(root, path), 'posix-profile', machine)).toBe('$HOME/.config/env.sh')
  })
})
