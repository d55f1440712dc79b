import { cpSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import type { ApplyRequest } from '../../../src/apply/apply-request.ts'
import { findUnfinishedRun } from '../../../src/apply/find-unfinished-run.ts'
import { listRuns } from '../../../src/apply/journal.ts'
import { planUndo } from '../../../src/apply/plan-undo.ts'
import { finishRun, rollBackRun } from '../../../src/apply/recover-run.ts'
import { UserError } from '../../../src/errors.ts'
import type { Host } from '../../../src/host/host.ts'
import type { FileEdit } from '../../../src/plan/edit.ts'
import { makeRenewal } from '../../../src/plan/make-renewal.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { createFaultFileSystem, type Fault } from '../../support/fault-file-system.ts'
import { restarted } from '../../support/test-processes.ts'
import { edit, makeHost, put, request, snapshot, temporaryFiles } from './machine.ts'
import { makeHome } from './make-home.ts'

const oldKey = `cr_${'0123456789abcdef'.repeat(4)}`
const newKey = `cr_${'fedcba9876543210'.repeat(4)}`
const paths = ['codex/env', 'claude/settings.json', 'aider/env'] as const
const renewal = makeRenewal([new Secret(oldKey)], new Secret(newKey), [], new Map())

interface Scene {
  readonly home: string
  readonly host: Host
  /** The request that replaces the key in all files. */
  readonly wanted: ApplyRequest
}

/** The same home again and again: its journals name their files by full paths. */
let first: { readonly scene: Scene; readonly copy: string } | undefined

afterEach(() => {
  first = undefined
})

async function makeScene(): Promise<Scene> {
  if (!first) {
    const scene = await buildScene()
    const copy = join(makeHome(), 'copy')
    cpSync(scene.home, copy, { recursive: true })
    first = { scene, copy }
    return scene
  }
  const { scene, copy } = first
  rmSync(scene.home, { recursive: true })
  cpSync(copy, scene.home, { recursive: true })
  return scene
}

/** A home after a setup over a file of the user's, a second one, one taken back, and one that failed. */
async function buildScene(): Promise<Scene> {
  const home = makeHome()
  const host = restarted(makeHost(home))
  const at = (path: string) => join(home, path)
  const apply = (edits: readonly FileEdit[]) => applyEdits(request(host, edits), host, quick())
  put(at('aider/env'), 'MINE=ghp_of_the_user\n', 0o640)
  await apply(paths.map((path) => edit(at(path), `MINE=ghp_of_the_user\nKEY=${oldKey}\n`, 0o600)))
  await apply([edit(at('codex/env'), `URL=eu\nKEY=${oldKey}\n`)])
  await apply([edit(at('aider/env'), `URL=eu\nKEY=${oldKey}\n`)])
  await undo(host)
  const failing = createFaultFileSystem({ kind: 'fail', at: 30, code: 'EIO' }).fileSystem
  await attempt(applyEdits(request(host, [edit(at('codex/env'), 'x')]), host, failing))
  return { home, host, wanted: rotation(home, host, oldKey, newKey) }
}

function rotation(home: string, host: Host, from: string, to: string): ApplyRequest {
  const edits = paths.map((path) => {
    const text = readFileSync(join(home, path), 'utf8')
    return edit(join(home, path), text.replace(from, to))
  })
  const { runId, ledger } = request(host, [])
  const again = makeRenewal([new Secret(from)], new Secret(to), [], new Map())
  return { runId, ledger, command: 'key', edits, renewal: from === oldKey ? renewal : again }
}

const quick = () => createFaultFileSystem().fileSystem
const rotate = ({ wanted, host }: Scene) => applyEdits(wanted, host, quick())

async function undo(host: Host, id?: string): Promise<void> {
  const plan = await planUndo(host, id)
  if (plan === 'nothing-to-undo') throw new Error('the run is gone')
  await applyEdits(plan.request, host, quick())
}

async function attempt(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** Every file below the home, the state folder included. */
function contents(home: string): Record<string, string> {
  const all = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(home, path)).isFile(),
  )
  return Object.fromEntries(all.sort().map((path) => [path, readFileSync(join(home, path), 'latin1')]))
}

function holders(home: string, key: string): string[] {
  return Object.entries(contents(home)).flatMap(([path, text]) => (text.includes(key) ? [path] : []))
}

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

function expectRotated({ home, host, wanted }: Scene): void {
  expect(listRuns(host).find(({ id }) => id === wanted.runId)).toMatchObject({
    state: 'done',
    renewal: { files: [] },
  })
  expect(holders(home, oldKey)).toEqual([])
  expect(temporaryFiles(home)).toEqual([])
  expect(Object.keys(contents(home)).filter((path) => path.includes('staged'))).toEqual([])
}

