import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { finishRun, rollBackRun } from '../../../src/apply/committer.ts'
import { findUnfinishedRun, listRuns } from '../../../src/apply/journal.ts'
import type { ApplyRequest } from '../../../src/apply/run-record.ts'
import type { Host } from '../../../src/host/host.ts'
import { makeRenewal } from '../../../src/plan/written-keys.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { attempt } from '../../support/attempt.ts'
import { createFaultFileSystem, type Fault } from '../../support/fault-file-system.ts'
import {
  contentOf,
  type KeyMachine,
  makeKeyMachine,
  planKey,
  undoRequest,
} from '../../unit/apply/key-machine.ts'
import { edit, put, request } from '../../unit/apply/machine.ts'

const [first, second, newKey] = ['0', '1', 'f'].map((digit) => `cr_${digit.repeat(64)}`) as [
  string,
  string,
  string,
]
const quick = () => createFaultFileSystem().fileSystem

interface Scene extends KeyMachine {
  readonly wanted: ApplyRequest
  readonly keys: Record<string, string>
}

/** Two keys were put into the keychain one after the other, and a file tells which one counts. */
async function makeScene(): Promise<Scene> {
  const machine = makeKeyMachine()
  const { host, store } = machine
  put(join(host.home, 'config'), 'none\n')
  for (const [index, key] of [first, second].entries()) {
    const edits = [edit(join(host.home, 'config'), `${index}\n`)]
    await applyEdits({ ...request(host, edits), ...(await planKey(host, key)) }, host, quick())
  }
  const renewal = makeRenewal([new Secret(first), new Secret(second)], new Secret(newKey), [], new Map())
  const wanted = { ...request(host, []), command: 'key', ...(await planKey(host, newKey)), renewal }
  return { ...machine, wanted, keys: await contentOf(store) }
}

async function runWith(fault: Fault, { host, store, wanted }: Scene) {
  const faulty = createFaultFileSystem(fault)
  const keychain = faulty.guard(store)
  const guarded: Host = { ...host, keychain: async () => keychain }
  return { error: await attempt(applyEdits(wanted, guarded, faulty.fileSystem)), fired: faulty.fired() }
}

async function expectRenewed({ store, host, wanted }: Scene): Promise<void> {
  const keys = await contentOf(store)
  expect(new Set(Object.values(keys))).toEqual(new Set([newKey]))
  expect(Object.keys(keys).filter((account) => !/^(default$|backup-)/.test(account))).toEqual([])
  expect(listRuns(host).find(({ id }) => id === wanted.runId)?.state).toBe('done')
}

describe('a run that replaces the key in the keychain', () => {
  test('leaves no old key there, not even for undo, and earlier runs can still be undone', async () => {
    const scene = await makeScene()
    expect(Object.values(scene.keys).sort()).toEqual([first, second])
    await applyEdits(scene.wanted, scene.host, quick())
    await expectRenewed(scene)
    const [one, two] = listRuns(scene.host)
    await applyEdits(await undoRequest(scene.host, two?.id), scene.host, quick())
    expect(await scene.store.get('default')).toBe(newKey)
    await applyEdits(await undoRequest(scene.host, one?.id), scene.host, quick())
    expect(await scene.store.get('default')).toBeUndefined()
    expect(Object.values(await contentOf(scene.store))).not.toContain(first)
  })

  test.each([
    ['fails', (at: number): Fault => ({ kind: 'fail', at, code: 'EIO' })],
    ['goes away', (from: number): Fault => ({ kind: 'no-keychain', from })],
    ['is the last one', (at: number): Fault => ({ kind: 'kill', at })],
  ])('a call that %s: all old keys, or none once the next start has ended it', async (_name, faultAt) => {
    const ends = new Set<string | undefined>()
    for (let index = 0; ; index++) {
      const scene = await makeScene()
      const { fired } = await runWith(faultAt(index), scene)
      if (!fired) break
      const run = findUnfinishedRun(scene.host)
      ends.add(run?.state)
      const recover = index % 2 === 0 ? finishRun : rollBackRun
      if (run && (await attempt(recover(scene.host, run.id, quick())))) {
        await rollBackRun(scene.host, run.id, quick())
      }
      const state = listRuns(scene.host).find(({ id }) => id === scene.wanted.runId)?.state
      if (run?.state === 'renewing') expect(state).toBe('done')
      if (state === 'done') await expectRenewed(scene)
      else expect((await scene.store.get('default')) ?? 'gone').toBe(second)
    }
    expect(ends).toContain('renewing')
  })
})
