import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { finishRun } from '../../../src/apply/committer.ts'
import { listRuns } from '../../../src/apply/journal.ts'
import { planUndo } from '../../../src/apply/plan-undo.ts'
import { attempt } from '../../support/attempt.ts'
import { createFaultFileSystem } from '../../support/fault-file-system.ts'
import { put, snapshot } from './machine.ts'
import {
  contents,
  expectRotated,
  holders,
  makeScene,
  newKey,
  oldKey,
  quick,
  rotate,
  rotation,
  undo,
} from './renewal-machine.ts'

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

  test('cannot be undone itself, and says what can', async () => {
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

  test('given an old run whose folder was deleted meanwhile, goes on', async () => {
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
