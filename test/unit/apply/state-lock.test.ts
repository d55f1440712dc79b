import { EventEmitter, once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { createFileSystem } from '../../../src/apply/file-system.ts'
import { listRuns } from '../../../src/apply/journal.ts'
import { readLedger } from '../../../src/apply/ledger-store.ts'
import { stateFolder } from '../../../src/apply/state-folder.ts'
import { withStateLock } from '../../../src/apply/state-lock.ts'
import type { Host } from '../../../src/host/host.ts'
import type { ProcessMark } from '../../../src/host/processes.ts'
import { emptyLedger } from '../../../src/ledger.ts'
import { thisProcess } from '../../support/test-processes.ts'
import { edit, entry, makeHost, put, request, temporaryFiles } from './machine.ts'
import { makeHome } from './make-home.ts'

const fileSystem = createFileSystem('linux')
const impatient = { waitMs: 0, stillMs: 1_000_000 }
const self = thisProcess.self()

const lockOf = (host: Host) => join(stateFolder(host), 'lock')
const enter = (host: Host, patience = impatient) =>
  withStateLock(host, fileSystem, async () => 'in', patience)

/** A home whose lock was left by this process mark, or by the start of one. */
function leftBehind(mark: ProcessMark | string): Host {
  const host = makeHost(makeHome())
  put(join(lockOf(host), 'token'), typeof mark === 'string' ? mark : JSON.stringify(mark))
  return host
}

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

test('a lock that is held is waited for, then named with its process', async () => {
  const host = makeHost(makeHome())
  await withStateLock(host, fileSystem, async () => {
    await expect(enter(host)).rejects.toMatchObject({
      code: 'locked',
      exit: 1,
      message: expect.stringContaining(`PID ${process.pid}`),
    })
  })
  expect(await enter(host)).toBe('in')
})

test('the lock is given back when the work fails', async () => {
  const host = makeHost(makeHome())
  const failed = withStateLock(host, fileSystem, async () => {
    throw new Error('a bug')
  })
  await expect(failed).rejects.toThrow('a bug')
  expect(existsSync(lockOf(host))).toBe(false)
})

describe('a lock that was left', () => {
  const ended: [string, ProcessMark][] = [
    ['by a process that is gone', { ...self, pid: 2 ** 30 }],
    ['by another process that had the number of a living one', { ...self, started: '1' }],
  ]
  test.each(ended)('%s is taken over at once', async (_name, mark) => {
    const host = leftBehind(mark)
    expect(await enter(host)).toBe('in')
    expect(readdirSync(stateFolder(host))).toEqual(['runs'])
  })

  test('without an owner can be taken', async () => {
    const host = makeHost(makeHome())
    mkdirSync(lockOf(host), { recursive: true })
    expect(await enter(host)).toBe('in')
  })

  const unseen: [string, ProcessMark | string][] = [
    ['on another machine', { ...self, machine: 'another' }],
    ['by a process whose start the system does not tell', { pid: self.pid, machine: self.machine }],
    ['before a loss of power', '{"pid":'],
  ]
  test.each(unseen)('%s is taken over once its heartbeat stops, not before', async (_name, mark) => {
    const host = leftBehind(mark)
    await expect(enter(host)).rejects.toMatchObject({ code: 'locked' })
    expect(await enter(host, { waitMs: 400, stillMs: 200 })).toBe('in')
  })

  test('is not taken over from another machine whose heartbeat goes on', async () => {
    const host = leftBehind({ ...self, machine: 'another' })
    const alive = setInterval(
      () => fileSystem.append(join(lockOf(host), 'token'), Buffer.from(' ')).catch(() => {}),
      20,
    )
    const waiting = enter(host, { waitMs: 1_500, stillMs: 1_000 })
    await expect(waiting).rejects.toMatchObject({ code: 'locked' })
    clearInterval(alive)
  })

  test('half written by a killed run, is removed by the next one', async () => {
    const host = makeHost(makeHome())
    put(join(stateFolder(host), 'lock.one/one'), '{')
    mkdirSync(join(stateFolder(host), 'lock.two'))
    await enter(host)
    expect(readdirSync(stateFolder(host))).toEqual(['runs'])
  })
})

test('while a process holds the lock, its heartbeat changes', async () => {
  const host = makeHost(makeHome())
  const signs = new EventEmitter()
  const append = async (path: string) => void signs.emit('sign', path)
  const [path] = await withStateLock(host, { ...fileSystem, append }, () => once(signs, 'sign'))
  expect(path).toContain(lockOf(host))
})

test('a run that lost its lock changes nothing, and the next one clears up', async () => {
  const host = makeHost(makeHome())
  put(join(host.home, 'file'), 'old')
  // There since an earlier run, so that the journal is the first thing that this one writes.
  put(join(stateFolder(host), '.gitignore'), '*\n')
  const theirs = JSON.stringify({ ...emptyLedger, entries: [entry('theirs', 'run')] })
  // A run on another machine has taken the lock over while this one slept.
  const write = async (...args: Parameters<typeof fileSystem.write>) => {
    await fileSystem.write(...args)
    const [token = ''] = existsSync(lockOf(host)) ? readdirSync(lockOf(host)) : []
    if (token === '') return
    await fileSystem.rename(join(lockOf(host), token), join(lockOf(host), 'theirs'))
    put(join(stateFolder(host), 'ledger.json'), theirs)
  }
  const renamed: string[] = []
  const rename = (from: string, to: string) => {
    renamed.push(to)
    return fileSystem.rename(from, to)
  }
  const lost = applyEdits(request(host, [edit(join(host.home, 'file'), 'new')]), host, {
    ...fileSystem,
    rename,
    write,
  })
  await expect(lost).rejects.toMatchObject({ code: 'lock-lost', exit: 1 })
  expect(readFileSync(join(host.home, 'file'), 'utf8')).toBe('old')
  expect(renamed).not.toContain(join(host.home, 'file'))
  expect(temporaryFiles(host.home)).toEqual([])
  expect(readLedger(host).entries).toEqual([entry('theirs', 'run')])
  await fileSystem.removeFile(join(lockOf(host), 'theirs'))
  await applyEdits(request(host, [edit(join(host.home, 'file'), 'next')]), host)
  expect(listRuns(host).map((run) => run.state)).toEqual(['rolled-back', 'done'])
})

test('a run that loses its lock between two files leaves the rest, and what it wrote, to the new holder', async () => {
  const host = makeHost(makeHome())
  const edits = ['one', 'two'].map((name) => {
    put(join(host.home, name), 'old')
    return edit(join(host.home, name), 'new')
  })
  const rename = async (from: string, to: string) => {
    await fileSystem.rename(from, to)
    if (to !== join(host.home, 'one')) return
    const [token = ''] = readdirSync(lockOf(host))
    await fileSystem.rename(join(lockOf(host), token), join(lockOf(host), 'theirs'))
  }
  await expect(applyEdits(request(host, edits), host, { ...fileSystem, rename })).rejects.toMatchObject({
    code: 'rollback-failed',
    message: expect.stringMatching(/one: has the new content\n.*two: as before this change/),
  })
  expect(['one', 'two'].map((name) => readFileSync(join(host.home, name), 'utf8'))).toEqual(['new', 'old'])
})
