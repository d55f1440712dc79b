import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { backupFile, listRuns, readBackup, readRun, readRuns, runFolder } from '../../../src/apply/journal.ts'
import { readLedger } from '../../../src/apply/ledger-store.ts'
import { stateFolder } from '../../../src/apply/state-folder.ts'
import { createFaultFileSystem } from '../../support/fault-file-system.ts'
import { edit, entry, makeHost, put, request, seedFourFiles, snapshot, temporaryFiles } from './machine.ts'
import { makeHome } from './make-home.ts'

const modeOf = (path: string) => statSync(path).mode & 0o7777
const isRoot = process.getuid?.() === 0

describe('a run', () => {
  test('that modifies, creates, writes through a link and removes gives exactly the wanted home', async () => {
    const home = makeHome()
    const host = makeHost(home)
    const run = await applyEdits(request(host, seedFourFiles(home)), host)

    expect(readFileSync(join(home, 'codex/config.toml'), 'utf8')).toBe('model = "two"\nmore = true\n')
    expect(modeOf(join(home, 'codex/config.toml'))).toBe(0o600)
    expect(readFileSync(join(home, 'claude/deep/settings.json'), 'utf8')).toBe('{"a":1}\n')
    expect(modeOf(join(home, 'claude/deep/settings.json'))).toBe(0o600)
    expect([modeOf(join(home, 'claude')), modeOf(join(home, 'claude/deep'))]).toEqual([0o700, 0o700])
    expect(lstatSync(join(home, '.bashrc')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(home, 'dotfiles/bashrc'), 'utf8')).toBe('# mine\nexport A=1\n')
    expect(existsSync(join(home, 'old.env'))).toBe(false)
    expect(temporaryFiles(home)).toEqual([])
    expect(run?.state).toBe('done')
    expect(readLedger(host).entries.map((each) => each.run)).toEqual([run?.id, run?.id, run?.id])
  })

  test('keeps what was there before in private backups', async () => {
    const home = makeHome()
    const host = makeHost(home)
    const run = await applyEdits(request(host, seedFourFiles(home)), host)
    const id = run?.id ?? ''

    expect(Buffer.from(readBackup(host, id, join(home, 'old.env')) ?? '').toString()).toBe('KEY=1\n')
    expect(Buffer.from(readBackup(host, id, join(home, '.bashrc')) ?? '').toString()).toBe('# mine\n')
    expect(readBackup(host, id, join(home, 'claude/deep/settings.json'))).toBe('absent')
    expect(readBackup(host, id, join(home, 'never'))).toBeUndefined()
    expect(readBackup(host, '20200101T000000Z-ab', join(home, 'old.env'))).toBeUndefined()
    expect(modeOf(backupFile(host, id, 'backup-0'))).toBe(0o600)
    expect([stateFolder(host), runFolder(host, id), dirname(runFolder(host, id))].map(modeOf)).toEqual([
      0o700, 0o700, 0o700,
    ])
    expect(
      [join(stateFolder(host), 'ledger.json'), join(runFolder(host, id), 'journal.json')].map(modeOf),
    ).toEqual([0o600, 0o600])
  })

  test('says when a backup was damaged or lost', async () => {
    const home = makeHome()
    const host = makeHost(home)
    const id = (await applyEdits(request(host, seedFourFiles(home)), host))?.id ?? ''
    writeFileSync(backupFile(host, id, 'backup-3'), 'else')
    expect(() => readBackup(host, id, join(home, 'old.env'))).toThrow(
      expect.objectContaining({ code: 'broken-backup' }),
    )
    rmSync(backupFile(host, id, 'backup-3'))
    mkdirSync(backupFile(host, id, 'backup-3'))
    expect(() => readBackup(host, id, join(home, 'old.env'))).toThrow('is damaged')
  })

  test('writes no content into journal and ledger', async () => {
    const home = makeHome()
    const host = makeHost(home)
    const path = join(home, 'auth.json')
    put(path, '{"key":"cr_old_secret_value"}')
    const run = await applyEdits(request(host, [edit(path, '{"key":"cr_new_secret_value"}')]), host)
    const texts = [
      join(runFolder(host, run?.id ?? ''), 'journal.json'),
      join(stateFolder(host), 'ledger.json'),
    ]
    for (const file of texts) expect(readFileSync(file, 'utf8')).not.toMatch(/secret_value/)
  })

  test('makes public folders for a public file, within the umask', async () => {
    const home = makeHome()
    const host = makeHost(home)
    const edits = [
      edit(join(home, 'a/public.json'), '{}', 0o644),
      edit(join(home, 'a/private/key'), 'k', 0o600),
    ]
    const old = process.umask(0o027)
    await applyEdits(request(host, edits), host).finally(() => process.umask(old))
    expect([modeOf(join(home, 'a')), modeOf(join(home, 'a/private'))]).toEqual([0o750, 0o700])
    expect(modeOf(join(home, 'a/public.json'))).toBe(0o644)
  })

  test('makes a private folder for a private file, also where others lie beside it', async () => {
    const home = makeHome()
    const host = makeHost(home)
    const edits = [
      edit(join(home, 'tool/settings'), '{}', 0o644),
      edit(join(home, 'tool/key'), 'k', 0o600),
      edit(join(home, 'tool/more/settings'), '{}', 0o644),
    ]
    await applyEdits(request(host, edits), host)
    expect(['tool', 'tool/more'].map((name) => modeOf(join(home, name)))).toEqual([0o700, 0o755])
  })

  test('removes a folder that is empty, and leaves a link alone that stands in the place of one', async () => {
    const home = makeHome()
    const host = makeHost(home)
    put(join(home, 'made/file'), '1')
    put(join(home, 'dotfiles/mine'), '1')
    symlinkSync('dotfiles', join(home, 'linked'))
    const folders = ['made', 'linked', 'never'].map((name) => ({ path: join(home, name), mode: 0o700 }))
    const edits = [edit(join(home, 'made/file'))]
    const run = await applyEdits({ ...request(host, edits), removeFolders: folders }, host)
    expect(run?.state).toBe('done')
    expect(Object.keys(snapshot(home))).toEqual(['dotfiles', 'dotfiles/mine', 'linked', 'linked/mine'])
  })

  test('changes the mode alone', async () => {
    const home = makeHome()
    const host = makeHost(home)
    put(join(home, 'auth.json'), '{}', 0o644)
    await applyEdits(request(host, [edit(join(home, 'auth.json'), '{}', 0o600)]), host)
    expect(modeOf(join(home, 'auth.json'))).toBe(0o600)
  })

  test.runIf(isRoot)('keeps the owner', async () => {
    const home = makeHome()
    const host = makeHost(home)
    const path = join(home, 'auth.json')
    put(path, 'one', 0o640)
    chownSync(path, 1234, 4321)
    await applyEdits(request(host, [edit(path, 'two')]), host)
    expect(snapshot(home)['auth.json']).toBe('file 640 1234:4321 two')
  })

  test('sets owner and mode before the content, and flushes before it renames', async () => {
    const home = makeHome()
    const host = makeHost(home)
    put(join(home, 'auth.json'), 'one')
    const { fileSystem, calls } = createFaultFileSystem()
    await applyEdits(request(host, [edit(join(home, 'auth.json'), 'two')]), host, fileSystem)
    const beside = calls.filter((call) => call.path.includes('.qcode-setup-')).map((call) => call.verb)
    expect(beside).toEqual([
      'createFile',
      'setOwner',
      'setMode',
      'write',
      'flush',
      'modeOf',
      'close',
      'rename',
    ])
    const commit = calls.findIndex((call) => call.to === join(home, 'auth.json'))
    const journals = calls.flatMap((call, index) => (call.to?.endsWith('journal.json') ? [index] : []))
    const backup = calls.findIndex((call) => call.verb === 'flush' && call.path.includes('backup-0'))
    const ledger = calls.findIndex((call) => call.to?.endsWith('ledger.json'))
    expect([journals[0], backup, journals[1], commit, ledger, journals[2]]).toEqual(
      [journals[0], backup, journals[1], commit, ledger, journals[2]].toSorted(
        (a, b) => (a ?? -1) - (b ?? -1),
      ),
    )
    expect(journals).toHaveLength(3)
    expect(calls[commit + 1]).toEqual({ verb: 'flushFolder', path: home })
  })

  test('makes every file with the mode that it keeps, its own files private, and flushes the folder of every state file', async () => {
    const home = makeHome()
    const host = makeHost(home)
    const { fileSystem, calls } = createFaultFileSystem()
    const modes = new Map<string, number>()
    const createFile = (path: string, mode: number) => {
      modes.set(path, mode)
      return fileSystem.createFile(path, mode)
    }
    await applyEdits(request(host, seedFourFiles(home)), host, { ...fileSystem, createFile })
    const isOwn = (path: string) => path.startsWith(stateFolder(host))
    const of = (own: boolean) => [...modes].filter(([path]) => isOwn(path) === own).map(([, mode]) => mode)
    expect([new Set(of(true)), of(false)]).toEqual([new Set([0o600]), [0o600, 0o600, 0o644]])
    const stored = calls.flatMap(({ to }, index) => (to?.endsWith('.json') ? [index] : []))
    const inState = stored.filter((index) => calls[index]?.to?.startsWith(stateFolder(host)))
    expect(inState).toHaveLength(4)
    for (const index of inState) {
      expect(calls[index + 1]).toEqual({ verb: 'flushFolder', path: dirname(calls[index]?.to ?? '') })
    }
  })

  test('puts ids, order and state into the list of runs', async () => {
    const home = makeHome()
    const host = makeHost(home)
    for (const text of ['1', '2', '3']) {
      await applyEdits(request(host, [edit(join(home, 'file'), text)]), host)
    }
    expect(listRuns(host).map((run) => [run.sequence, run.id, run.state])).toEqual([
      [1, '20261123T121314Z-ab0000', 'done'],
      [2, '20261123T121314Z-ab0001', 'done'],
      [3, '20261123T121314Z-ab0002', 'done'],
    ])
    expect(() => readRun(host, '../../etc')).toThrow(
      expect.objectContaining({ code: 'no-such-run', exit: 2 }),
    )
  })
})

