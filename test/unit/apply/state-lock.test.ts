import { existsSync, mkdirSync, readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { createFileSystem } from '../../../src/apply/file-system.ts'
import { listRuns } from '../../../src/apply/journal.ts'
import { readLedger } from '../../../src/apply/ledger-store.ts'
import { stateFolder } from '../../../src/apply/state-folder.ts'
import { withStateLock } from '../../../src/apply/state-lock.ts'
import { edit, entry, makeHost, put, request, temporaryFiles } from './machine.ts'
import { makeHome } from './make-home.ts'

const fileSystem = createFileSystem('linux')

test('two runs at once: one is done, the other one sees that its plan is old', async () => {
  const host = makeHost(makeHome())
  put(join(host.home, 'file'), '0')
  const requests = ['1', '2', '3'].map((text) => request(host, [edit(join(host.home, 'file'), text)]))
  const results = await Promise.allSettled(requests.map((each) => applyEdits(each, host)))
  const failures = results.filter((result) => result.status === 'rejected')
  expect(failures.map((failure) => failure.reason.code)).toEqual(['changed-since-plan', 'changed-since-plan'])
  expect(listRuns(host).map((run) => run.state)).toEqual(['done'])
  expect(readLedger(host).entries).toHaveLength(1)
})

test('a lock that is held is waited for, then named', async () => {
  const host = makeHost(makeHome())
  await withStateLock(host, fileSystem, async () => {
    const second = withStateLock(host, fileSystem, async () => 'in', 0)
    await expect(second).rejects.toMatchObject({ code: 'locked', exit: 1 })
  })
  expect(await withStateLock(host, fileSystem, async () => 'in', 0)).toBe('in')
})

test('the lock of a killed run is taken over', async () => {
  const host = makeHost(makeHome())
  const lock = join(stateFolder(host), 'lock')
  mkdirSync(lock, { recursive: true })
  utimesSync(lock, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000))
  expect(await withStateLock(host, fileSystem, async () => 'in', 0)).toBe('in')
  expect(existsSync(lock)).toBe(false)
})

test('the lock is given back when the work fails', async () => {
  const host = makeHost(makeHome())
  const failed = withStateLock(host, fileSystem, async () => {
    throw new Error('a bug')
  })
  await expect(failed).rejects.toThrow('a bug')
  expect(existsSync(join(stateFolder(host), 'lock'))).toBe(false)
})

test('a run that lost its lock changes nothing, and the next one clears up', async () => {
  const host = makeHost(makeHome())
  put(join(host.home, 'file'), 'old')
  const lock = join(stateFolder(host), 'lock')
  const theirs = JSON.stringify({ version: 1, setups: [], entries: [entry('theirs', 'run')] })
  // Another run has taken the lock over while this one slept.
  const write = async (...args: Parameters<typeof fileSystem.write>) => {
    await fileSystem.write(...args)
    utimesSync(lock, 1, 1)
    put(join(stateFolder(host), 'ledger.json'), theirs)
    await setTimeout(2_600)
  }
  const renamed: string[] = []
  const rename = (from: string, to: string) => {
    renamed.push(to)
    return fileSystem.rename(from, to)
  }
  const slept = { ...fileSystem, rename, write: once(write, fileSystem.write) }
  const lost = applyEdits(request(host, [edit(join(host.home, 'file'), 'new')]), host, slept)
  await expect(lost).rejects.toMatchObject({ code: 'lock-lost', exit: 1 })
  expect(readFileSync(join(host.home, 'file'), 'utf8')).toBe('old')
  expect(renamed).not.toContain(join(host.home, 'file'))
  expect(temporaryFiles(host.home)).toEqual([])
  expect(readLedger(host).entries).toEqual([entry('theirs', 'run')])
  await applyEdits(request(host, [edit(join(host.home, 'file'), 'next')]), host)
  expect(listRuns(host).map((run) => run.state)).toEqual(['rolled-back', 'done'])
})

/** The first call goes to one function, all others to another one. */
function once<T extends readonly unknown[], R>(first: (...args: T) => R, others: (...args: T) => R) {
  let isFirst = true
  return (...args: T): R => {
    const work = isFirst ? first : others
    isFirst = false
    return work(...args)
  }
}
