import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { rollBackRun } from '../../../src/apply/committer.ts'
import { findUnfinishedRun, journalFile, lastRuns, runFolder } from '../../../src/apply/journal.ts'
import { runsFolder } from '../../../src/apply/state-folder.ts'
import type { Host } from '../../../src/host/host.ts'
import { runInProcess } from '../../support/run-in-process.ts'
import { createTestHost } from '../../support/test-host.ts'
import { atTime, makeHost, runOnce } from '../../unit/apply/machine.ts'
import { makeHome } from '../../unit/apply/make-home.ts'

let home: string
let host: Host
beforeEach(() => {
  home = makeHome()
  host = makeHost(home)
})

/** Records of runs in front of the last one. */
function pile(count: number, keepsKey: (index: number) => boolean): void {
  const last = readdirSync(runsFolder(host)).sort().at(-1) ?? ''
  const journal = JSON.parse(readFileSync(journalFile(host, last), 'utf8'))
  for (let index = 1; index <= count; index++) {
    const id = `20200101T000000Z-${index.toString(16).padStart(8, '0')}`
    const keychain = { account: 'default', before: { kind: 'absent' }, after: { kind: 'absent' } }
    const record = { ...journal, id, files: [], sequence: index - count }
    mkdirSync(runFolder(host, id), { mode: 0o700 })
    const text = JSON.stringify(keepsKey(index) ? { ...record, keychain } : record)
    writeFileSync(journalFile(host, id), text, { mode: 0o600 })
  }
}

describe('given a record by the name of an earlier hour than the run before it, as version 0.1.0 with a clock set back left it', () => {
  const file = () => readFileSync(join(home, 'file'), 'utf8')
  /** Two runs, of which the second has the earlier name, and hundreds before them. */
  async function misnamed(state: string): Promise<string> {
    await runOnce(atTime(host, '2027-01-01T12:00:00Z'), '1')
    const id = await runOnce(atTime(host, '2027-01-01T12:30:00Z'), '2')
    pile(300, () => false)
    return rename(id, '20270101T110000Z-abcdef', state)
  }
  function rename(id: string, name: string, state: string): string {
    const text = readFileSync(journalFile(host, id), 'utf8')
    renameSync(runFolder(host, id), runFolder(host, name))
    const journal = text.replaceAll(id, name).replace('"state": "done"', `"state": "${state}"`)
    writeFileSync(journalFile(host, name), journal)
    return name
  }
  const later = () =>
    createTestHost(home, { now: () => new Date('2027-01-01T11:01:00Z'), randomId: host.randomId })

  it.each([
    ['status', /unfinished-run.*20270101T110000Z-abcdef/],
    ['doctor --no-check', /unfinished-run.*20270101T110000Z-abcdef/],
    ['remove --dry-run', /20270101T110000Z-abcdef/],
    ['undo --list', /20270101T110000Z-abcdef.*20270101T120000Z/s],
  ])('which was stopped half-way, when %s is typed, then it is named', async (line, named) => {
    await misnamed('committing')
    const { text } = await runInProcess(line, later())
    expect(text).toMatch(named)
    expect(file()).toBe('2')
  })

  it.each(['remove --yes', 'undo 20270101T110000Z-abcdef --yes', 'remove --recover undo --yes'])(
    'which was stopped half-way, when %s is typed, then it is taken back',
    async (line) => {
      await misnamed('committing')
      const { exit, text } = await runInProcess(line, later())
      expect(exit, text).toBe(0)
      expect([file(), findUnfinishedRun(host)]).toEqual(['1', undefined])
    },
  )

  it('when a run is applied that would change more, then it is refused as long as that one is unfinished', async () => {
    const id = await misnamed('committing')
    await expect(runOnce(atTime(host, '2027-01-01T13:00:00Z'), '3')).rejects.toMatchObject({
      code: 'unfinished-run',
    })
    await rollBackRun(host, id)
    await runOnce(atTime(host, '2027-01-01T13:00:00Z'), '3')
    expect(file()).toBe('3')
  })

  it('which is done, when undo is typed again and again, then runs are taken back in the order in which they were made', async () => {
    const id = await misnamed('done')
    expect(lastRuns(host).runs.map((each) => each.id)).toEqual([id])
    const third = await runOnce(atTime(host, '2027-01-01T11:02:00Z'), '3')
    expect(third > id).toBe(true)
    for (const left of ['2', '1']) {
      expect((await runInProcess('undo --yes', later())).exit).toBe(0)
      expect(file()).toBe(left)
    }
  })

  it('when old runs go, then it is not among them', async () => {
    const id = await misnamed('done')
    for (let index = 0; index < 10; index++) await runOnce(host, `${index}`)
    expect(existsSync(runFolder(host, id))).toBe(true)
  })
})

describe('given a pile of old runs', () => {
  const left = () => readdirSync(runsFolder(host)).length

  it('when a run ends, then four of them go, and all of them in the end', async () => {
    await runOnce(host, '1')
    pile(90, () => false)
    await runOnce(host, '2')
    expect(left()).toBe(88)
    for (let index = 0; index < 20; index++) await runOnce(host, `3 ${index}`)
    expect(left()).toBe(50)
  })

  it.each([3, 7, 20])(
    'of which %i keep a copy of a key, when runs go on, then these alone stay',
    async (kept) => {
      await runOnce(host, '1')
      pile(90, (index) => index <= kept)
      for (let index = 0; index < 80; index++) await runOnce(host, `${index}`)
      expect(left()).toBe(50 + kept)
    },
  )
})