describe('nothing to do', () => {
  test('makes no run and not even a state folder', async () => {
    const home = makeHome()
    const host = makeHost(home)
    put(join(home, 'file'), 'same')
    const asIs = { ...request(host, [edit(join(home, 'file'), 'same')]), ledger: request(host, []).ledger }
    expect(await applyEdits(asIs, host)).toBeUndefined()
    expect(existsSync(stateFolder(host))).toBe(false)
  })

  test('still stores a changed ledger', async () => {
    const home = makeHome()
    const host = makeHost(home)
    put(join(home, 'file'), 'same')
    expect(await applyEdits(request(host, [edit(join(home, 'file'), 'same')]), host)).toBeUndefined()
    expect(readLedger(host).entries).toHaveLength(1)
    expect(listRuns(host)).toEqual([])
  })

  test('given that the ledger cannot be stored, keeps the old one and no rest of the new', async () => {
    for (let at = 0; ; at++) {
      const host = makeHost(makeHome())
      put(join(host.home, 'file'), 'same')
      const wanted = request(host, [edit(join(host.home, 'file'), 'same')])
      const faulty = createFaultFileSystem({ kind: 'fail', at, code: 'ENOSPC' })
      const stored = applyEdits(wanted, host, faulty.fileSystem).then(
        () => 'stored',
        (error) => error.code,
      )
      // Also when the lock could not be given back.
      if ((await stored) === 'stored') expect(readLedger(host).entries).toHaveLength(1)
      else expect([await stored, faulty.fired()]).toEqual(['write-failed', true])
      expect(temporaryFiles(host.home)).toEqual([])
      if (!faulty.fired()) break
    }
  })
})

