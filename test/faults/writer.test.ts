import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyEdits } from '../../src/apply/apply-edits.ts'
import { finishRun, rollBackRun } from '../../src/apply/committer.ts'
import { findUnfinishedRun, listRuns } from '../../src/apply/journal.ts'
import { readLedger } from '../../src/apply/ledger-store.ts'
import { planUndo } from '../../src/apply/plan-undo.ts'
import type { ApplyRequest } from '../../src/apply/run-record.ts'
import type { Host } from '../../src/host/host.ts'
import { attempt } from '../support/attempt.ts'
import {
  type Call,
  createFaultFileSystem,
  type Fault,
  type FaultFileSystem,
} from '../support/fault-file-system.ts'
import { restarted } from '../support/test-processes.ts'
import {
  edit,
  makeHost,
  put,
  request,
  seedFourFiles,
  snapshot,
  temporaryFiles,
} from '../unit/apply/machine.ts'
import { makeHome } from '../unit/apply/make-home.ts'

/** A home before a run, the run's request, and what the home and the ledger are before and after it. */
interface Scene {
  readonly home: string
  readonly host: Host
  readonly wanted: ApplyRequest
  readonly old: Sight
}

interface Sight {
  readonly files: Record<string, string>
  readonly ledger: string
}

type MakeScene = () => Promise<Scene>

const setup: MakeScene = async () => {
  const home = makeHome()
  const host = restarted(makeHost(home))
  const wanted = request(host, seedFourFiles(home))
  return { home, host, wanted, old: look(home, host) }
}

const undo: MakeScene = async () => {
  const { home, host, wanted } = await setup()
  await applyEdits(wanted, host, createFaultFileSystem().fileSystem)
  const plan = await planUndo(host)
  if (plan === 'nothing-to-undo') throw new Error('the run is gone')
  return { home, host, wanted: plan.request, old: look(home, host) }
}

const scenes: [string, MakeScene][] = [
  ['setup', setup],
  ['undo', undo],
]

function look(home: string, host: Host): Sight {
  return { files: snapshot(home), ledger: JSON.stringify(readLedger(host)).replaceAll(home, '~') }
}

async function newSight(make: MakeScene): Promise<Sight> {
  const { home, host, wanted } = await make()
  await applyEdits(wanted, host, createFaultFileSystem().fileSystem)
  return look(home, host)
}

/** Runs a scene with a fault at every call in turn, until the fault comes too late to happen. */
async function atEveryCall(
  make: MakeScene,
  faultAt: (index: number) => Fault,
  judge: (scene: Scene, error: unknown, faulty: FaultFileSystem) => Promise<void>,
): Promise<number> {
  for (let index = 0; ; index++) {
    const scene = await make()
    const faulty = createFaultFileSystem(faultAt(index))
    const error = await attempt(applyEdits(scene.wanted, scene.host, faulty.fileSystem))
    if (!faulty.fired()) return index
    await judge(scene, error, faulty)
  }
}

describe.each(scenes)('%s', (_name, make) => {
  test('a run killed at any call is rolled back whole', async () => {
    await atEveryCall(
      make,
      (at) => ({ kind: 'kill', at }),
      async ({ home, host, old }, error, { calls }) => {
        if (error === undefined) expect(calls.at(-1)?.path).toContain('qcode-setup/lock')
        const run = findUnfinishedRun(host)
        if (run === undefined) return
        expect(await rollBackRun(host, run.id, createFaultFileSystem().fileSystem)).toMatchObject({
          run: { state: 'rolled-back' },
          leftAlone: [],
        })
        expect(look(home, host)).toEqual(old)
        expect(temporaryFiles(home)).toEqual([])
        expect(findUnfinishedRun(host)).toBeUndefined()
      },
    )
  })

  test('a run killed at any call is finished whole, or says that it cannot be', async () => {
    const wantedSight = await newSight(make)
    const ends = new Set<string>()
    await atEveryCall(
      make,
      (at) => ({ kind: 'kill', at }),
      async ({ home, host, old }) => {
        const run = findUnfinishedRun(host)
        if (run === undefined) {
          const isDone = listRuns(host).at(-1)?.state === 'done' && snapshot(home) !== old.files
          const sights = [old, wantedSight].map((sight) => JSON.stringify(sight.files))
          expect(sights).toContain(JSON.stringify(snapshot(home)))
          ends.add(isDone ? 'done' : 'nothing yet')
          return
        }
        const error = await attempt(finishRun(host, run.id, createFaultFileSystem().fileSystem))
        ends.add(error === undefined ? 'finished' : 'cannot')
        if (error) {
          expect(error).toMatchObject({ code: 'cannot-finish' })
          expect(withoutTemporaries(home)).toEqual(withNewFolders(old.files, withoutTemporaries(home)))
          await rollBackRun(host, run.id)
          expect(look(home, host)).toEqual(old)
        } else {
          expect(look(home, host)).toEqual(wantedSight)
        }
        expect(temporaryFiles(home)).toEqual([])
        expect(findUnfinishedRun(host)).toBeUndefined()
      },
    )
    expect(ends).toContain('finished')
  })

  test('given a recovery that is killed again and again, the next one still ends the run whole', async () => {
    const wantedSight = await newSight(make)
    const kills = fc.array(fc.tuple(fc.constantFrom(finishRun, rollBackRun), fc.nat(60)), { maxLength: 4 })
    const last = fc.constantFrom(finishRun, rollBackRun)
    await fc.assert(
      fc.asyncProperty(fc.nat(100), kills, last, async (first, recoveries, end) => {
        const { home, host, wanted, old } = await make()
        await attempt(applyEdits(wanted, host, createFaultFileSystem({ kind: 'kill', at: first }).fileSystem))
        for (const [recover, at] of recoveries) {
          const run = findUnfinishedRun(host)
          if (run)
            await attempt(recover(host, run.id, createFaultFileSystem({ kind: 'kill', at }).fileSystem))
        }
        const run = findUnfinishedRun(host)
        if (run) {
          const error = await attempt(end(host, run.id, createFaultFileSystem().fileSystem))
          if (error) await rollBackRun(host, run.id, createFaultFileSystem().fileSystem)
          expect(temporaryFiles(home)).toEqual([])
        }
        const isDone = listRuns(host).some((each) => each.id === wanted.runId && each.state === 'done')
        expect(look(home, host)).toEqual(isDone ? wantedSight : old)
      }),
      { numRuns: 150 },
    )
  })
})

