import { describe, expect, test } from 'vitest'
import { expectNoLock, expectOldOrNew, expectSettled, expectTrueJournal, expectWhole } from './laws.ts'
import { createMachine } from './machine.ts'
import { type ProgramFault, startProgram } from './program.ts'
import { restoreTree } from './restore-tree.ts'
import { makeScene, type Scene, sceneNames, traceOf } from './scenes.ts'
import { tryAll } from './try-all.ts'
import { undoLast } from './undo-last.ts'

/** Before each call that changes the disk, in the middle of each that writes, and at the very end. */
async function killsIn(scene: Scene): Promise<ProgramFault[]> {
  restoreTree(scene.home, scene.start)
  const calls = (await traceOf(scene.home, scene.args, scene.fault)).filter(({ verb }) => verb !== 'sync')
  const points = calls.flatMap(({ verb }, index) => [
    { kill: index },
    ...(verb === 'writeFile' ? [{ killInside: index }] : []),
  ])
  return points.map((point) => ({ ...scene.fault, ...point }))
}

describe.concurrent('the real program, killed with SIGKILL at every call that changes the disk', () => {
  test.each(sceneNames)('%s: nothing is lost, and the next start needs no help', async (name) => {
    const scene = await makeScene(name)
    const { home, start, args } = scene
    const machine = createMachine(home)
    const kills = await tryAll('kills', await killsIn(scene), async (point) => {
      restoreTree(home, start)
      const killed = await startProgram(home, args, point)
      expect(killed.signal, killed.output).toBe('SIGKILL')
      expectOldOrNew(scene)
      expectTrueJournal(scene, machine.host)
      const next = await startProgram(home, args)
      expect(next.exit, next.output).toBe(0)
      expectWhole(home, scene.next, 'after the next run')
      expectSettled(machine.host)
      await undoLast(machine)
      expectWhole(home, scene.undone, 'after undo')
      expectNoLock(home)
    })
    expect(kills).toBeGreaterThan(70)
    scene.drop()
  })
})
