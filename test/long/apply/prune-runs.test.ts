import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { listRuns, runFolder } from '../../../src/apply/journal.ts'
import { readLedger } from '../../../src/apply/ledger-store.ts'
import { planUndo } from '../../../src/apply/plan-undo.ts'
import { runsFolder } from '../../../src/apply/state-folder.ts'
import type { Host } from '../../../src/host/host.ts'
import type { Ledger } from '../../../src/ledger.ts'
import { edit, entry, makeHost, request } from '../../unit/apply/machine.ts'
import { makeHome } from '../../unit/apply/make-home.ts'

/** So many runs that each change one file; the ids, oldest first. */
async function runs(count: number, host: Host, path: string): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const wanted = request(host, [edit(path, `content ${index} of ${ids.length}\n`)])
    await applyEdits(wanted, host)
    ids.push(wanted.runId)
  }
  return ids
}

const folders = (host: Host) => readdirSync(runsFolder(host)).sort()

describe('given more than fifty runs', () => {
  test('the newest fifty are kept, with all that undo needs, and nothing of the others', async () => {
    const home = makeHome()
    const host = makeHost(home)
    const ids = await runs(53, host, join(home, 'file'))
    expect(folders(host)).toEqual(ids.slice(-50).sort())
    expect(listRuns(host).map(({ id }) => id)).toEqual(ids.slice(-50))
    expect(await planUndo(host)).toMatchObject({ run: { id: ids.at(-1) } })
  })

  test('a run whose backup the ledger needs is kept', async () => {
    const home = makeHome()
    const host = makeHost(home)
    const [first = ''] = await runs(1, host, join(home, 'file'))
    const other = join(home, 'other')
    const made = request(host, [edit(other, 'x\n')])
    const needing = { ...entry(other, first), replaced: { kind: 'backup' as const, run: first } }
    const after: Ledger = { ...made.ledger.after, entries: [needing] }
    await applyEdits({ ...made, ledger: { ...made.ledger, after } }, host)
    await runs(52, host, join(home, 'third'))
    expect(readLedger(host).entries.map(({ path }) => path)).toContain(other)
    expect(folders(host)).toContain(first)
    expect(folders(host)).toHaveLength(51)
  })

  test('a folder that is no run of ours is left alone', async () => {
    const home = makeHome()
    const host = makeHost(home)
    await runs(1, host, join(home, 'file'))
    mkdirSync(join(runsFolder(host), 'notes'))
    await runs(52, host, join(home, 'file'))
    expect(existsSync(join(runsFolder(host), 'notes'))).toBe(true)
    expect(existsSync(runFolder(host, 'notes'))).toBe(true)
  })
})
