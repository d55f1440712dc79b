import { createHash } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import type { FileSystem } from '../../src/apply/file-system.ts'
import type { UserError } from '../../src/errors.ts'
import { createFaultFileSystem, type Fault } from '../support/fault-file-system.ts'
import { readTree } from '../support/home-tree.ts'
import {
  expectFiles,
  expectNoLock,
  expectOldOrNew,
  expectSettled,
  expectTrueJournal,
  expectWhole,
} from './laws.ts'
import { createMachine, type Machine } from './machine.ts'
import { restoreTree } from './restore-tree.ts'
import { makeScene, type Scene } from './scenes.ts'
import { tryAll } from './try-all.ts'
import { undoLast } from './undo-last.ts'

/** What the commands get as their file system. */
const given = vi.hoisted(() => ({ fileSystem: undefined as FileSystem | undefined }))

vi.mock('../../src/apply/file-system.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../src/apply/file-system.ts')>()
  return { createFileSystem: () => given.fileSystem ?? original.createFileSystem('linux') }
})
const { createFileSystem } = await vi.importActual<typeof import('../../src/apply/file-system.ts')>(
  '../../src/apply/file-system.ts',
)

/** Runs the scene's command with a fault. */
async function runWith(fault: Fault, { home, start, args }: Scene, machine: Machine) {
  restoreTree(home, start)
  machine.reset()
  const faulty = createFaultFileSystem(fault, createFileSystem('linux'))
  given.fileSystem = faulty.fileSystem
  const error = await machine.run(...args)
  given.fileSystem = undefined
  return { error, ...faulty }
}

/** Every call fails in turn, in every way that it can. */
async function faultsIn(scene: Scene, machine: Machine): Promise<Fault[]> {
  const { calls } = await runWith({ kind: 'none' }, scene, machine)
  return calls.flatMap(({ verb }, at): Fault[] => [
    { kind: 'fail', at, code: 'EIO' },
    { kind: 'fail', at, code: 'EACCES' },
    ...(verb === 'rename' ? [{ kind: 'fail', at, code: 'EXDEV' } as const] : []),
    { kind: 'disk-full', from: at },
    { kind: 'read-only', from: at },
  ])
}

function expectTold(scene: Scene, error: UserError | undefined, { kind }: Fault): void {
  if (error === undefined) return expectWhole(scene.home, scene.new, 'a run without an error')
  expect(['write-failed', 'rollback-failed']).toContain(error.code)
  if (!error.message.includes('Nothing was changed')) return
  // On a disk that has become read-only nothing can be removed any more.
  const expectOld = kind === 'read-only' ? expectFiles : expectWhole
  expectOld(scene.home, scene.old, error.message)
}

test.each(['setup', 'switch', 'remove', 'undo', 'recovery'] as const)(
  '%s: any call fails, once or from then on: all or nothing, told as it is, and the next run works',
  async (name) => {
    const scene = await makeScene(name)
    const machine = createMachine(scene.home)
    const seen = new Set<string>()
    const faults = await faultsIn(scene, machine)
    const tried = await tryAll('injections', faults, async (fault) => {
      const { error, fired } = await runWith(fault, scene, machine)
      expectOldOrNew(scene)
      expectTrueJournal(scene, machine.host)
      expectTold(scene, error, fault)
      if (!fired()) expect(error).toBeUndefined()
      // From the same disk the same follows.
      const disk = hash(scene.home)
      if (seen.has(disk)) return
      seen.add(disk)
      expect(await machine.run(...scene.args)).toBeUndefined()
      expectWhole(scene.home, scene.next, 'after the next run')
      expectSettled(machine.host)
      await undoLast(machine)
      expectWhole(scene.home, scene.undone, 'after undo')
      expectNoLock(scene.home)
    })
    expect(tried).toBeGreaterThan(400)
    scene.drop()
  },
)

function hash(home: string): string {
  const leaves = Object.entries(readTree(home)).map(([path, { mtimeNs: _, ...leaf }]) => [path, leaf])
  return createHash('sha256').update(JSON.stringify(leaves)).digest('hex')
}
