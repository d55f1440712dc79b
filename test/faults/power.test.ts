import { createHash } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { type HomeTree, readTree } from '../support/home-tree.ts'
import { type Fate, ModelDisk } from './disk-model.ts'
import { fates } from './fates.ts'
import { expectNoLock, expectOldOrNew, expectSettled, expectTrueJournal, expectWhole } from './laws.ts'
import { createMachine } from './machine.ts'
import { isSameLeaf, restoreTree, withoutAliases } from './restore-tree.ts'
import { makeScene, type Scene, sceneNames, traceOf } from './scenes.ts'
import type { Call } from './trace.ts'
import { tryAll } from './try-all.ts'
import { undoLast } from './undo-last.ts'

// A lock whose owner's name was lost is waited for; here that takes no time.
vi.mock('node:timers/promises', () => ({ setTimeout: async () => {} }))

/** A loss of power; printed by its name, the disk being too long. */
interface Loss {
  readonly image: HomeTree
  toJSON(): string
}

/** Every disk that a loss of power before or after any call can leave, each once. */
function* lossesIn({ home, start }: Scene, trace: readonly Call[]): Generator<Loss> {
  const disk = new ModelDisk(home, start)
  const seen = new Set<string>()
  for (const [index, call] of trace.entries()) {
    disk.play(call)
    for (const fate of fates) {
      const image = disk.lose(fate)
      const hash = createHash('sha256').update(JSON.stringify(image)).digest('hex')
      if (!seen.has(hash))
        yield { image, toJSON: () => `after call ${index}, ${describe(call)}: ${fate.name}` }
      seen.add(hash)
    }
  }
}

function describe(call: Call): string {
  return call.verb === 'failed' ? 'that failed' : `${call.verb} of ${call.path}`
}

const nothingLost: Fate = { name: 'none', keepsName: () => true, keepsContent: ({ written }) => written }

function expectSameDisk(one: HomeTree, other: HomeTree): void {
  const paths = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  expect(paths.filter((path) => !isSameLeaf(one[path], other[path]))).toEqual([])
}

test.each(sceneNames)(
  '%s: power lost after any call, with anything lost that was not flushed',
  async (name) => {
    const scene = await makeScene(name)
    const { home, start, args, fault } = scene
    restoreTree(home, start)
    const trace = await traceOf(home, args, fault)
    const disk = new ModelDisk(home, start)
    for (const call of trace) disk.play(call)
    expectSameDisk(disk.lose(nothingLost), withoutAliases(readTree(home)))

    const machine = createMachine(home)
    const losses = await tryAll('powerLosses', lossesIn(scene, trace), async ({ image }) => {
      restoreTree(home, image)
      machine.reset()
      expectOldOrNew(scene)
      expectTrueJournal(scene, machine.host)
      expect(await machine.run(...args)).toBeUndefined()
      expectWhole(home, scene.next, 'after the next run')
      expectSettled(machine.host)
      await undoLast(machine)
      expectWhole(home, scene.undone, 'after undo')
      expectNoLock(home)
    })
    expect(losses).toBeGreaterThan(200)
    scene.drop()
  },
)
