import { chmodSync, existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { listRuns } from '../../../src/apply/journal.ts'
import { readLedger } from '../../../src/apply/ledger-store.ts'
import { planUndo } from '../../../src/apply/plan-undo.ts'
import { stateFolder } from '../../../src/apply/state-folder.ts'
import type { Host } from '../../../src/host/host.ts'
import { emptyLedger, type Setup } from '../../../src/ledger.ts'
import { edit, entry, makeHost, put, request, seedFourFiles, snapshot } from './machine.ts'
import { makeHome } from './make-home.ts'

async function write(host: Host, name: string, text?: string): Promise<string> {
  const wanted = request(host, [edit(join(host.home, name), text)])
  await applyEdits(wanted, host)
  return wanted.runId
}

async function undo(host: Host, runId?: string): Promise<string | undefined> {
  const plan = await planUndo(host, runId)
  if (plan === 'nothing-to-undo') return undefined
  await applyEdits(plan.request, host)
  return plan.run.id
}

const textOf = (host: Host, name: string) => readFileSync(join(host.home, name), 'utf8')

describe('undo', () => {
  test('gives back bytes, modes, links, removed files and the folders that were not there', async () => {
    const home = makeHome()
    const host = makeHost(home)
    const wanted = request(host, seedFourFiles(home))
    const before = snapshot(home)
    await applyEdits(wanted, host)
    expect(await undo(host)).toBe(wanted.runId)
    expect(snapshot(home)).toEqual(before)
    expect(readLedger(host)).toEqual(emptyLedger)
  })

  test('gives back bytes that are no text', async () => {
    const home = makeHome()
    const host = makeHost(home)
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0, 0xff, 13, 10, 0xc3])
    writeFileSync(join(home, 'file'), bytes)
    await write(host, 'file', 'text')
    await undo(host)
    expect(readFileSync(join(home, 'file')).equals(bytes)).toBe(true)
  })

  test.runIf(process.getuid?.() === 0)('gives a removed file back to its owner', async () => {
    const home = makeHome()
    const host = makeHost(home)
    put(join(home, 'file'), 'x')
    const { chownSync } = await import('node:fs')
    chownSync(join(home, 'file'), 1234, 4321)
    await write(host, 'file')
    await undo(host)
    expect(statSync(join(home, 'file'))).toMatchObject({ uid: 1234, gid: 4321 })
  })

  test('goes back run by run, then has nothing left to do', async () => {
    const host = makeHost(makeHome())
    const ids = [
      await write(host, 'file', '1'),
      await write(host, 'file', '2'),
      await write(host, 'file', '3'),
    ]
    expect(await undo(host)).toBe(ids[2])
    expect(textOf(host, 'file')).toBe('2')
    expect(await undo(host)).toBe(ids[1])
    expect(await undo(host)).toBe(ids[0])
    expect(existsSync(join(host.home, 'file'))).toBe(false)
    expect(await planUndo(host)).toBe('nothing-to-undo')
    expect(await planUndo(makeHost(makeHome()))).toBe('nothing-to-undo')
  })

  test('takes the last run first, also when runs of one second have ids in another order', async () => {
    const ids = ['cc', 'bb', 'aa']
    const host = { ...makeHost(makeHome()), randomId: () => ids.shift() ?? 'dd' }
    await write(host, 'file', '1')
    await write(host, 'file', '2')
    const last = await write(host, 'file', '3')
    expect(await undo(host)).toBe(last)
  })

  test('of an undo does the run again, and the run can be undone again', async () => {
    const host = makeHost(makeHome())
    const first = await write(host, 'deep/file', '1')
    const after = snapshot(host.home)
    const ledger = readLedger(host)
    await undo(host)
    const undoId = listRuns(host).at(-1)?.id
    expect(await undo(host, undoId)).toBe(undoId)
    expect(snapshot(host.home)).toEqual(after)
    expect(readLedger(host)).toEqual(ledger)
    expect(await undo(host)).toBe(first)
    expect(existsSync(join(host.home, 'deep'))).toBe(false)
    expect(await planUndo(host)).toBe('nothing-to-undo')
    expect(await planUndo(host, first)).toBe('nothing-to-undo')
  })

  test('of an older run leaves the later ones alone', async () => {
    const host = makeHost(makeHome())
    const one = await write(host, 'one', '1')
    const two = await write(host, 'two', '2')
    await undo(host, one)
    expect(existsSync(join(host.home, 'one'))).toBe(false)
    expect(textOf(host, 'two')).toBe('2')
    expect(readLedger(host).entries).toEqual([entry(join(host.home, 'two'), two)])
    expect(await undo(host)).toBe(two)
  })

  test('is recorded also when the file is back already', async () => {
    const host = makeHost(makeHome())
    const one = await write(host, 'one', '1')
    const two = await write(host, 'two', '2')
    rmSync(join(host.home, 'two'))
    expect(await planUndo(host)).toMatchObject({ request: { edits: [] } })
    expect(await undo(host)).toBe(two)
    expect(await undo(host)).toBe(one)
  })

  test('keeps a folder that the run made and somebody uses now', async () => {
    const host = makeHost(makeHome())
    await write(host, 'deep/er/file', '1')
    put(join(host.home, 'deep/mine'), 'x')
    await undo(host)
    expect(Object.keys(snapshot(host.home))).toEqual(['deep', 'deep/mine'])
  })

  test('of an undo gives back the folders that it removed, also an empty one, with their modes', async () => {
    const host = makeHost(makeHome())
    await write(host, 'deep/er/file', '1')
    chmodSync(join(host.home, 'deep'), 0o750)
    rmSync(join(host.home, 'deep/er/file'))
    const before = snapshot(host.home)
    await undo(host)
    await undo(host, listRuns(host).at(-1)?.id)
    expect(snapshot(host.home)).toEqual(before)
  })

  const changes: [string, (path: string) => void][] = [
    ['bytes', (path) => writeFileSync(path, 'mine')],
    ['mode', (path) => chmodSync(path, 0o640)],
    ['removed', (path) => rmSync(path)],
  ]
  test.each(changes)('refuses a file that was changed since: %s', async (_name, change) => {
    const host = makeHost(makeHome())
    put(join(host.home, 'file'), '0', 0o600)
    await write(host, 'file', '1')
    change(join(host.home, 'file'))
    await expect(planUndo(host)).rejects.toThrow(
      expect.objectContaining({
        code: 'changed-since-run',
        exit: 3,
        where: { file: join(host.home, 'file') },
      }),
    )
  })

  test('refuses a link that leads elsewhere since, though the bytes there are the same', async () => {
    const host = makeHost(makeHome())
    put(join(host.home, 'mine'), '0', 0o600)
    put(join(host.home, 'other'), '1', 0o600)
    symlinkSync('mine', join(host.home, 'link'))
    await write(host, 'link', '1')
    rmSync(join(host.home, 'link'))
    symlinkSync('other', join(host.home, 'link'))
    await expect(planUndo(host)).rejects.toThrow(expect.objectContaining({ code: 'changed-since-run' }))
  })

  test('never reads a journal outside of the folder of runs', async () => {
    const host = makeHost(makeHome())
    put(join(stateFolder(host), 'elsewhere/journal.json'), '{}')
    await expect(planUndo(host, '../elsewhere')).rejects.toThrow(
      expect.objectContaining({ code: 'no-such-run' }),
    )
  })

  test('names a run that does not exist', async () => {
    const host = makeHost(makeHome())
    for (const id of ['nonsense', '../..', '20261123T121314Z-ffff']) {
      await expect(planUndo(host, id)).rejects.toThrow(
        expect.objectContaining({ code: 'no-such-run', exit: 2 }),
      )
    }
  })
})

