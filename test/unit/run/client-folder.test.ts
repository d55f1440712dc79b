import fs, { chownSync, existsSync, mkdirSync, rmdirSync, statSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { clearClientFolders, clientFolderPath, openClientFolder } from '../../../src/apply/client-folder.ts'
import { readTree } from '../../support/home-tree.ts'
import { createTestHost } from '../../support/test-host.ts'
import { makeHome } from '../apply/make-home.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  syncBuiltinESMExports()
})

test.each([1, 3])(
  'given runs that end while one begins, and take its empty folders away %i times, it has its folder',
  async (times) => {
    const home = makeHome()
    const host = createTestHost(home)
    const path = clientFolderPath(host)
    const { mkdirSync } = fs
    let left = times
    vi.spyOn(fs, 'mkdirSync').mockImplementation((folder, options) => {
      if (folder === path && left-- > 0)
        for (const one of [dirname(path), dirname(dirname(path))]) rmdirSync(one)
      return mkdirSync(folder, options)
    })
    syncBuiltinESMExports()
    const folder = await openClientFolder(path, [{ name: 'settings.json', text: '{}' }], host)
    expect(left).toBeLessThan(0)
    expect(Object.keys(readTree(path)).sort()).toEqual(['.gitignore', 'settings.json', 'users.json'])
    folder.close()
    expect(readTree(home)).toEqual({})
  },
)

/** Only root can make a folder somebody else's. */
const uid = process.getuid?.()

describe('a home that takes no file', () => {
  /** As on a disk that is read-only, or below a folder of somebody else's. */
  const closed = (...folders: readonly string[]) => {
    const { accessSync } = fs
    vi.spyOn(fs, 'accessSync').mockImplementation((path, mode) => {
      if (folders.some((folder) => String(path).startsWith(folder)))
        throw Object.assign(new Error('read-only'), { code: 'EROFS' })
      accessSync(path, mode)
    })
    syncBuiltinESMExports()
  }
  const files = [{ name: 'settings.json', text: '{}' }]

  const places = [
    ['the folder of the session', 'session/qcode-setup', []],
    ['the temporary folder where that takes none either', `tmp/qcode-setup-${uid}/qcode-setup`, ['session']],
    ['the temporary folder where that is somebody else’s', `tmp/qcode-setup-${uid}/qcode-setup`, []],
  ] as const

  test.each(places.filter(([which]) => uid === 0 || !which.includes('somebody')))(
    'has a run use %s, for its owner alone, and leaves nothing there',
    async (which, place, also) => {
      const [home, away] = [makeHome(), makeHome()]
      for (const name of ['session', 'tmp']) mkdirSync(join(away, name), { mode: 0o700 })
      if (which.includes('somebody')) chownSync(join(away, 'session'), 12345, 12345)
      vi.stubEnv('TMPDIR', join(away, 'tmp'))
      const env = { XDG_RUNTIME_DIR: join(away, 'session') }
      closed(home, ...also.map((name) => join(away, name)))
      const host = createTestHost(home, { uid, env })
      const path = clientFolderPath(host)
      expect(path.startsWith(join(away, place, 'clients/'))).toBe(true)
      const folder = await openClientFolder(path, files, host)
      expect([statSync(path).mode & 0o777, statSync(join(path, 'settings.json')).mode & 0o777]).toEqual([
        0o700, 0o600,
      ])
      folder.close()
      expect(Object.keys(readTree(away)).sort()).toEqual(['session', 'tmp'])
      expect(readTree(home)).toEqual({})
    },
  )

  test.runIf(uid === 0)(
    'has what a killed run left there taken away, and nothing of somebody else’s',
    async () => {
      const [home, away] = [makeHome(), makeHome()]
      const left = join(away, 'session/qcode-setup/clients/999999999-abc')
      const foreign = join(away, `tmp/qcode-setup-${uid}/qcode-setup/clients/999999999-abc`)
      for (const folder of [left, foreign]) mkdirSync(folder, { recursive: true, mode: 0o700 })
      chownSync(join(away, `tmp/qcode-setup-${uid}`), 12345, 12345)
      vi.stubEnv('TMPDIR', join(away, 'tmp'))
      clearClientFolders(createTestHost(home, { uid, env: { XDG_RUNTIME_DIR: join(away, 'session') } }))
      expect([left, foreign].map((folder) => existsSync(folder))).toEqual([false, true])
    },
  )

  test.runIf(uid === 0)('is refused where somebody else got there first', async () => {
    const [home, away] = [makeHome(), makeHome()]
    vi.stubEnv('TMPDIR', away)
    closed(home)
    const host = createTestHost(home, { uid })
    const path = clientFolderPath(host)
    const { mkdirSync: make } = fs
    vi.spyOn(fs, 'mkdirSync').mockImplementation((folder, options) => {
      const made = make(folder, options)
      if (folder === join(away, `qcode-setup-${uid}`)) chownSync(folder, 12345, 12345)
      return made
    })
    syncBuiltinESMExports()
    await expect(openClientFolder(path, files, host)).rejects.toMatchObject({ code: 'state-not-trusted' })
  })
})
