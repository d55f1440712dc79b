import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFileSystem } from '../../../src/apply/file-system.ts'
import { createOnWindows } from '../../../src/apply/replace-file.ts'
import { keyRightsFindings } from '../../../src/checks/windows-folders.ts'
import type { Host, RunResult } from '../../../src/host/host.ts'

const icacls = 'D:\\Win\\System32\\icacls.exe'
const windows = { SystemRoot: 'D:\\Win', USERNAME: '张伟', USERDOMAIN: 'OFFICE' }

let folder: string
let started: (readonly string[])[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rights-'))
  started = []
})

afterEach(() => rmSync(folder, { recursive: true }))

/** A Windows whose icacls.exe ends so; `inFile` is what stood in the file when it was asked. */
function hostWith(result: Partial<RunResult>, env: Host['env'] = windows): Host {
  const run = async (...[program, args]: Parameters<Host['run']>) => {
    const [path = ''] = args
    expect(existsSync(path) && readFileSync(path, 'utf8')).toBe('')
    started.push([program, ...args])
    return { exit: 0, stdout: '', stderr: '', ...result }
  }
  return { platform: 'win32', home: join(folder, 'home'), env, run } as unknown as Host
}

describe('a file that is made on Windows', () => {
  const allowed = ['/inheritance:r', '/grant:r']

  it.each([
    ['a key, out of the user’s own folder', 0o600, windows, [...allowed, 'OFFICE\\张伟:F', '*S-1-5-18:F']],
    [
      'a key, where there is no domain',
      0o600,
      { ...windows, USERDOMAIN: '' },
      [...allowed, '张伟:F', '*S-1-5-18:F'],
    ],
    ['a key, where the user has no name', 0o600, { SystemRoot: 'D:\\Win' }, undefined],
    ['no key', 0o644, windows, undefined],
  ])(
    'for %s has its own rights before anything is in it, or those of its folder',
    async (_, mode, env, rights) => {
      const path = join(folder, 'new')
      const file = await createOnWindows(path, mode, createFileSystem('win32'), hostWith({}, env))
      await file.close()
      expect(started).toEqual(rights === undefined ? [] : [[icacls, path, ...rights]])
    },
  )

  it('has those of its folder in the user’s own one', async () => {
    const host = { ...hostWith({}), home: folder }
    const file = await createOnWindows(join(folder, 'new'), 0o600, createFileSystem('win32'), host)
    await file.close()
    expect(started).toEqual([])
  })
})

describe('of a file with a key', () => {
  const own = 'D:\\codex\\.env OFFICE\\me:(F)\r\n             NT AUTHORITY\\SYSTEM:(F)\r\n'
  const ofFolder = 'D:\\codex\\.env BUILTIN\\用户:(I)(RX)\r\n             BUILTIN\\Administrators:(I)(F)\r\n'

  it.each<[string, Partial<RunResult>, string | undefined]>([
    ['its own rights', { stdout: own }, undefined],
    ['the rights of its folder', { stdout: ofFolder }, 'keep'],
    ['a disk without rights', { exit: 87, stdout: '' }, 'qcode-setup setup --key-store keychain'],
    ['no icacls.exe', { exit: null }, undefined],
    ['an icacls.exe that says nothing, as under Wine', {}, undefined],
  ])('with %s is told what is known', async (_, result, remedy) => {
    const path = join(folder, 'key')
    const host = { ...hostWith(result), run: async () => ({ exit: 0, stdout: '', stderr: '', ...result }) }
    const found = await keyRightsFindings(path, host as Host)
    expect(found.map(({ id, level, where }) => [id, level, where])).toEqual(
      remedy === undefined ? [] : [['key-file-rights', 'warning', { file: path }]],
    )
    if (remedy !== undefined) expect(String(found[0]?.hint)).toContain(remedy === 'keep' ? path : remedy)
  })

  it('in the user’s own folder, or on another system, nothing is asked', async () => {
    const refusing = { ...hostWith({}), run: () => Promise.reject(new Error('asked')) }
    expect(await keyRightsFindings(join(folder, 'home/key'), refusing as Host)).toEqual([])
    expect(await keyRightsFindings(join(folder, 'key'), { ...refusing, platform: 'linux' } as Host)).toEqual(
      [],
    )
  })
})
