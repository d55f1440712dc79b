import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { listRuns, runFolder } from '../../../src/apply/journal.ts'
import { forgetKeys } from '../../../src/apply/keychain-copies.ts'
import { planUndo } from '../../../src/apply/plan-undo.ts'
import { newRunId } from '../../../src/apply/run-record.ts'
import { contentOf, type KeyMachine, makeKeyMachine, planKey, undoRequest } from './key-machine.ts'
import { edit, put, request } from './machine.ts'

async function setKey({ host }: KeyMachine, key?: string): Promise<string> {
  const wanted = { ...request(host, []), ...(await planKey(host, key)) }
  await applyEdits(wanted, host)
  return wanted.runId
}

const keyOf = async ({ store }: KeyMachine) => store.get('default')

test('undo gives back the key before, or none; undoing an undo puts it there again', async () => {
  const machine = makeKeyMachine()
  const { host } = machine
  await setKey(machine, 'one')
  await setKey(machine, 'two')
  await applyEdits(await undoRequest(host), host)
  expect(await keyOf(machine)).toBe('one')
  await applyEdits(await undoRequest(host), host)
  expect(await keyOf(machine)).toBeUndefined()
  const again = listRuns(host).findLast(({ undoes }) => undoes !== undefined)?.id
  await applyEdits(await undoRequest(host, again), host)
  expect(await keyOf(machine)).toBe('one')
})

test('undo takes files and key back together', async () => {
  const machine = makeKeyMachine()
  const { host } = machine
  const file = join(host.home, 'config')
  put(file, 'before')
  await applyEdits({ ...request(host, [edit(file, 'after')]), ...(await planKey(host, 'one')) }, host)
  expect([readFileSync(file, 'utf8'), await keyOf(machine)]).toEqual(['after', 'one'])
  await applyEdits(await undoRequest(host), host)
  expect([readFileSync(file, 'utf8'), await keyOf(machine)]).toEqual(['before', undefined])
})

test('undo refuses where somebody else put another key there, and leaves it', async () => {
  const machine = makeKeyMachine()
  await setKey(machine, 'one')
  await machine.store.set('default', 'theirs')
  await expect(planUndo(machine.host)).rejects.toMatchObject({
    code: 'changed-since-run',
    exit: 3,
    hint: expect.stringContaining('qcode-setup key set'),
  })
  expect(await keyOf(machine)).toBe('theirs')
})

test('a key that was changed after the plan stops the run before a file is changed', async () => {
  const machine = makeKeyMachine()
  const { host } = machine
  const file = join(host.home, 'config')
  put(file, 'before')
  const wanted = { ...request(host, [edit(file, 'after')]), ...(await planKey(host, 'one')) }
  await machine.store.set('default', 'theirs')
  await expect(applyEdits(wanted, host)).rejects.toMatchObject({ code: 'changed-since-plan', exit: 3 })
  expect([readFileSync(file, 'utf8'), await keyOf(machine)]).toEqual(['before', 'theirs'])
  expect(listRuns(host)).toEqual([])
})

test('a key that changes while the run is under way stays, and the files go back', async () => {
  const machine = makeKeyMachine()
  const { store } = machine
  const file = join(machine.host.home, 'config')
  put(file, 'before')
  const set = async (account: string, key: string) => {
    await store.set(account, key)
    if (account.startsWith('staged-')) await store.set('default', 'theirs')
  }
  const host = { ...machine.host, keychain: async () => ({ ...store, set }) }
  const wanted = { ...request(host, [edit(file, 'after')]), ...(await planKey(host, 'one')) }
  await expect(applyEdits(wanted, host)).rejects.toMatchObject({ code: 'changed-since-plan', exit: 3 })
  expect([readFileSync(file, 'utf8'), await contentOf(store)]).toEqual(['before', { default: 'theirs' }])
})

test('the journal holds no key', async () => {
  const machine = makeKeyMachine()
  const { host } = machine
  await setKey(machine, 'the-first-key')
  const run = await setKey(machine, 'the-second-key')
  const journal = readFileSync(join(runFolder(host, run), 'journal.json'), 'utf8')
  expect(journal).toContain(`backup-${run}`)
  expect(journal).not.toMatch(/the-(first|second)-key/)
})

test('a forgotten key is in no account, and no undo brings it back', async () => {
  const machine = makeKeyMachine()
  const { host, store } = machine
  await setKey(machine, 'one')
  const second = await setKey(machine, 'two')
  await applyEdits(await undoRequest(host), host)
  await store.set('backup-of-another-state-folder', 'three')
  await forgetKeys(host)
  expect(await contentOf(store)).toEqual({})
  const redo = listRuns(host).findLast(({ undoes }) => undoes === second)?.id
  await expect(planUndo(host, redo)).rejects.toMatchObject({ code: 'changed-since-run' })
  expect(await contentOf(store)).toEqual({})
})

test('a run whose copy is gone from the keychain says so instead of taking the key away', async () => {
  const machine = makeKeyMachine()
  await setKey(machine, 'one')
  const second = await setKey(machine, 'two')
  await machine.store.delete(`backup-${second}`)
  await expect(planUndo(machine.host)).rejects.toMatchObject({ code: 'broken-backup' })
  expect(await keyOf(machine)).toBe('two')
})

test('a keychain that refuses to forget says that copies may be left, and the next call takes them', async () => {
  const machine = makeKeyMachine()
  const { store } = machine
  await setKey(machine, 'one')
  await setKey(machine, 'two')
  const stubborn = {
    ...store,
    delete: (account: string) =>
      account === 'default' ? store.delete(account) : Promise.reject(new Error('locked meanwhile')),
  }
  const host = { ...machine.host, keychain: async () => stubborn }
  await expect(forgetKeys(host)).rejects.toMatchObject({
    code: 'keychain-unavailable',
    message: expect.stringContaining('may still be in it'),
  })
  await forgetKeys(machine.host)
  expect(await contentOf(store)).toEqual({})
})

test('runs without a key never open the keychain', async () => {
  const { host } = makeKeyMachine()
  const closed = { ...host, keychain: () => Promise.reject(new Error('the keychain was opened')) }
  const file = join(host.home, 'config')
  writeFileSync(file, 'before')
  await applyEdits({ ...request(closed, [edit(file, 'after')]), runId: newRunId(closed) }, closed)
  await applyEdits(await undoRequest(closed), closed)
  expect(readFileSync(file, 'utf8')).toBe('before')
})
