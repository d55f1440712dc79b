import { describe, expect, test } from 'vitest'
import { expectFiles, expectNoLock, expectOldOrNew, expectSettled, expectWhole } from './laws.ts'
import { createMachine } from './machine.ts'
import { startProgram } from './program.ts'
import { restoreTree } from './restore-tree.ts'
import { makeScene, type Scene, sceneNames, traceOf } from './scenes.ts'
import { tryAll } from './try-all.ts'

const tooLate = 'You interrupted this after writing had begun'
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

/** The first ones, when the lock is taken, the last ones, and every third between them. */
function isTried(at: number, calls: number): boolean {
  return at < 20 || at > calls - 10 || at % 3 === 0
}

async function callsOf({ home, start, args, fault }: Scene): Promise<number> {
  restoreTree(home, start)
  return (await traceOf(home, args, fault)).filter(({ verb }) => verb !== 'sync').length
}

describe.concurrent('the real program, sent a signal before every call that changes the disk', () => {
  test.each(sceneNames.filter((name) => name !== 'rollback'))(
    '%s: nothing or all of it is written, the exit code says which, and the lock is free',
    async (name) => {
      const scene = await makeScene(name)
      const { home, start, args } = scene
      const machine = createMachine(home)
      const calls = await callsOf(scene)
      const points = Array.from({ length: calls }, (_, index) => index).filter((at) => isTried(at, calls))
      const tried = await tryAll('injections', points, async (interrupt) => {
        restoreTree(home, start)
        const signal = signals[interrupt % signals.length] ?? 'SIGINT'
        const ended = await startProgram(home, args, { ...scene.fault, interrupt, signal })
        expect(ended.signal, ended.output).toBeNull()
        expect([0, 130], ended.output).toContain(ended.exit)
        if (ended.exit === 0) {
          expectWhole(home, scene.new, 'the exit code is 0')
          // It hears of a signal a moment later: of the last ones when all is over.
          if (interrupt < calls - 3) expect(ended.output.replace(/\s+/g, ' ')).toContain(tooLate)
        } else {
          expect(ended.output).toMatch(/^Cancelled/m)
          // Where an earlier run had been killed, either nothing was touched or that one was taken back.
          expectOldOrNew(scene)
          if (name !== 'recovery') expectFiles(home, scene.old, 'the exit code is 130')
        }
        expectNoLock(home)
        if (name !== 'recovery') expectSettled(machine.host)
      })
      expect(tried).toBeGreaterThan(20)
      scene.drop()
    },
  )
})
