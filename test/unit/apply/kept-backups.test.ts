import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { journalFile, readRun, runFolder } from '../../../src/apply/journal.ts'
import { listBackups, purgeBackups } from '../../../src/apply/kept-backups.ts'
import { planUndo } from '../../../src/apply/plan-undo.ts'
import { edit, makeHost, put, request } from './machine.ts'
import { makeHome } from './make-home.ts'

/** A home after one run that changed two files. */
async function afterRun() {
  const home = makeHome()
  const host = makeHost(home)
  put(join(home, 'a.env'), 'KEY=1\n', 0o600)
  put(join(home, 'b.env'), 'OTHER=1\n', 0o600)
  const run = await applyEdits(
    request(host, [edit(join(home, 'a.env'), 'KEY=2\n'), edit(join(home, 'b.env'), 'OTHER=2\n')]),
    host,
  )
  return { home, host, id: run?.id ?? '' }
}

const withKey = (paths: ReturnType<typeof listBackups>) =>
  paths.filter(({ bytes }) => Buffer.from(bytes).includes('KEY=1')).map(({ path }) => path)

describe('backups that are deleted', () => {
  it('are those that were named, and the run says that it can no longer be undone', async () => {
    const { home, host, id } = await afterRun()
    await purgeBackups(withKey(listBackups(host)), host)
    expect(listBackups(host).map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['OTHER=1\n'])
    expect(readRun(host, id).purged).toBe(true)
    await expect(planUndo(host)).rejects.toMatchObject({ code: 'run-purged', exit: 2 })
    await expect(planUndo(host, id)).rejects.toMatchObject({ code: 'run-purged' })
    // A later run is undone as ever.
    await applyEdits(request(host, [edit(join(home, 'a.env'), 'KEY=3\n')]), host)
    expect(await planUndo(host)).toMatchObject({ run: { command: 'setup' } })
  })

  it('can lie beside a record that is damaged', async () => {
    const { host, id } = await afterRun()
    writeFileSync(journalFile(host, id), '{')
    await purgeBackups(withKey(listBackups(host)), host)
    expect(withKey(listBackups(host))).toEqual([])
    expect(existsSync(journalFile(host, id))).toBe(true)
  })

  it('are taken up again where the last call was stopped', async () => {
    const { host, id } = await afterRun()
    const paths = withKey(listBackups(host))
    await purgeBackups([], host)
    await purgeBackups(paths, host)
    await purgeBackups(paths, host)
    expect(readdirSync(runFolder(host, id)).sort()).toEqual(['backup-1', 'journal.json'])
  })

  it('are none that lie elsewhere, whatever is named', async () => {
    const { home, host, id } = await afterRun()
    await purgeBackups([join(home, 'a.env'), journalFile(host, id), `${runFolder(host, id)}/../../x`], host)
    expect(existsSync(join(home, 'a.env'))).toBe(true)
    expect(listBackups(host)).toHaveLength(2)
    expect(readRun(host, id).purged).toBeUndefined()
  })
})

it('nothing is deleted while a run waits to be ended', async () => {
  const { host, id } = await afterRun()
  const file = journalFile(host, id)
  writeFileSync(file, JSON.stringify({ ...readRun(host, id), state: 'committing' }))
  await expect(purgeBackups(withKey(listBackups(host)), host)).rejects.toMatchObject({
    code: 'unfinished-run',
  })
  expect(withKey(listBackups(host))).toHaveLength(1)
})
