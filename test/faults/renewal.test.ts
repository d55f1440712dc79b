import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyEdits } from '../../src/apply/apply-edits.ts'
import { finishRun, rollBackRun } from '../../src/apply/committer.ts'
import { findUnfinishedRun, listRuns } from '../../src/apply/journal.ts'
import { UserError } from '../../src/errors.ts'
import { attempt } from '../support/attempt.ts'
import { createFaultFileSystem, type Fault } from '../support/fault-file-system.ts'
import { edit, request, snapshot } from '../unit/apply/machine.ts'
import {
  contents,
  expectRotated,
  holders,
  makeScene,
  newKey,
  oldKey,
  paths,
  quick,
  type Scene,
} from '../unit/apply/renewal-machine.ts'

/** What is kept of earlier runs, and the ledger: all of the state but the run itself. */
function kept(home: string, runId: string): Record<string, string> {
  const all = Object.entries(contents(home)).filter(
    ([path]) => path.startsWith('.local/') && !path.includes(runId) && !path.includes('/lock'),
  )
  return Object.fromEntries(all)
}

interface Sight {
  readonly contents: Record<string, string>
  readonly snapshot: Record<string, string>
}

async function atEveryCall(
  faultAt: (index: number) => Fault,
  judge: (scene: Scene, error: unknown, before: Sight, at: number) => Promise<void>,
): Promise<number> {
  for (let index = 0; ; index++) {
    const scene = await makeScene()
    const before = { contents: contents(scene.home), snapshot: snapshot(scene.home) }
    const faulty = createFaultFileSystem(faultAt(index))
    const error = await attempt(applyEdits(scene.wanted, scene.host, faulty.fileSystem))
    if (!faulty.fired()) return index
    expectEachOldOrNew(scene, before.contents)
    await judge(scene, error, before, index)
  }
}

/** No file of the user's is ever something between. */
function expectEachOldOrNew({ home }: Scene, before: Record<string, string>): void {
  const now = contents(home)
  for (const path of paths) expect([before[path], before[path]?.replace(oldKey, newKey)]).toContain(now[path])
}

function expectUnchanged({ home, wanted }: Scene, before: Sight): void {
  expect(snapshot(home)).toEqual(before.snapshot)
  expect(holders(home, newKey)).toEqual([])
  expect(kept(home, wanted.runId)).toEqual(
    Object.fromEntries(Object.entries(before.contents).filter(([path]) => path.startsWith('.local/'))),
  )
}

describe('a fault while the key is replaced', () => {
  test('a call that fails changes nothing, or everything', async () => {
    const ends = new Set<string>()
    await atEveryCall(
      (at) => ({ kind: 'fail', at, code: 'ENOSPC' }),
      async (scene, error, before) => {
        // Giving the lock back comes last and may fail: the run is done.
        if (error === undefined) return expectRotated(scene)
        expect(error).toBeInstanceOf(UserError)
        ends.add((error as UserError).code)
        if ((error as UserError).code === 'write-failed') return expectUnchanged(scene, before)
        expect(paths.filter((path) => contents(scene.home)[path]?.includes(oldKey))).toEqual([])
        expect((error as UserError).message).not.toContain('cr_')
        const another = request(scene.host, [edit(join(scene.home, 'another'), 'x')])
        await applyEdits(another, scene.host, quick())
        expectRotated(scene)
      },
    )
    expect([...ends].sort()).toEqual(['renewal-unfinished', 'write-failed'])
  })

  test('killed at any call, it is rolled back or finished by the next start', async () => {
    const ends = new Set<string>()
    await atEveryCall(
      (at) => ({ kind: 'kill', at }),
      async (scene, _error, before, at) => {
        const run = findUnfinishedRun(scene.host)
        const recover = at % 2 === 0 ? finishRun : rollBackRun
        const found = run && (await attempt(recover(scene.host, run.id, quick())))
        ends.add(`${run?.state} ${recover.name}`)
        if (found) {
          expect(found).toMatchObject({ code: 'cannot-finish' })
          await rollBackRun(scene.host, scene.wanted.runId, quick())
        }
        const state = listRuns(scene.host).find(({ id }) => id === scene.wanted.runId)?.state
        if (state === 'done') expectRotated(scene)
        else expectUnchanged(scene, before)
        if (run?.state === 'renewing') expect(state).toBe('done')
      },
    )
    const states = ['preparing', 'committing', 'renewing']
    const names = states.flatMap((state) => [`${state} finishRun`, `${state} rollBackRun`])
    expect(names.filter((name) => !ends.has(name))).toEqual([])
  })

  test('given a recovery that is killed again and again, the next one still ends the run whole', async () => {
    const kills = fc.array(fc.tuple(fc.constantFrom(finishRun, rollBackRun), fc.nat(60)), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(fc.nat(170), kills, async (first, recoveries) => {
        const scene = await makeScene()
        const { home, host, wanted } = scene
        const before = contents(home)
        await attempt(applyEdits(wanted, host, createFaultFileSystem({ kind: 'kill', at: first }).fileSystem))
        for (const [recover, at] of recoveries) {
          const run = findUnfinishedRun(host)
          if (run)
            await attempt(recover(host, run.id, createFaultFileSystem({ kind: 'kill', at }).fileSystem))
          expectEachOldOrNew(scene, before)
        }
        const run = findUnfinishedRun(host)
        if (run) await rollBackRun(host, run.id, quick())
        const isDone = listRuns(host).some(({ id, state }) => id === wanted.runId && state === 'done')
        if (isDone) expectRotated(scene)
        else expect(holders(home, newKey)).toEqual([])
      }),
      { numRuns: 100 },
    )
  })
})
