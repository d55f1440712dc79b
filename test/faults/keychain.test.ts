import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyEdits } from '../../src/apply/apply-edits.ts'
import { finishRun, rollBackRun } from '../../src/apply/committer.ts'
import { findUnfinishedRun, listRuns } from '../../src/apply/journal.ts'
import { readLedger } from '../../src/apply/ledger-store.ts'
import type { ApplyRequest } from '../../src/apply/run-record.ts'
import type { Host, KeychainStore } from '../../src/host/host.ts'
import { attempt } from '../support/attempt.ts'
import { createFaultFileSystem, type Fault, type FaultFileSystem } from '../support/fault-file-system.ts'
import {
  contentOf,
  type KeyMachine,
  makeKeyMachine,
  planKey,
  undoRequest,
} from '../unit/apply/key-machine.ts'
import { edit, put, request, snapshot, temporaryFiles } from '../unit/apply/machine.ts'

/** A machine before a run with a key and two files, and what it is before. */
interface Scene extends KeyMachine {
  readonly wanted: ApplyRequest
  readonly old: Sight
}

interface Sight {
  readonly files: Record<string, string>
  readonly keys: Record<string, string>
  readonly ledger: string
}

/** The real file system, but for flushing. */
const quick = () => createFaultFileSystem().fileSystem

async function look({ host, store }: KeyMachine): Promise<Sight> {
  return {
    files: snapshot(host.home),
    keys: await contentOf(store),
    ledger: JSON.stringify(readLedger(host)).replaceAll(host.home, '~'),
  }
}

async function sceneOf(machine: KeyMachine, wanted: ApplyRequest): Promise<Scene> {
  return { ...machine, wanted, old: await look(machine) }
}

async function first(): Promise<Scene> {
  const machine = makeKeyMachine()
  const { host } = machine
  put(join(host.home, 'config'), 'one\n')
  const edits = [
    edit(join(host.home, 'config'), 'two\n'),
    edit(join(host.home, 'new/settings'), 'a\n', 0o600),
  ]
  return sceneOf(machine, { ...request(host, edits), ...(await planKey(host, 'the-first-key')) })
}

async function replacing(): Promise<Scene> {
  const { host, store, wanted } = await first()
  await applyEdits(wanted, host, quick())
  const edits = [edit(join(host.home, 'config'), 'three\n')]
  return sceneOf({ host, store }, { ...request(host, edits), ...(await planKey(host, 'the-second-key')) })
}

async function undoing(): Promise<Scene> {
  const { host, store, wanted } = await replacing()
  await applyEdits(wanted, host, quick())
  return sceneOf({ host, store }, await undoRequest(host))
}

async function leaving(): Promise<Scene> {
  const { host, store, wanted } = await first()
  await applyEdits(wanted, host, quick())
  return sceneOf({ host, store }, await undoRequest(host))
}

const scenes: [string, () => Promise<Scene>][] = [
  ['a first key', first],
  ['another key', replacing],
  ['an undo to the key before', undoing],
  ['an undo to no key', leaving],
]

const guarded = ({ host, store }: KeyMachine, { guard }: FaultFileSystem): Host => {
  const keychain: KeychainStore = guard(store)
  return { ...host, keychain: async () => keychain }
}

/** Runs a scene with a fault at every call in turn, until the fault comes too late to happen. */
async function atEveryCall(
  make: () => Promise<Scene>,
  faultAt: (index: number) => Fault,
  judge: (scene: Scene, error: unknown, faulty: FaultFileSystem) => Promise<void>,
): Promise<void> {
  for (let index = 0; ; index++) {
    const scene = await make()
    const faulty = createFaultFileSystem(faultAt(index))
    const error = await attempt(applyEdits(scene.wanted, guarded(scene, faulty), faulty.fileSystem))
    if (!faulty.fired()) return
    await judge(scene, error, faulty)
  }
}

async function newSight(make: () => Promise<Scene>): Promise<Sight> {
  const scene = await make()
  await applyEdits(scene.wanted, scene.host, quick())
  return look(scene)
}

