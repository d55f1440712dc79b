import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { asOnDisk, filesAt, findProgram, isOnWindows } from '../../../src/host/files-at.ts'

const names = ['20-b.json', '10-a.json', '.30-c.json', '40-d.json~', 'note.txt', '.json']

describe('the files that a path with a star means', () => {
  it.each([
    ['/d/settings.json', ['/d/settings.json']],
    ['/d/*.json', ['/d/10-a.json', '/d/20-b.json']],
    ['/d/1*.json', ['/d/10-a.json']],
    ['/d/*', ['/d/10-a.json', '/d/20-b.json', '/d/40-d.json~', '/d/note.txt']],
    ['/d/*.toml', []],
    ['/d/note.txt*note.txt', []],
  ])('%s', (path, wanted) => {
    expect(filesAt(path, () => names)).toEqual(wanted)
  })

  it('a folder that is not there has none', () => {
    expect(filesAt('/nowhere/at/all/*.json')).toEqual([])
  })
})

describe('a program in PATH', () => {
  it('is a file: a folder of its name is passed over', () => {
    const root = mkdtempSync(join(tmpdir(), 'qcode-path-'))
    onTestFinished(() => rmSync(root, { recursive: true, force: true }))
    mkdirSync(join(root, 'first/codex'), { recursive: true })
    mkdirSync(join(root, 'second'))
    writeFileSync(join(root, 'second/codex'), '', { mode: 0o755 })
    const PATH = [join(root, 'first'), join(root, 'second')].join(delimiter)
    expect(findProgram('codex', { env: { PATH }, platform: 'linux' })).toBe(join(root, 'second/codex'))
  })
})

describe('a program that does not count', () => {
  it('is one that Windows only offers to install', () => {
    const root = mkdtempSync(join(tmpdir(), 'qcode-path-'))
    onTestFinished(() => rmSync(root, { recursive: true, force: true }))
    for (const folder of ['Microsoft/WindowsApps', 'Python'])
      mkdirSync(join(root, folder), { recursive: true })
    for (const name of ['AppInstallerPythonRedirector.exe', 'Python.exe', 'Python/python3.exe'])
      writeFileSync(join(root, name), '', { mode: 0o755 })
    const offered = join(root, 'Microsoft/WindowsApps/python3.exe')
    symlinkSync(join(root, 'AppInstallerPythonRedirector.exe'), offered)
    symlinkSync(join(root, 'Python.exe'), join(root, 'Microsoft/WindowsApps/python.exe'))
    const PATH = [join(root, 'Microsoft/WindowsApps'), join(root, 'Python')].join(delimiter)
    const host = { env: { PATH }, platform: 'win32' } as const
    expect(findProgram('python3', host)).toBe(join(root, 'Python/python3.exe'))
    // From the shop, and installed.
    expect(findProgram('python', host)).toBe(join(root, 'Microsoft/WindowsApps/python.exe'))
  })

  it.each([
    [{ WSL_DISTRO_NAME: 'Debian' }, '/mnt/c/Users/ada/AppData/Roaming/npm', true],
    [{ WSL_INTEROP: '/run/WSL/8_interop' }, '/mnt/d', true],
    [{ WSL_DISTRO_NAME: 'Debian' }, '/mnt/data/bin', false],
    [{ WSL_DISTRO_NAME: 'Debian' }, '/usr/bin', false],
    [{}, '/mnt/c/Users/ada/AppData/Roaming/npm', false],
  ])('with %j, one of Windows in %s: %s', (env, folder, isOne) => {
    expect(isOnWindows(folder, { env, platform: 'linux' })).toBe(isOne)
  })
})

describe('a path as the disk spells it', () => {
  it.each(['win32', 'darwin', 'linux'] as const)('keeps links and what is not there, on %s', (platform) => {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-spelled-')))
    onTestFinished(() => rmSync(root, { recursive: true, force: true }))
    mkdirSync(join(root, 'Target'))
    symlinkSync('Target', join(root, 'link'))
    for (const path of ['Target', 'link', 'Target/not/there', 'link/not/there']) {
      expect(asOnDisk(join(root, path), platform)).toBe(join(root, path))
    }
  })
})
