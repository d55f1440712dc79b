import fs, { rmdirSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { clientFolderPath, openClientFolder } from '../../../src/apply/client-folder.ts'
import { readTree } from '../../support/home-tree.ts'
import { createTestHost } from '../../support/test-host.ts'
import { makeHome } from '../apply/make-home.ts'

afterEach(() => {
  vi.restoreAllMocks()
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
