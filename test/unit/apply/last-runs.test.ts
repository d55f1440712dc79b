import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { rollBackRun } from '../../../src/apply/committer.ts'
import { createFileSystem, type FileSystem } from '../../../src/apply/file-system.ts'
import { findUnfinishedRun, journalFile, lastRuns, listRuns, runFolder } from '../../../src/apply/journal.ts'
import { planUndo } from '../../../src/apply/plan-undo.ts'
import { newRunId } from '../../../src/apply/run-record.ts'
import { runsFolder } from '../../../src/apply/state-folder.ts'
import type { Host } from '../../../src/host/host.ts'
import { atTime, edit, makeHost, put, request, runOnce, temporaryFiles } from './machine.ts'
import { makeHome } from './make-home.ts'

let home: string
let host: Host
beforeEach(() => {
  home = makeHome()
  host = makeHost(home)
})

describe('given a clock that was set back', () => {
  it('when a run is planned, then its id is of no earlier second than that of another', async () => {
    const first = await runOnce(atTime(host, '2027-01-01T00:00:00Z'), '1')
    expect(first).toMatch(/^20270101T000000Z-/)
    expect(newRunId(host)).toMatch(/^20270101T000000Z-/)
  })

  it('when undo asks for the last run, then it is the one that ended last', async () => {
    const ids: string[] = []
    for (const time of ['2027-01-01', '2026-01-01', '2025-01-01', '2026-06-01'])
      ids.push(await runOnce(atTime(host, `${time}T00:00:00Z`), time))
    expect(listRuns(host).map(({ id }) => id)).toEqual(ids)
    expect(await planUndo(host)).toMatchObject({ run: { id: ids.at(-1) } })
  })

  it('when a run is stopped half-way, then it is found and rolled back', async () => {
    await runOnce(atTime(host, '2027-01-01T00:00:00Z'), '1')
    const stopped = await runOnce(atTime(host, '2020-01-01T00:00:00Z'), '2')
    const journal = readFileSync(journalFile(host, stopped), 'utf8')
    writeFileSync(journalFile(host, stopped), journal.replace('"state": "done"', '"state": "committing"'))
    expect(findUnfinishedRun(host)?.id).toBe(stopped)
    await rollBackRun(host, stopped)
    expect(findUnfinishedRun(host)).toBeUndefined()
    expect(readFileSync(join(home, 'file'), 'utf8')).toBe('1')
  })
})

it('given a run that was planned before another began, when it is applied, then it is refused and changes nothing', async () => {
  const late = atTime(host, '2026-12-01T00:00:00Z')
  const early = request(host, [edit(join(home, 'file'), 'early')])
  const failing: FileSystem = {
    ...createFileSystem('linux'),
    rename: (from, to) =>
      to.endsWith('file')
        ? Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'rename' }))
        : createFileSystem('linux').rename(from, to),
  }
  await expect(runOnce(late, 'late', failing)).rejects.toMatchObject({ code: 'write-failed' })
  await expect(applyEdits(early, host)).rejects.toMatchObject({ code: 'changed-since-plan', exit: 3 })
  expect(existsSync(join(home, 'file'))).toBe(false)
  expect(existsSync(runFolder(host, early.runId))).toBe(false)
})

it('given a record that cannot be used, when the last run is asked for, then the one before it is found, and the record is told', async () => {
  const first = await runOnce(host, '1')
  const second = await runOnce(atTime(host, '2026-11-24T00:00:00Z'), '2')
  writeFileSync(journalFile(host, second), '{')
  expect(lastRuns(host)).toMatchObject({ runs: [{ id: first }] })
  expect([...lastRuns(host).damaged.keys()]).toEqual([second])
})

it('given what a rolled-back run could not remove, when it can be removed after other runs, then the next run does', async () => {
  const real = createFileSystem('linux')
  const refused = Object.assign(new Error('EPERM'), { code: 'EPERM', syscall: 'unlink' })
  const isOurs = (path: string) => path.startsWith(runsFolder(host)) || path.includes('.local')
  put(join(home, 'file'), 'mine')
  const stuck: FileSystem = {
    ...real,
    rename: (from, to) => (to.endsWith('/file') ? Promise.reject(refused) : real.rename(from, to)),
    removeFile: (path) => (isOurs(path) ? real.removeFile(path) : Promise.reject(refused)),
  }
  await expect(runOnce(host, 'key', stuck)).rejects.toMatchObject({ code: 'write-failed' })
  expect(temporaryFiles(home)).toHaveLength(1)
  const onlyAdds: FileSystem = { ...stuck, rename: real.rename }
  for (const day of ['24', '25', '26']) {
    const other = atTime(host, `2026-11-${day}T00:00:00Z`)
    await applyEdits(request(other, [edit(join(home, `other-${day}`), day)]), other, onlyAdds)
    expect(temporaryFiles(home)).toHaveLength(1)
  }
  const last = atTime(host, '2026-11-27T00:00:00Z')
  await applyEdits(request(last, [edit(join(home, 'last'), 'x')]), last)
  expect(temporaryFiles(home)).toEqual([])
  await applyEdits(request(last, [edit(join(home, 'last'), 'y')]), last)
  expect(listRuns(host).map(({ leftBehind }) => leftBehind?.length ?? 0)).toEqual([0, 1, 1, 1, 0, 0])
})