describe('a run that replaces the key', () => {
  test('leaves the old key nowhere, in no backup and no journal', async () => {
    const scene = await makeScene()
    expect(holders(scene.home, oldKey).filter((path) => path.includes('backup')).length).toBeGreaterThan(3)
    await rotate(scene)
    expectRotated(scene)
    expect(holders(scene.home, 'ghp_of_the_user').filter((path) => path.includes('backup'))).not.toEqual([])
  })

  test('keeps every copy private', async () => {
    const scene = await makeScene()
    await rotate(scene)
    const modes = holders(scene.home, newKey).map((path) => statSync(join(scene.home, path)).mode & 0o777)
    expect(new Set(modes)).toEqual(new Set([0o600]))
  })

  test('lets earlier runs be undone: the bytes before them, with the new key', async () => {
    const scene = await makeScene()
    const [first, second] = listRuns(scene.host)
    await rotate(scene)
    await undo(scene.host, second?.id)
    expect(contents(scene.home)['codex/env']).toBe(`MINE=ghp_of_the_user\nKEY=${newKey}\n`)
    await undo(scene.host, first?.id)
    expect(Object.keys(snapshot(scene.home))).toEqual(['aider', 'aider/env'])
    expect(snapshot(scene.home)['aider/env']).toMatch(/^file 640 .* MINE=ghp_of_the_user\n$/)
    expect(holders(scene.home, oldKey)).toEqual([])
  })

  test('lets an undo be undone', async () => {
    const scene = await makeScene()
    const undone = listRuns(scene.host).find((run) => run.undoes !== undefined)
    await rotate(scene)
    await undo(scene.host, undone?.id)
    expect(contents(scene.home)['aider/env']).toBe(`URL=eu\nKEY=${newKey}\n`)
  })

  test('can not be undone itself, and says what can', async () => {
    const scene = await makeScene()
    const second = listRuns(scene.host)[1]
    await rotate(scene)
    const before = contents(scene.home)
    for (const id of [undefined, scene.wanted.runId]) {
      await expect(planUndo(scene.host, id)).rejects.toEqual(
        expect.objectContaining({
          code: 'key-stays',
          exit: 2,
          hint: expect.stringContaining(`undo ${second?.id}`),
        }),
      )
    }
    expect(contents(scene.home)).toEqual(before)
  })

  test('does not hide a file that somebody changed after an earlier run', async () => {
    const scene = await makeScene()
    const second = listRuns(scene.host)[1]
    put(join(scene.home, 'codex/env'), `# by hand\nKEY=${oldKey}\n`, 0o600)
    await rotate({ ...scene, wanted: rotation(scene.home, scene.host, oldKey, newKey) })
    await expect(planUndo(scene.host, second?.id)).rejects.toEqual(
      expect.objectContaining({ code: 'changed-since-run' }),
    )
    expect(holders(scene.home, oldKey)).toEqual([])
  })

  test('leaves a file alone that holds the old key by the user’s own hand, and the undo of its run', async () => {
    const scene = await makeScene()
    const { wanted, home, host } = scene
    await applyEdits(
      { ...wanted, edits: wanted.edits.filter(({ path }) => !path.endsWith('codex/env')) },
      host,
      quick(),
    )
    expect(holders(home, oldKey)).toEqual(['codex/env'])
    await undo(host, listRuns(host)[1]?.id)
    expect(contents(home)['codex/env']).toBe(`MINE=ghp_of_the_user\nKEY=${newKey}\n`)
  })

  test('may be followed by another one', async () => {
    const scene = await makeScene()
    await rotate(scene)
    const third = `cr_${'00112233445566778899aabbccddeeff'.repeat(2)}`
    await applyEdits(rotation(scene.home, scene.host, newKey, third), scene.host, quick())
    expect([holders(scene.home, oldKey), holders(scene.home, newKey)]).toEqual([[], []])
    await undo(scene.host, listRuns(scene.host)[1]?.id)
    expect(contents(scene.home)['codex/env']).toBe(`MINE=ghp_of_the_user\nKEY=${third}\n`)
  })

  test('goes on where the folder of an old run was thrown away meanwhile', async () => {
    const scene = await makeScene()
    const { fileSystem } = createFaultFileSystem()
    const renamed = async (from: string, to: string) => {
      if (from.includes('staged-0')) throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'rename' })
      await fileSystem.rename(from, to)
    }
    const error = await attempt(applyEdits(scene.wanted, scene.host, { ...fileSystem, rename: renamed }))
    expect(error).toMatchObject({ code: 'renewal-unfinished', exit: 1 })
    const [first] = listRuns(scene.host)
    rmSync(join(scene.home, '.local/state/qcode-setup/runs', first?.id ?? ''), { recursive: true })
    await finishRun(scene.host, scene.wanted.runId, quick())
    expectRotated(scene)
  })
})

function expectUnchanged({ home, wanted }: Scene, before: Sight): void {
  expect(snapshot(home)).toEqual(before.snapshot)
  expect(holders(home, newKey)).toEqual([])
  expect(kept(home, wanted.runId)).toEqual(
    Object.fromEntries(Object.entries(before.contents).filter(([path]) => path.startsWith('.local/'))),
  )
}

describe('a fault while the key is replaced', { timeout: 120_000 }, () => {
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

  test('killed at any call, it is taken back or finished by the next start', async () => {
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

  test('recovery may be killed as often as it likes', async () => {
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
      { numRuns: 25 },
    )
  })
})