describe('the ledger after an undo', () => {
  const setup = (tool: string, region: string): Setup => ({
    tool,
    region,
    gateway: 'https://api.qcode.cc',
    scope: 'user',
    method: 'file',
    variant: 'v',
  })
  const applySetups = async (host: Host, name: string, setups: readonly Setup[]) => {
    const wanted = request(host, [edit(join(host.home, name), String(setups.length + Math.random()))])
    const { before, after } = wanted.ledger
    await applyEdits({ ...wanted, ledger: { before, after: { ...after, setups } } }, host)
    return wanted.runId
  }

  test('loses the setups of the run, keeps later ones, and gets replaced ones back', async () => {
    const host = makeHost(makeHome())
    await applySetups(host, 'a', [setup('codex', 'eu')])
    const moved = await applySetups(host, 'b', [setup('codex', 'us'), setup('aider', 'us')])
    await applySetups(host, 'c', [setup('codex', 'us'), setup('aider', 'us'), setup('cline', 'asia')])
    await undo(host, moved)
    expect(
      readLedger(host)
        .setups.map(({ tool, region }) => `${tool} ${region}`)
        .sort(),
    ).toEqual(['cline asia', 'codex eu'])
  })

  test('has one setup for a place, also where that was recorded again since', async () => {
    const host = makeHost(makeHome())
    await applySetups(host, 'a', [setup('codex', 'eu')])
    const moved = await applySetups(host, 'b', [setup('codex', 'us')])
    const { before } = request(host, []).ledger
    const after = { ...before, setups: [{ ...setup('codex', 'us'), variant: 'w' }] }
    await applyEdits({ ...request(host, []), ledger: { before, after } }, host)
    await undo(host, moved)
    expect(readLedger(host).setups).toEqual([setup('codex', 'eu')])
  })

  test('gives a file the entries that it had before the run, whatever a later run recorded', async () => {
    const host = makeHost(makeHome())
    const first = await write(host, 'file', '1')
    const second = await write(host, 'file', '2')
    const recorded = request(host, [])
    const path = join(host.home, 'file')
    const after = { ...recorded.ledger.before, entries: [entry(path, recorded.runId)] }
    await applyEdits({ ...recorded, ledger: { before: recorded.ledger.before, after } }, host)
    await undo(host, second)
    expect(readLedger(host).entries).toEqual([entry(path, first)])
  })
})