describe('after a kill', () => {
  const killBefore = async (isCall: (call: Call) => boolean) => {
    const probe = await setup()
    const { fileSystem, calls } = createFaultFileSystem()
    await applyEdits(probe.wanted, probe.host, fileSystem)
    const at = calls.findIndex(isCall)
    const scene = await setup()
    await attempt(
      applyEdits(scene.wanted, scene.host, createFaultFileSystem({ kind: 'kill', at }).fileSystem),
    )
    return scene
  }
  const another = (scene: Scene) => request(scene.host, [edit(join(scene.home, 'another'), 'x')])

  test('the next run clears up by itself when no file was changed yet', async () => {
    const scene = await killBefore((call) => call.to?.endsWith('config.toml') ?? false)
    await applyEdits(another(scene), scene.host)
    expect(listRuns(scene.host).map((run) => run.state)).toEqual(['rolled-back', 'done'])
    expect(snapshot(scene.home)).toEqual({ ...scene.old.files, another: expect.stringContaining('x') })
    expect(temporaryFiles(scene.home)).toEqual([])
  })

  test('the next run keeps a file that the user made in the meantime, the same as ours by chance', async () => {
    const scene = await killBefore((call) => call.path.endsWith('-2.tmp'))
    put(join(scene.home, 'claude/deep/settings.json'), '{"a":1}\n', 0o600)
    const before = snapshot(scene.home)['claude/deep/settings.json']
    await applyEdits(another(scene), scene.host)
    expect(snapshot(scene.home)['claude/deep/settings.json']).toBe(before)
    expect(temporaryFiles(scene.home)).toEqual([])
  })

  test('the next run refuses when files were changed, and says what to type', async () => {
    const scene = await killBefore((call) => call.to?.endsWith('settings.json') ?? false)
    const before = snapshot(scene.home)
    await expect(applyEdits(another(scene), scene.host)).rejects.toMatchObject({
      code: 'unfinished-run',
      hint: expect.stringContaining(`qcode-setup undo ${scene.wanted.runId}`),
    })
    await expect(planUndo(scene.host)).rejects.toThrow(expect.objectContaining({ code: 'unfinished-run' }))
    expect(snapshot(scene.home)).toEqual(before)
  })

  test.each([finishRun, rollBackRun])(
    'a file that is neither old nor new is left alone and named',
    async (recover) => {
      const scene = await killBefore((call) => call.to?.endsWith('settings.json') ?? false)
      const path = join(scene.home, 'codex/config.toml')
      writeFileSync(path, 'mine')
      const recovery = await recover(scene.host, scene.wanted.runId)
      expect(recovery.leftAlone).toEqual([path])
      expect(snapshot(scene.home)['codex/config.toml']).toContain('mine')
      expect(temporaryFiles(scene.home)).toEqual([])
      await expect(recover(scene.host, scene.wanted.runId)).rejects.toMatchObject({
        code: 'run-ended',
        exit: 2,
      })
    },
  )
})

function withoutTemporaries(home: string): Record<string, string> {
  return Object.fromEntries(Object.entries(snapshot(home)).filter(([path]) => !path.endsWith('.tmp')))
}

/** A killed run may have made folders; nothing else of the home may differ. */
function withNewFolders(old: Record<string, string>, now: Record<string, string>): Record<string, string> {
  const folders = Object.entries(now).filter(([path, what]) => !(path in old) && what.startsWith('folder'))
  return { ...old, ...Object.fromEntries(folders) }
}
