import { chmodSync, existsSync, lstatSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { createFileSystem, type FileSystem } from '../../../src/apply/file-system.ts'
import { listRuns } from '../../../src/apply/journal.ts'
import { planUndo } from '../../../src/apply/plan-undo.ts'
import { stateFolder } from '../../../src/apply/state-folder.ts'
import { UserError } from '../../../src/errors.ts'
import { createFaultFileSystem } from '../../support/fault-file-system.ts'
import { testKey } from '../../support/test-host.ts'
import { edit, makeHost, put, request, seedFourFiles, snapshot, temporaryFiles } from './machine.ts'
import { makeHome } from './make-home.ts'

const real = createFileSystem('linux')

/** Disks on which chmod succeeds and does nothing. */
const disks: readonly { what: string; disk: FileSystem; before: number; after: number }[] = [
  {
    what: 'that shows every file as 777, as FAT and drives of Windows in WSL do',
    disk: {
      ...real,
      createFile: async (path, mode) => {
        const file = await real.createFile(path, mode)
        await file.chmod(0o777)
        return file
      },
      setMode: async () => {},
    },
    before: 0o777,
    after: 0o777,
  },
  {
    what: 'on which a file keeps the mode that it was made with',
    disk: { ...real, setMode: async () => {} },
    before: 0o664,
    after: 0o600,
  },
]

describe.each(disks)('given a disk $what', ({ disk, before, after }) => {
  const start = () => {
    const home = makeHome()
    const host = makeHost(home)
    put(join(home, 'settings.json'), 'one', before)
    return {
      home,
      host,
      edits: [edit(join(home, 'settings.json'), 'two', 0o600), edit(join(home, 'new'), 'x', 0o600)],
    }
  }

  test('a run writes down the mode that the disk gave, and undo gives the bytes back', async () => {
    const { home, host, edits } = start()
    await applyEdits(request(host, edits), host, disk)
    const { files = [] } = listRuns(host).at(-1) ?? {}
    for (const file of files) expect(file.after).toMatchObject({ mode: statSync(file.path).mode & 0o777 })
    expect(files[0]?.after).toMatchObject(after === 0o600 ? { mode: after } : { mode: after, asked: 0o600 })
    const undo = await planUndo(host)
    if (undo === 'nothing-to-undo') throw new Error('the run can be undone')
    await applyEdits(undo.request, host, disk)
    expect(readFileSync(join(home, 'settings.json'), 'utf8')).toBe('one')
    expect(existsSync(join(home, 'new'))).toBe(false)
    expect(await planUndo(host)).toBe('nothing-to-undo')
  })

  test('a run that fails at any renaming is taken back whole, and the next one goes through', async () => {
    const probe = start()
    const { fileSystem, calls } = createFaultFileSystem({ kind: 'none' }, disk)
    await applyEdits(request(probe.host, probe.edits), probe.host, fileSystem)
    const renames = calls.flatMap(({ verb }, index) => (verb === 'rename' ? [index] : []))
    expect(renames.length).toBeGreaterThan(4)
    for (const at of renames) {
      const { home, host, edits } = start()
      const old = readFileSync(join(home, 'settings.json'), 'utf8')
      const failing = createFaultFileSystem({ kind: 'fail', at, code: 'EIO' }, disk)
      const error = await applyEdits(request(host, edits), host, failing.fileSystem).catch((caught) => caught)
      if (!(error instanceof UserError)) continue
      expect(String(error.message)).toContain('Nothing was changed.')
      expect(readFileSync(join(home, 'settings.json'), 'utf8')).toBe(old)
      expect([existsSync(join(home, 'new')), temporaryFiles(home)]).toEqual([false, []])
      const again = [edit(join(home, 'settings.json'), 'two', 0o600)]
      await applyEdits(request(host, again), host, disk)
      expect(readFileSync(join(home, 'settings.json'), 'utf8')).toBe('two')
    }
  })
})

describe('given a folder in which nothing can be removed', () => {
  const refused = (path: string) =>
    Object.assign(new Error(`EPERM: ${path}`), { code: 'EPERM', syscall: 'unlink' })
  const edits = (home: string) => [
    ...seedFourFiles(home),
    edit(join(home, 'keys/deep/.env'), `KEY=${testKey}\n`, 0o600),
    edit(join(home, '.env'), `KEY=${testKey}\n`, 0o600),
  ]
  /** The state folder is on another disk. */
  const within = (host: ReturnType<typeof makeHost>, path: string) => path.startsWith(stateFolder(host))

  function holders(home: string): string[] {
    return Object.entries(snapshot(home)).flatMap(([path, text]) => (text.includes(testKey) ? [path] : []))
  }

  test('whatever else fails, no file with the key is left that is not named, and none is called unchanged that is not', async () => {
    const probe = createFaultFileSystem()
    const first = makeHome()
    await applyEdits(request(makeHost(first), edits(first)), makeHost(first), probe.fileSystem)
    let failed = 0
    for (let at = 0; at < probe.calls.length; at++) {
      const home = makeHome()
      const host = makeHost(home)
      const planned = edits(home)
      const before = snapshot(home)
      const whole: FileSystem = {
        ...real,
        removeFile: (path) => (within(host, path) ? real.removeFile(path) : Promise.reject(refused(path))),
      }
      const { fileSystem } = createFaultFileSystem({ kind: 'fail', at, code: 'EIO' }, whole)
      const error = await applyEdits(request(host, planned), host, fileSystem).catch((caught) => caught)
      if (!(error instanceof UserError)) continue
      failed++
      for (const path of holders(home))
        expect(String(error.message), `call ${at}`).toContain(join(home, path))
      for (const path of temporaryFiles(home).filter((name) => !name.startsWith('.local'))) {
        const state = lstatSync(join(home, path)).size === 0 ? 'It is empty now.' : 'IT MAY CONTAIN YOUR KEY.'
        const line = `  ${join(home, path)}: a temporary file that could not be removed. ${state}`
        expect(error.message.split('\n'), `call ${at}`).toContain(line)
      }
      if (error.message.includes('Nothing was changed.')) expect(snapshot(home), `call ${at}`).toEqual(before)
    }
    expect(failed).toBeGreaterThan(20)
  })

  test('names that can only be added: nothing is changed, what is left is empty, and the next run removes it', async () => {
    const home = makeHome()
    const host = makeHost(home)
    put(join(home, '.env'), 'MINE=1\n', 0o600)
    const appendOnly: FileSystem = {
      ...real,
      rename: (from, to) => (within(host, to) ? real.rename(from, to) : Promise.reject(refused(to))),
      removeFile: (path) => (within(host, path) ? real.removeFile(path) : Promise.reject(refused(path))),
    }
    const one = [edit(join(home, '.env'), `KEY=${testKey}\n`, 0o600)]
    const error = await applyEdits(request(host, one), host, appendOnly).catch((caught) => caught)
    expect(error).toMatchObject({ code: 'write-failed', exit: 1 })
    expect(String(error.message)).not.toContain('Nothing was changed')
    const [left, ...others] = temporaryFiles(home)
    expect(others).toEqual([])
    expect(String(error.message)).toContain(
      `${left}: a temporary file that could not be removed. It is empty now.`,
    )
    expect(String(error.hint)).toContain(`rm ${join(home, left ?? '')}`)
    expect(readFileSync(join(home, '.env'), 'utf8')).toBe('MINE=1\n')
    await applyEdits(request(host, [edit(join(home, '.env'), 'two', 0o600)]), host)
    expect(temporaryFiles(home)).toEqual([])
  })

  test('not even the content can be taken away: the file that may hold the key is named as such', async () => {
    const home = makeHome()
    const host = makeHost(home)
    const deaf: FileSystem = {
      ...real,
      rename: (from, to) => (within(host, to) ? real.rename(from, to) : Promise.reject(refused(to))),
      removeFile: (path) => (within(host, path) ? real.removeFile(path) : Promise.reject(refused(path))),
      emptyFile: (path) => Promise.reject(refused(path)),
    }
    const one = [edit(join(home, '.env'), `KEY=${testKey}\n`, 0o600)]
    const error = await applyEdits(request(host, one), host, deaf).catch((caught) => caught)
    expect(String(error.message)).toMatch(/\.tmp: .*IT MAY CONTAIN YOUR KEY/)
    await expect(applyEdits(request(host, []), host)).resolves.toBeUndefined()
  })
})

describe('given a file with special mode bits', () => {
  test.each([0o4755, 0o2750, 0o1644, 0o6711, 0o7777])(
    'they are kept when it is changed, and by undo: %o',
    async (mode) => {
      const home = makeHome()
      const host = makeHost(home)
      const path = join(home, 'wrapper')
      put(path, 'one')
      chmodSync(path, mode)
      await applyEdits(request(host, [edit(path, 'two')]), host)
      expect(statSync(path).mode & 0o7777).toBe(mode)
      const undo = await planUndo(host)
      if (undo === 'nothing-to-undo') throw new Error('the run can be undone')
      await applyEdits(undo.request, host)
      expect([statSync(path).mode & 0o7777, readFileSync(path, 'utf8')]).toEqual([mode, 'one'])
    },
  )
})