describe('refusals change nothing', () => {
  const cases: [string, string, (home: string) => void][] = [
    ['other bytes', 'changed-since-plan', (home) => writeFileSync(join(home, 'codex/config.toml'), 'x')],
    ['another mode', 'changed-since-plan', (home) => chmodSync(join(home, 'codex/config.toml'), 0o640)],
    [
      'a file that appeared',
      'changed-since-plan',
      (home) => put(join(home, 'claude/deep/settings.json'), '{}'),
    ],
    [
      'a folder in the place of a file',
      'is-directory',
      (home) => put(join(home, 'claude/deep/settings.json/x'), ''),
    ],
    ['a file without write bit', 'changed-since-plan', (home) => chmodSync(join(home, 'old.env'), 0o440)],
  ]
  test.each(cases)('%s: %s', async (_name, code, change) => {
    const home = makeHome()
    const host = makeHost(home)
    const wanted = request(host, seedFourFiles(home))
    change(home)
    const before = snapshot(home)
    await expect(applyEdits(wanted, host)).rejects.toMatchObject({ code })
    expect(snapshot(home)).toEqual(before)
    expect(listRuns(host)).toEqual([])
  })

  test('a changed file is named, with exit 3', async () => {
    const home = makeHome()
    const host = makeHost(home)
    const wanted = request(host, seedFourFiles(home))
    writeFileSync(join(home, 'old.env'), 'x')
    await expect(applyEdits(wanted, host)).rejects.toMatchObject({
      exit: 3,
      where: { file: join(home, 'old.env') },
    })
  })

  test('a read-only file', async () => {
    const home = makeHome()
    const host = makeHost(home)
    put(join(home, 'file'), 'one', 0o444)
    await expect(applyEdits(request(host, [edit(join(home, 'file'), 'two')]), host)).rejects.toMatchObject({
      code: 'not-writable',
      exit: 1,
    })
  })

  test('two paths that are one file', async () => {
    const home = makeHome()
    const host = makeHost(home)
    put(join(home, 'file'), 'one')
    symlinkSync('file', join(home, 'link'))
    const edits = [edit(join(home, 'file'), 'two'), edit(join(home, 'link'), 'three')]
    await expect(applyEdits(request(host, edits), host)).rejects.toMatchObject({ code: 'same-file' })
  })

  test('removing the file behind a link', async () => {
    const home = makeHome()
    const host = makeHost(home)
    put(join(home, 'file'), 'one')
    symlinkSync('file', join(home, 'link'))
    await expect(applyEdits(request(host, [edit(join(home, 'link'))]), host)).rejects.toMatchObject({
      code: 'link-not-removed',
    })
  })

  test('a plan made from an older ledger', async () => {
    const home = makeHome()
    const host = makeHost(home)
    const one = request(host, [edit(join(home, 'one'), '1')])
    const two = request(host, [edit(join(home, 'two'), '2')])
    await applyEdits(one, host)
    await expect(applyEdits(two, host)).rejects.toMatchObject({ code: 'changed-since-plan', exit: 3 })
    expect(readLedger(host).entries).toEqual([entry(join(home, 'one'), one.runId)])
  })

  test('a damaged ledger or journal is named', async () => {
    const home = makeHome()
    const host = makeHost(home)
    const wanted = request(host, [edit(join(home, 'one'), '1')])
    const run = await applyEdits(wanted, host)
    put(join(stateFolder(host), 'ledger.json'), '{"version":1')
    expect(() => readLedger(host)).toThrow(expect.objectContaining({ code: 'broken-ledger' }))
    put(join(runFolder(host, run?.id ?? ''), 'journal.json'), '{"version":2}')
    expect(readRuns(host)).toEqual({
      runs: [],
      damaged: new Map([[run?.id, expect.objectContaining({ code: 'broken-journal' })]]),
    })
  })

  test('a link that leads elsewhere since the plan, though the bytes there are the same', async () => {
    const home = makeHome()
    const host = makeHost(home)
    put(join(home, 'mine'), 'one')
    put(join(home, 'other'), 'one')
    symlinkSync('mine', join(home, 'link'))
    const wanted = request(host, [edit(join(home, 'link'), 'two')])
    rmSync(join(home, 'link'))
    symlinkSync('other', join(home, 'link'))
    await expect(applyEdits(wanted, host)).rejects.toMatchObject({ code: 'changed-since-plan' })
  })

  test('a file that changes after the check and before its rename is not lost', async () => {
    const home = makeHome()
    const host = makeHost(home)
    const wanted = request(host, seedFourFiles(home))
    const { fileSystem } = createFaultFileSystem()
    const rename = async (from: string, to: string) => {
      if (to.endsWith('config.toml')) writeFileSync(join(home, 'dotfiles/bashrc'), 'typed just now')
      await fileSystem.rename(from, to)
    }
    await expect(applyEdits(wanted, host, { ...fileSystem, rename })).rejects.toMatchObject({
      code: 'changed-since-plan',
      where: { file: join(home, '.bashrc') },
    })
    expect(readFileSync(join(home, '.bashrc'), 'utf8')).toBe('typed just now')
    expect(readFileSync(join(home, 'codex/config.toml'), 'utf8')).toBe('model = "one"\n')
    expect(existsSync(join(home, 'claude'))).toBe(false)
    expect(temporaryFiles(home)).toEqual([])
  })
})