describe.each(scenes)('%s', (_name, make) => {
  test('one call that fails leaves files and keychain as they were', async () => {
    const wantedSight = await newSight(make)
    await atEveryCall(
      make,
      (at) => ({ kind: 'fail', at, code: 'EIO' }),
      async (scene, error, { calls }) => {
        // Giving the lock back comes last and may fail: the run is done.
        if (error === undefined) {
          expect(calls.at(-1)?.path).toContain('qcode-setup/lock')
          return expect(await look(scene)).toEqual(wantedSight)
        }
        expect(error).toMatchObject({ code: expect.stringMatching(/^(write-failed|keychain-unavailable)$/) })
        expect(await look(scene)).toEqual(scene.old)
        expect(temporaryFiles(scene.host.home)).toEqual([])
        expect(findUnfinishedRun(scene.host)).toBeUndefined()
      },
    )
  })

  test.each([false, true])(
    'a keychain that goes away (its last call done: %s) is told of, and no key is lost',
    async (late) => {
      const { files } = await newSight(make)
      await atEveryCall(
        make,
        (from) => ({ kind: 'no-keychain', from, late }),
        async (scene, error) => {
          expect(error).toMatchObject({
            code: expect.stringMatching(/^(rollback-failed|keychain-unavailable)$/),
            exit: 1,
          })
          expect(snapshot(scene.host.home)).toEqual(scene.old.files)
          const run = findUnfinishedRun(scene.host)
          expect(run === undefined).toBe((error as { code: string }).code === 'keychain-unavailable')
          if (run) await rollBackRun(scene.host, run.id, quick())
          const again = { ...scene.wanted, runId: '20261123T121399Z-cd' }
          await applyEdits(again, scene.host, quick())
          const keys = Object.keys(await contentOf(scene.store))
          expect(keys.filter((account) => account.includes(scene.wanted.runId))).toEqual([])
          expect(snapshot(scene.host.home)).toEqual(files)
        },
      )
    },
  )

  test('a run killed at any call is rolled back whole', async () => {
    await atEveryCall(
      make,
      (at) => ({ kind: 'kill', at }),
      async (scene) => {
        const run = findUnfinishedRun(scene.host)
        if (run === undefined) return
        expect(await rollBackRun(scene.host, run.id, quick())).toMatchObject({
          run: { state: 'rolled-back' },
          leftAlone: [],
        })
        expect(await look(scene)).toEqual(scene.old)
        expect(temporaryFiles(scene.host.home)).toEqual([])
      },
    )
  })

  test('a run killed at any call is finished whole, or says that it cannot be', async () => {
    const wantedSight = await newSight(make)
    const ends = new Set<unknown>()
    await atEveryCall(
      make,
      (at) => ({ kind: 'kill', at }),
      async (scene) => {
        const run = findUnfinishedRun(scene.host)
        if (run === undefined) return
        const error = await attempt(finishRun(scene.host, run.id, quick()))
        ends.add(error ? 'cannot' : 'finished')
        if (error) {
          expect(error).toMatchObject({ code: 'cannot-finish' })
          expect((await contentOf(scene.store)).default).toEqual(scene.old.keys.default)
          await rollBackRun(scene.host, run.id, quick())
        }
        expect(await look(scene)).toEqual(error ? scene.old : wantedSight)
      },
    )
    expect(ends).toContain('finished')
  })

  test('given a recovery that is killed again and again, the next one still ends the run whole', async () => {
    const wantedSight = await newSight(make)
    const kills = fc.array(fc.tuple(fc.constantFrom(finishRun, rollBackRun), fc.nat(40)), { maxLength: 4 })
    const last = fc.constantFrom(finishRun, rollBackRun)
    await fc.assert(
      fc.asyncProperty(fc.nat(80), kills, last, async (dies, recoveries, end) => {
        const scene = await make()
        const { host, wanted, old } = scene
        const killed = createFaultFileSystem({ kind: 'kill', at: dies })
        await attempt(applyEdits(wanted, guarded(scene, killed), killed.fileSystem))
        for (const [recover, at] of recoveries) {
          const run = findUnfinishedRun(host)
          const again = createFaultFileSystem({ kind: 'kill', at })
          if (run) await attempt(recover(guarded(scene, again), run.id, again.fileSystem))
        }
        const run = findUnfinishedRun(host)
        if (run && (await attempt(end(host, run.id, quick())))) await rollBackRun(host, run.id, quick())
        const isDone = listRuns(host).some((each) => each.id === wanted.runId && each.state === 'done')
        expect(await look(scene)).toEqual(isDone ? wantedSight : old)
      }),
      { numRuns: 40 },
    )
  })
})
