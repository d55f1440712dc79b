import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { asOnDisk, filesAt, findProgram } from '../../../src/host/files-at.ts'

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
